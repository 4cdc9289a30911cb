using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>A node that said of a height that it is decided comes back at that height or above, whatever ended its life.</summary>
public sealed class DurabilityChecker : IChecker
{
    private readonly Dictionary<Address, Height> _said = [];

    public string Name => "durability";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is EngineOutput.Committed committed) _said[node.Address] = committed.Block.Block.Height;
    }

    public void Started(SimulatedNode node) => CameBack(node.Address, node.Engine!.State.Height);

    public void CameBack(Address node, Height height)
    {
        if (_said.TryGetValue(node, out var said) && height < said)
            throw new SimulationFailedException($"durability: {node} had decided {said} and comes back at {height}");
    }
}
