using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Where the samples of a judgement come from: numbered, and each number one sample for ever. A stored set of which all are public, or a
/// generator that draws those that are asked for.
/// </summary>
public interface ISampleSource
{
    /// <summary>What the chain names it by; it commits to every sample.</summary>
    Hash256 Root { get; }

    /// <summary>Samples have numbers below this.</summary>
    int Count { get; }

    /// <summary>These samples, in this order.</summary>
    /// <exception cref="InvariantException">None, too many, or one that there is not.</exception>
    Dataset Take(IReadOnlyList<int> samples);
}
