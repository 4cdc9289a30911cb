using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>Who follows the rules is never refused by anybody who does, not even for what it passes on of others: it would be cut off for it.</summary>
public sealed class RefusalChecker(Cluster cluster) : IChecker
{
    public string Name => "refusal";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Refused refused || !node.IsHonest) return;
        if (cluster.TryFind(refused.Peer, out var peer) && peer.Node.IsHonest)
            throw new SimulationFailedException($"refusal: honest {refused.Peer} was refused by {node.Address}: {refused.Reason}");
    }
}
