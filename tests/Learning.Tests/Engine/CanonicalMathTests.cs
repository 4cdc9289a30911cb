namespace NeuroChain.Learning.Tests;

public sealed class CanonicalMathTests
{
    // A prime, so that the sweep meets all mantissa endings.
    private const uint Stride = 1009;

    [Fact]
    public void ExpIsWithinItsStatedError()
    {
        for (var bits = 0x8000_0000u; bits <= BitConverter.SingleToUInt32Bits(-104f); bits += Stride) CheckExp(bits);
        for (var bits = 0u; bits <= BitConverter.SingleToUInt32Bits(88.72f); bits += Stride) CheckExp(bits);
    }

    [Fact]
    public void LogIsWithinItsStatedError()
    {
        for (var bits = 1u; bits < 0x7f80_0000; bits += Stride) CheckLog(bits);
        // Where the loss of a well-trained model lies, every float: the relative error is hardest near 1.
        for (var bits = 0x3f7f_0000u; bits < 0x3f81_0000; bits++) CheckLog(bits);
    }

    [Fact]
    public void TheEdgesAreExact()
    {
        Assert.Equal(1f, CanonicalMath.Exp(0f));
        Assert.Equal(1f, CanonicalMath.Exp(-0f));
        Assert.Equal(0u, BitConverter.SingleToUInt32Bits(CanonicalMath.Exp(float.NegativeInfinity)));
        Assert.Equal(0u, BitConverter.SingleToUInt32Bits(CanonicalMath.Exp(-1e30f)));
        Assert.Equal(float.PositiveInfinity, CanonicalMath.Exp(float.PositiveInfinity));
        Assert.Equal(float.PositiveInfinity, CanonicalMath.Exp(88.73f));
        Assert.True(float.IsFinite(CanonicalMath.Exp(88.72f)));
        Assert.True(float.IsNaN(CanonicalMath.Exp(float.NaN)));
        Assert.Equal(0u, BitConverter.SingleToUInt32Bits(CanonicalMath.Log(1f)));
        Assert.Equal(float.NegativeInfinity, CanonicalMath.Log(0f));
        Assert.Equal(float.PositiveInfinity, CanonicalMath.Log(float.PositiveInfinity));
        Assert.True(float.IsNaN(CanonicalMath.Log(-1f)));
        Assert.True(float.IsNaN(CanonicalMath.Log(float.NaN)));
    }

    private static void CheckExp(uint bits)
    {
        var x = BitConverter.UInt32BitsToSingle(bits);
        Check(x, CanonicalMath.Exp(x), Math.Exp(x), 1.011);
    }

    private static void CheckLog(uint bits)
    {
        var x = BitConverter.UInt32BitsToSingle(bits);
        Check(x, CanonicalMath.Log(x), Math.Log(x), 0.835);
    }

    private static void Check(float x, float actual, double truth, double unitsMax)
    {
        var unit = Math.ScaleB(1, Math.Max(truth == 0 ? -149 : Math.ILogB(truth) - 23, -149));
        if (!(Math.Abs(actual - truth) <= unitsMax * unit)) Assert.Fail($"of {x:R}: {actual:R}, but the truth is {truth:R}");
    }
}
