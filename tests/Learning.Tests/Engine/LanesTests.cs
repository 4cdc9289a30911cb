using System.Runtime.Intrinsics;

namespace NeuroChain.Learning.Tests;

/// <summary>Each operation of the vector lanes against the scalar one, on the numbers where they could differ.</summary>
public sealed unsafe class LanesTests
{
    private static readonly float[] Special =
    [
        0f, -0f, 1f, -1f, 1f + 1.1920929e-7f, 0.1f, -3f, 1e-45f, -1e-45f, 1.17549435e-38f, -1e-39f, 1e-30f, 1e30f, float.MaxValue,
        -float.MaxValue, float.PositiveInfinity, float.NegativeInfinity, float.NaN,
    ];

    [Fact]
    public void EightLanesDoWhatOneDoes() => Agree<Lanes256, Vector256<float>>();

    [Fact]
    public void SixteenLanesDoWhatOneDoes() => Agree<Lanes512, Vector512<float>>();

    [Fact]
    public void TheFirstOfEqualsStaysAndZeroHasNoSideButItsOwn()
    {
        Assert.Equal(0x8000_0000u, Bits(ScalarLanes.Greater(-0f, 0f)));
        Assert.Equal(0u, Bits(ScalarLanes.Greater(0f, -0f)));
        Assert.Equal(0u, Bits(ScalarLanes.WherePositive(-0f, -0f)));
        Assert.Equal(0u, Bits(ScalarLanes.WherePositive(float.NaN, float.NaN)));
        Assert.Equal(5f, ScalarLanes.WhereEqual(0f, -0f, 5f, 6f));
        Assert.Equal(6f, ScalarLanes.WhereEqual(float.NaN, float.NaN, 5f, 6f));
    }

    private static void Agree<TLanes, TVector>()
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        foreach (var a in Special)
        {
            foreach (var b in Special)
            {
                Same<TLanes, TVector>(ScalarLanes.Add(a, b), TLanes.Add(TLanes.Broadcast(a), TLanes.Broadcast(b)));
                Same<TLanes, TVector>(ScalarLanes.Greater(a, b), TLanes.Greater(TLanes.Broadcast(a), TLanes.Broadcast(b)));
                Same<TLanes, TVector>(ScalarLanes.WherePositive(a, b), TLanes.WherePositive(TLanes.Broadcast(a), TLanes.Broadcast(b)));
                Same<TLanes, TVector>(
                    ScalarLanes.WhereEqual(a, b, 2f, 3f),
                    TLanes.WhereEqual(TLanes.Broadcast(a), TLanes.Broadcast(b), TLanes.Broadcast(2f), TLanes.Broadcast(3f)));
                foreach (var c in Special)
                {
                    Same<TLanes, TVector>(
                        ScalarLanes.MultiplyAdd(a, b, c), TLanes.MultiplyAdd(TLanes.Broadcast(a), TLanes.Broadcast(b), TLanes.Broadcast(c)));
                }
            }
        }
    }

    private static void Same<TLanes, TVector>(float expected, TVector actual)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct
    {
        var lanes = stackalloc float[TLanes.Count];
        TLanes.Store(lanes, actual);
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            // Which NaN comes out is the one thing that IEEE 754 leaves open.
            if (float.IsNaN(expected)) Assert.True(float.IsNaN(lanes[lane]));
            else Assert.Equal(Bits(expected), Bits(lanes[lane]));
        }
    }

    private static uint Bits(float value) => BitConverter.SingleToUInt32Bits(value);
}
