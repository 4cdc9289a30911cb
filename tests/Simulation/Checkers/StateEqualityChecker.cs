using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// After the same block all nodes have the same state, as their stores say and not as the block says, and it is the one that the next header
/// names.
/// </summary>
public sealed class StateEqualityChecker : IChecker
{
    private readonly Dictionary<Height, (StateRoot Root, Address First)> _roots = [];

    public string Name => "state";

    public void Output(SimulatedNode node, EngineOutput output)
    {
        if (output is not EngineOutput.Committed committed) return;
        var block = committed.Block.Block;
        if (node.Chain.MarkOf(block.Height) is not { } mark)
            throw new SimulationFailedException($"durability: {node.Address} said that it has decided {block.Height}, and its store has no such mark");
        Reached(node.Address, block.Height, mark.StateRoot);
        if (_roots.TryGetValue(block.Height.MinusOrGenesis(1), out var before) && before.Root != block.Header.StateRoot)
            throw new SimulationFailedException($"state: header {block.Height} names {block.Header.StateRoot}, the nodes have {before.Root}");
    }

    public void Reached(Address node, Height height, StateRoot root)
    {
        if (!_roots.TryAdd(height, (root, node)) && _roots[height].Root != root)
            throw new SimulationFailedException($"state: after height {height} node {node} has {root}, {_roots[height].First} has {_roots[height].Root}");
    }
}
