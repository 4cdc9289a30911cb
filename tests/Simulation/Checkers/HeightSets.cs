using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>The validators of each height, as the header before names them. Every node has the same, or another checker fails.</summary>
public sealed class HeightSets(ValidatorSet first)
{
    private readonly Dictionary<Height, ValidatorSet> _sets = new() { [Height.First] = first };

    /// <param name="node">One that has decided the height before.</param>
    /// <param name="height">Whose set is asked for.</param>
    public ValidatorSet Of(SimulatedNode node, Height height)
    {
        if (_sets.TryGetValue(height, out var known)) return known;
        var before = node.Chain.Get(height.MinusOrGenesis(1))?.Block.Header ?? throw new SimulationFailedException($"{node.Address} speaks of height {height} and has not the block before");
        var set = node.Chain.ValidatorSetOf(before.NextValidatorsRoot) ?? throw new SimulationFailedException($"{node.Address} has not the validators of height {height}");
        return _sets[height] = set;
    }
}
