using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>Draws distinct samples from a seed: the first steps of a Fisher-Yates shuffle over a <see cref="SeededStream"/>.</summary>
public static class SampleDraw
{
    /// <returns>Distinct indices below <paramref name="population"/>, in the order drawn; every subset is equally likely.</returns>
    public static int[] Draw(Hash256 seed, int count, int population)
    {
        Invariant.Check(count >= 0 && count <= population, "no more distinct samples can be drawn than there are");
        var stream = new SeededStream(seed);
        var drawn = new int[count];
        // Only moved places are remembered, so that a small draw from a large population stays small.
        var moved = new Dictionary<int, int>();
        for (var i = 0; i < count; i++)
        {
            var j = i + (int)stream.NextBelow((ulong)(population - i));
            drawn[i] = moved.GetValueOrDefault(j, j);
            moved[j] = moved.GetValueOrDefault(i, i);
        }
        return drawn;
    }
}
