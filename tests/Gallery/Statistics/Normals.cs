using NeuroChain.Chain;

namespace NeuroChain.Gallery;

/// <summary>Draws from the normal distribution, by the method of Box and Muller (1958): the same in every run.</summary>
internal sealed class Normals(SeededStream stream)
{
    private const double Unit = 1.0 / (1UL << 53);

    private double? _spare;

    public double Next()
    {
        if (_spare is { } kept)
        {
            _spare = null;
            return kept;
        }

        var radius = Math.Sqrt(-2 * Math.Log(Uniform()));
        var (sine, cosine) = Math.SinCos(2 * Math.PI * Uniform());
        _spare = radius * sine;
        return radius * cosine;
    }

    /// <summary>Above 0 and at most 1.</summary>
    public double Uniform() => ((stream.NextUInt64() >> 11) + 1) * Unit;
}
