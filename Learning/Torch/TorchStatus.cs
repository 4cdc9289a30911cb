namespace NeuroChain.Learning.Torch;

/// <summary>Why a call failed; the numbers are those of neurochain_torch.h.</summary>
public enum TorchStatus
{
    Ok = 0,

    /// <summary>A handle or a buffer is missing.</summary>
    NullArgument = 1,

    /// <summary>Shapes, counts or indices do not fit each other.</summary>
    WrongSize = 2,

    /// <summary>There is no such device, or tensors are on different ones.</summary>
    WrongDevice = 3,

    /// <summary>The memory of the processor or of the device is used up.</summary>
    OutOfMemory = 4,

    /// <summary>libtorch refused, in its own words.</summary>
    Torch = 5,

    Unknown = 6,
}
