using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Draws distinct samples from a seed: the first steps of a Fisher-Yates shuffle over a <see cref="SeededStream"/>.</summary>
public static class SampleDraw
{
    /// <returns>Distinct indices below <paramref name="population"/>, in the order drawn; every subset is equally likely.</returns>
    public static int[] Draw(Hash256 seed, int count, int population) => new SeededStream(seed).NextDistinct(count, population);
}
