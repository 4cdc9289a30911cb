namespace NeuroChain.Learning;

/// <summary>Changes of one stretch of values: at these places, ascending, by these numbers of 2^exponent.</summary>
internal sealed record SparseBlock(sbyte Exponent, ushort[] Places, sbyte[] Values)
{
    public static readonly SparseBlock Empty = new(0, [], []);

    /// <summary>With the finest exponent the greatest change is at least this, so that a block has one spelling; with the least exponent of all it may be smaller.</summary>
    public const int GreatestMin = 64;

    /// <summary>The changes that matter most, in the finest power of two in which the greatest of them still fits into a signed byte.</summary>
    public static SparseBlock Between(ReadOnlySpan<float> from, ReadOnlySpan<float> wanted, int changes)
    {
        var differences = new double[from.Length];
        for (var i = 0; i < differences.Length; i++) differences[i] = (double)wanted[i] - from[i];
        var greatest = differences.Max(Math.Abs);
        // A place that differs less than half of the least step would become a change of zero.
        var exponent = ExponentFor(greatest);
        var step = PowerOfTwo(exponent);
        var chosen = Enumerable.Range(0, differences.Length)
            .OrderByDescending(i => Math.Abs(differences[i]))
            .ThenBy(i => i)
            .Take(changes)
            .Select(i => (Place: (ushort)i, Value: (sbyte)Math.Clamp(Math.Round(differences[i] / step, MidpointRounding.ToEven), -127, 127)))
            .Where(change => change.Value != 0)
            .OrderBy(change => change.Place)
            .ToArray();
        return chosen.Length == 0 ? Empty : new SparseBlock((sbyte)exponent, [.. chosen.Select(c => c.Place)], [.. chosen.Select(c => c.Value)]);
    }

    /// <summary>One exact product and one rounded sum a change.</summary>
    public void AddTo(Span<float> values)
    {
        var step = (float)PowerOfTwo(Exponent);
        for (var i = 0; i < Places.Length; i++) values[Places[i]] += Values[i] * step;
    }

    private static int ExponentFor(double greatest)
    {
        var exponent = SparseDelta.ExponentMin;
        while (exponent < SparseDelta.ExponentMax && greatest > 127 * PowerOfTwo(exponent)) exponent++;
        return exponent;
    }

    private static double PowerOfTwo(int exponent) => exponent >= 0 ? 1UL << exponent : 1.0 / (1UL << -exponent);
}
