using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// A node that follows the rules believes that it is behind only where it is: somebody who follows them too has decided the height that it is
/// at. Whoever could make it believe more could take the pause from the chain and the training from its validators.
/// </summary>
public sealed class BeliefChecker(Cluster cluster) : IChecker
{
    private Height _decided;

    public string Name => "belief";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (!node.IsHonest || node.Engine is not { } engine) return;
        foreach (var host in cluster.Hosts)
            if (host.Node is { IsHonest: true, Engine: { } other } && other.State.Height > _decided)
                _decided = other.State.Height;
        if (engine.IsCatchingUp && engine.State.Height >= _decided) throw new SimulationFailedException($"belief: {node.Address} at {engine.State.Height} believes that it is behind, nobody honest is past {_decided}");
    }
}
