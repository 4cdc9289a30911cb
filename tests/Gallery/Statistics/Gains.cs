using NeuroChain.Chain;

namespace NeuroChain.Gallery;

/// <summary>Sums of losses and of their differences, as the ledger takes them.</summary>
internal static class Gains
{
    public static GainStatistics Of(ReadOnlySpan<uint> before, ReadOnlySpan<uint> after)
    {
        var (sum, squares) = (Int128.Zero, UInt128.Zero);
        for (var i = 0; i < before.Length; i++)
        {
            var gain = (Int128)before[i] - after[i];
            sum += gain;
            squares += (UInt128)(gain * gain);
        }

        return new GainStatistics((uint)before.Length, sum, squares);
    }

    public static ulong Sum(ReadOnlySpan<uint> losses)
    {
        ulong sum = 0;
        foreach (var loss in losses) sum += loss;
        return sum;
    }

    public static double Mean(ReadOnlySpan<uint> losses) => (double)Sum(losses) / losses.Length / Loss.UnitsPerNat;
}
