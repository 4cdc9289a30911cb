using System.Runtime.CompilerServices;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// Proves that the current thread computes as IEEE 754 says: subnormal numbers survive as operands and as results, and rounding is to
/// nearest, ties to even. A native library may have switched either for its own speed, and then this thread's losses would be wrong.
/// </summary>
internal static class FloatingPointCheck
{
    /// <exception cref="OperatorException">The thread's floating-point mode is not the standard one.</exception>
    public static void Demand()
    {
        if (!IsStandard())
            throw new OperatorException(
                "this process computes with flush-to-zero or another rounding mode: a native library changed it; "
                + "run evaluation in a process that does not load that library");
    }

    internal static bool IsStandard() => IsStandard(1.17549435e-38f, 1.40129846e-45f, 1f, 5.96046448e-8f);

    /// <summary>
    /// The numbers come in as arguments of a call that is never inlined, so that the compiler cannot answer in the processor's place.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static bool IsStandard(float smallestNormal, float smallestSubnormal, float one, float halfStep) =>
        BitConverter.SingleToUInt32Bits(smallestNormal * 0.5f) == 0x0040_0000
        && smallestSubnormal + smallestSubnormal > smallestSubnormal
        && MathF.FusedMultiplyAdd(smallestSubnormal, one, smallestSubnormal) > smallestSubnormal
        && one + halfStep == one
        && one + (halfStep * 1.5f) > one
        && -one - (halfStep * 1.5f) < -one
        && -one - halfStep == -one;
}
