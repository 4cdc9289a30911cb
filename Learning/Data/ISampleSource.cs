using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Where samples come from. Those of a judgement have numbers: in a stored set each number is one sample for ever, and all are public; a
/// generator paints a number under the seed of the draw that it came from, so that the sample does not exist before the seed.
/// </summary>
public interface ISampleSource
{
    /// <summary>What the chain names it by; with number and seed it commits to every sample.</summary>
    Hash256 Root { get; }

    /// <summary>Samples have numbers below this.</summary>
    int Count { get; }

    /// <summary>These samples, in this order.</summary>
    /// <param name="samples">Their numbers.</param>
    /// <param name="seed">Of the draw that chose them. A stored set has no use for it.</param>
    /// <exception cref="InvariantException">None, too many, or one that there is not.</exception>
    Dataset Take(IReadOnlyList<int> samples, Hash256 seed);

    /// <summary>Samples to learn from that a seed chooses: as many as asked for, or all where a stored set has fewer.</summary>
    Dataset DrawForLearning(Hash256 seed, int count);
}
