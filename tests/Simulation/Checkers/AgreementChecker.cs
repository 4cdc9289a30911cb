using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>No two nodes ever decide different blocks at a height, and the same node never decides twice.</summary>
/// <param name="mayFork">Whether nodes may differ, as more than a third breaks the rules: then each must agree with itself.</param>
public sealed class AgreementChecker(bool mayFork = false) : IChecker
{
    private readonly Dictionary<Height, (BlockHash Block, Address First)> _decided = [];
    private readonly Dictionary<(Address Node, Height Height), BlockHash> _own = [];

    public string Name => "agreement";

    public Height Highest { get; private set; }

    public void Output(SimulatedNode node, EngineOutput output)
    {
        // A validator that breaks the rules may decide what it likes; ours goes on with an honest engine, which no peer may lead astray.
        if (output is EngineOutput.Committed committed) Decided(node.Address, committed.Block.Block.Height, committed.Block.Block.Hash);
    }

    public void Decided(Address node, Height height, BlockHash block)
    {
        if (!_own.TryAdd((node, height), block) && _own[(node, height)] != block)
            throw new SimulationFailedException($"agreement: {node} decided {_own[(node, height)]} and {block} at height {height}");
        if (!mayFork && !_decided.TryAdd(height, (block, node)) && _decided[height].Block != block)
            throw new SimulationFailedException($"agreement: height {height} is {_decided[height].Block} at {_decided[height].First} and {block} at {node}");
        if (height > Highest) Highest = height;
    }
}
