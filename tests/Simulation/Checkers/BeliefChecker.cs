using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// A node that follows the rules believes that it is behind only where it is: somebody who follows them too has decided the height that it is
/// at. Whoever could make it believe more could take the pause from the chain and the training from its validators.
/// </summary>
/// <param name="hosts">All nodes.</param>
public sealed class BeliefChecker(IReadOnlyList<SimulatedHost> hosts) : IChecker
{
    private Height _decided;

    public string Name => "belief";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (!node.IsHonest) return;
        // What a node says of a height comes out after the news that it has decided it.
        if (output is EngineOutput.Committed { Block.Block.Height: var height }) Decided(height);
        if (node.Engine is not { IsCatchingUp: true } behind) return;
        foreach (var host in hosts)
            if (host.Node is { IsHonest: true, Engine: { } engine })
                Decided(engine.State.Height);
        Believes(node.Address, behind.State.Height);
    }

    /// <summary>Somebody honest has decided a height.</summary>
    public void Decided(Height height)
    {
        if (height > _decided) _decided = height;
    }

    /// <summary>Somebody honest has decided a height and believes that others are past the next one.</summary>
    public void Believes(Address node, Height at)
    {
        if (at >= _decided) throw new SimulationFailedException($"belief: {node} at {at} believes that it is behind, nobody honest is past {_decided}");
    }
}
