using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace NeuroChain.Learning;

/// <summary>
/// How many samples one instruction carries. All paths give the same bits; each also runs where the processor lacks it, slowly.
/// </summary>
public enum KernelPath
{
    Scalar,
    Vector256,
    Vector512,
}

public static class KernelPaths
{
    /// <summary>The fastest path that this processor runs in hardware.</summary>
    public static KernelPath Best =>
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? KernelPath.Vector512
        : Fma.IsSupported || AdvSimd.IsSupported ? KernelPath.Vector256
        : KernelPath.Scalar;
}
