using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>No two nodes ever decide different blocks at a height, and the same node never decides twice.</summary>
public sealed class AgreementChecker
{
    private readonly SortedDictionary<Height, (BlockHash Block, Address First)> _decided = [];

    public Height Highest => _decided.Count == 0 ? Height.Genesis : _decided.Keys.Last();

    public void Decided(Address node, Height height, BlockHash block)
    {
        if (!_decided.TryAdd(height, (block, node)) && _decided[height].Block != block)
            throw new SimulationFailedException($"agreement: height {height} is {_decided[height].Block} at {_decided[height].First} and {block} at {node}");
    }
}

/// <summary>After the same block all nodes have the same state.</summary>
public sealed class StateChecker
{
    private readonly SortedDictionary<Height, StateRoot> _roots = [];

    public void Reached(Address node, Height height, StateRoot root)
    {
        if (!_roots.TryAdd(height, root) && _roots[height] != root)
            throw new SimulationFailedException($"state: after height {height} node {node} has {root}, others have {_roots[height]}");
    }
}

/// <summary>No honest validator is ever shown to sign two different things, whatever crashes it went through.</summary>
public sealed class EvidenceChecker
{
    public void Found(NeuroChain.Consensus.Evidence evidence) =>
        throw new SimulationFailedException($"evidence: against honest {evidence.Guilty} at height {evidence.Height}: {evidence.GetType().Name}");
}

/// <summary>A rule of the chain was broken in a run.</summary>
public sealed class SimulationFailedException(string message) : Exception(message);
