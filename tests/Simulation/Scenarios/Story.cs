using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>A cluster to which happens what is told, and nothing else. All rules are checked as in any run.</summary>
public sealed class Story : IDisposable
{
    private readonly IDisposable _memo = SignatureMemo.Open();
    private readonly string _name;
    private readonly Height[] _heights;

    /// <param name="name">For what is said when it does not go as it must.</param>
    /// <param name="options">Who takes part.</param>
    /// <param name="latencyMs">What every link takes, to which the options' jitter is added.</param>
    public Story(string name, SimulationOptions options, ulong latencyMs)
    {
        _name = name;
        Cluster = new Cluster(options);
        _heights = new Height[Cluster.Hosts.Count];
        for (var from = 0; from < Cluster.Hosts.Count; from++)
            for (var to = 0; to < Cluster.Hosts.Count; to++)
                Cluster.Network[from, to].Latency = latencyMs;
    }

    /// <summary>Four validators as fast as they can, on links that take from 18 to 22 ms.</summary>
    public static Story OfFour(string name) => new(name, new SimulationOptions { Seed = 1, BlockIntervalMs = 0, IsWild = false, DelayMax = 16 }, 18);

    public Cluster Cluster { get; }

    /// <summary>Virtual milliseconds.</summary>
    public ulong Now => Cluster.Events.Now;

    /// <summary>The last that a node decided; what it was where it is gone.</summary>
    public Height HeightOf(int node)
    {
        if (Cluster.Hosts[node].Node.Engine is { } engine) _heights[node] = engine.State.Height;
        return _heights[node];
    }

    public IEnumerable<Height> Heights => Enumerable.Range(0, _heights.Length).Select(HeightOf);

    /// <summary>Lets time pass until something holds.</summary>
    /// <exception cref="SimulationFailedException">It does not within the time, or a rule was broken.</exception>
    public void Until(Func<bool> holds, ulong withinMs, string what)
    {
        var latest = Now + withinMs;
        while (!holds())
            if (!Cluster.Events.RunNext(latest))
                throw new SimulationFailedException($"{_name}: not within {withinMs} ms: {what}; the nodes are at {string.Join(", ", Heights)}");
    }

    /// <summary>Lets a time pass.</summary>
    public void Pass(ulong ms)
    {
        var isOver = false;
        Cluster.Events.After(ms, () => isOver = true);
        Until(() => isOver, ms, "time");
    }

    public void Expect(bool isSo, string what)
    {
        if (!isSo) throw new SimulationFailedException($"{_name}: {what}");
    }

    /// <summary>Nothing more happens; what is to hold at the end does.</summary>
    public void End()
    {
        foreach (var checker in Cluster.Checkers)
            if (checker is not ConvergenceChecker) // which is about the two phases of a drawn run
                checker.End(Cluster);
    }

    public void Dispose()
    {
        Cluster.Log.Dispose();
        _memo.Dispose();
    }
}
