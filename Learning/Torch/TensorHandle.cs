using System.Runtime.InteropServices;

namespace NeuroChain.Learning.Torch;

/// <summary>Owns a native tensor.</summary>
internal sealed class TensorHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        TorchNative.TensorFree(handle);
        return true;
    }
}

/// <summary>Owns a native optimizer.</summary>
internal sealed class OptimizerHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        TorchNative.SgdFree(handle);
        return true;
    }
}
