namespace NeuroChain.Learning.Torch;

/// <summary>A call of libtorch failed. The native text is the message; no C++ exception comes this far.</summary>
public sealed class TorchException(TorchStatus status, string message) : Exception($"libtorch: {status}: {message}")
{
    public TorchStatus Status { get; } = status;
}
