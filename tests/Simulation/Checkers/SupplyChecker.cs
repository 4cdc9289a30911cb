using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// The books are right from the ground up, and what is in escrow is what the records of bonds and the like add up to: now and then at whichever
/// node comes to that height first, and at the end at all of them.
/// </summary>
public sealed class SupplyChecker : IChecker
{
    private const ulong Every = 16;

    private readonly HashSet<Height> _audited = [];

    public string Name => "supply";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is EngineOutput.Committed { Block.Block.Height: var height } && height.Value % Every == 0 && _audited.Add(height)) Audit(node.Address, node.Engine!.State);
    }

    public void End(Cluster cluster)
    {
        foreach (var host in cluster.Hosts)
            if (host.Node.Engine is { } engine)
                Audit(host.Node.Address, engine.State);
    }

    public static void Audit(Address node, LedgerState state)
    {
        if (SupplyModule.Audit(state) is { } fault) throw new SimulationFailedException($"supply: at {node} after height {state.Height}: {fault}");
        var (escrow, locked) = (SupplyRecord.Get(state).Escrow, EscrowBook.SumOf(state));
        if (escrow != locked) throw new SimulationFailedException($"supply: at {node} after height {state.Height}: {escrow} NTK are in escrow, and {locked} NTK are locked there by somebody");
    }
}
