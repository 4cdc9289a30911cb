using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>A watcher over paper endpoints and a store in memory: what the loop does, without time and threads.</summary>
internal sealed class PaperWatch
{
    private readonly WatcherOptions _options;
    private readonly EthereumWatchStore _store;
    private EthereumWatcher _watcher;

    public PaperWatch(WatcherOptions options, params Func<Question, Said>[] endpoints)
    {
        (_options, Endpoints) = (options, endpoints);
        Disk = new MemoryStore([EthereumWatchStore.Column]);
        _store = new EthereumWatchStore(Disk);
        _watcher = new EthereumWatcher(options, _store.Load(options));
    }

    public MemoryStore Disk { get; }

    public Func<Question, Said>[] Endpoints { get; }

    public WatcherState State => _watcher.State;

    public ulong? Finalized => _watcher.Finalized;

    public List<WatcherAlarm> Alarms { get; } = [];

    public List<Question> Asked { get; } = [];

    public IReadOnlyList<VaultBlock> Blocks => [.. _store.Blocks()];

    public IReadOnlyList<Heartbeat> Heartbeats => [.. _store.Heartbeats()];

    /// <summary>As many answers as the pass asks, or as are allowed: then the process dies.</summary>
    public PaperWatch Pass(int stepsMax = int.MaxValue)
    {
        var step = _watcher.BeginPass();
        for (var steps = 0; ; steps++)
        {
            if (step.Found is { } found) _store.Write(found);
            Alarms.AddRange(step.Alarms);
            if (step.Ask.IsEmpty || steps == stepsMax) return this;
            Asked.AddRange(step.Ask);
            step = _watcher.Take([.. step.Ask.Select(question => Endpoints[question.Endpoint](question))]);
        }
    }

    public PaperWatch Restart()
    {
        _watcher = new EthereumWatcher(_options, _store.Load(_options));
        return this;
    }

    public PaperWatch ClearHalt()
    {
        _store.ClearHalt(_options);
        return Restart();
    }

    public IEnumerable<string> Causes(WatcherAlarmKind kind) => Alarms.Where(alarm => alarm.Kind == kind).Select(alarm => $"{alarm.Endpoint}: {alarm.Cause}").Distinct();
}
