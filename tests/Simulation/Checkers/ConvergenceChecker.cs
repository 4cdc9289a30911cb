using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// A healed core moves on: all of its nodes decide some heights more. Where everybody is healed and nobody breaks the rules, the first
/// decision comes within one capped timeout and a block interval; where others go on failing, they lead some of the rounds.
/// </summary>
public sealed class ConvergenceChecker(SimulationOptions options) : IChecker
{
    private readonly HashSet<Address> _waiting = [];
    private Cluster? _cluster;
    private Height _from;
    private Height _target;

    public string Name => "convergence";

    /// <summary>Milliseconds from the healing to the core's first decision.</summary>
    public ulong FirstDecisionMs { get; private set; }

    public bool IsDone => _cluster is not null && _waiting.Count == 0;

    /// <summary>The core is in order from now on.</summary>
    public void Healed(Cluster cluster)
    {
        _cluster = cluster;
        var core = cluster.Hosts.Where(host => cluster.Core!.Contains(host.Node.Index)).ToList();
        foreach (var host in core) _waiting.Add(host.Node.Address);
        _from = core.Max(host => LedgerHeight(host.Node));
        _target = _from.Plus(options.HealthyHeights);
    }

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (_cluster is not { } cluster || output is not EngineOutput.Committed { Block.Block.Height: var height } committed) return;
        if (FirstDecisionMs == 0 && !committed.IsCaughtUp && height > _from && cluster.Core!.Contains(node.Index)) FirstDecisionMs = Math.Max(1, cluster.Events.Now - cluster.HealedAt);
        if (height >= _target) _waiting.Remove(node.Address);
    }

    public void End(Cluster cluster)
    {
        if (!IsDone)
        {
            var behind = cluster.Hosts.First(host => _waiting.Contains(host.Node.Address)).Node;
            throw new SimulationFailedException(
                $"convergence: {behind.Address} is at {LedgerHeight(behind)}, {_target} was to be reached in {options.HealthyForMs} ms by {cluster.Core!.Count} of {cluster.Hosts.Count}");
        }

        var isWhole = cluster.Core!.Count == cluster.Hosts.Count;
        var most = (ulong)options.Timeouts.Cap.TotalMilliseconds + options.BlockIntervalMs;
        if (isWhole && FirstDecisionMs > most) throw new SimulationFailedException($"convergence: the first decision came {FirstDecisionMs} ms after all was well, {most} are allowed");
    }

    // A node that is down has what its disk has.
    private static Height LedgerHeight(SimulatedNode node) =>
        node.Engine is { } engine ? engine.State.Height : LedgerMark.TryDecode(node.Chain.Mark, out var mark) ? mark.Height : Height.Genesis;
}
