using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Tells the health service what <see cref="Participation"/> finds: once a second, because a chain that stands still sends no event.</summary>
internal sealed class HealthWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Participation _participation;
    private ITimer? _timer;

    /// <param name="validator">Null for an observer.</param>
    /// <param name="time">Its timestamps, which do not jump when somebody sets the clock; its clock tells how old the newest block is.</param>
    public HealthWatch(Address? validator, TimeProvider time)
    {
        _time = time;
        _started = time.GetTimestamp();
        _participation = new Participation(validator, TimeSpan.Zero);
    }

    /// <summary>What the health service shows.</summary>
    public HealthStatus Status { get; } = new();

    /// <param name="view">The node as it is, from any thread.</param>
    public void Start(Func<HostView> view) => _timer = _time.CreateTimer(_ => Look(view()), null, Period, Period);

    /// <summary>A block was decided; in the order of heights, from one thread.</summary>
    public void Committed(EngineOutput.Committed committed)
    {
        var block = committed.Block.Block;
        lock (_gate) _participation.Committed(block, committed.IsCaughtUp ? null : committed.After.ContextOf(block.Height).Validators, Now());
    }

    public void Dispose() => _timer?.Dispose();

    internal void Look(HostView view)
    {
        var interval = TimeSpan.FromMilliseconds(view.State.Parameters.BlockIntervalMs);
        var age = _time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds((long)view.State.Time.Milliseconds);
        bool isServing;
        lock (_gate) isServing = _participation.IsServing(Now(), interval, view.IsCatchingUp, age);
        Status.SetAll(isServing);
    }

    private TimeSpan Now() => _time.GetElapsedTime(_started);
}
