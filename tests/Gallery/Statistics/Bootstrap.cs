using NeuroChain.Chain;

namespace NeuroChain.Gallery;

/// <summary>How far a ratio of sums may be off (Efron, 1979): the pairs are drawn anew, with repetition, many times.</summary>
internal static class Bootstrap
{
    private const int Draws = 2_000;

    /// <summary>The bound below which 95 % of the redrawn ratios lie.</summary>
    public static double UpperBound(IReadOnlyList<(double Above, double Below)> pairs, SeededStream stream)
    {
        var ratios = new double[Draws];
        for (var draw = 0; draw < Draws; draw++)
        {
            var (above, below) = (0.0, 0.0);
            for (var i = 0; i < pairs.Count; i++)
            {
                var pair = pairs[(int)stream.NextBelow((ulong)pairs.Count)];
                above += pair.Above;
                below += pair.Below;
            }

            ratios[draw] = above / below;
        }

        Array.Sort(ratios);
        return ratios[(Draws * 95 / 100) - 1];
    }
}
