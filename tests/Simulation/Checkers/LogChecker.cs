using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Every log that a sound node keeps leads again to what the node did, and no log of it ever lost what was on the disk. So a replay is a true
/// witness: of a node in a run, and of one in production.
/// </summary>
public sealed class LogChecker : IChecker
{
    public string Name => "logs";

    /// <summary>Logs that were replayed, and turns in them whose answers were compared.</summary>
    public (int Logs, int Turns) Replayed { get; private set; }

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (!node.IsSound) return;
        if (output is EngineOutput.ReplayDiffers differs) throw new SimulationFailedException($"logs: {node.Address} recovers at height {differs.Height} and does otherwise than before");
        if (output is EngineOutput.LogCut { IsHarmed: true } cut) throw new SimulationFailedException($"logs: the log of {node.Address} at height {cut.Height} lost what was on the disk");
    }

    public void End(Cluster cluster)
    {
        foreach (var host in cluster.Hosts)
            if (host.Node.IsSound && !host.IsLost)
                Replay(host.Node.Chain, cluster.Genesis, host.Node.Folder.Copy(), host.Node.Address, host.Node.RekeyedAt);
    }

    public void Replay(ChainStore chain, GenesisDocument genesis, MemoryFolder logs, Address node, IReadOnlySet<Height>? skipped = null)
    {
        LedgerState? state = null;
        if (!LedgerMark.TryDecode(chain.Mark, out var mark) || !LedgerState.TryLoad(genesis, mark, chain.StateRecords, out state))
            throw new SimulationFailedException($"logs: the state that {node} stores has not the root of its mark");
        var replay = new WalReplay(chain, state, height => Wal.Read(logs, height));
        foreach (var height in Wal.HeightsIn(logs))
        {
            if (skipped?.Contains(height) == true) continue; // begun with one key, ended with another
            var replayed = replay.Run(height);
            if (replayed.Difference is not null || replayed.Log.IsHarmed) throw new SimulationFailedException($"logs: of {node}, {replayed}");
            Replayed = (Replayed.Logs + 1, Replayed.Turns + replayed.Turns);
        }
    }
}
