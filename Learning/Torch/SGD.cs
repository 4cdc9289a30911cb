namespace NeuroChain.Learning.Torch;

/// <summary>torch.optim.SGD: g += decay w; v = momentum v + g; w -= rate v.</summary>
public sealed class SGD : IDisposable
{
    private readonly OptimizerHandle _handle;

    /// <exception cref="ObjectDisposedException">A tensor was given back.</exception>
    public SGD(IReadOnlyList<Tensor> parameters, double learningRate, double momentum = 0, double weightDecay = 0)
    {
        var handles = new nint[parameters.Count];
        var held = 0;
        try
        {
            // A handle that was given back must not reach the library: taking hold of one says so.
            for (; held < handles.Length; held++)
            {
                var taken = false;
                parameters[held].Handle.DangerousAddRef(ref taken);
                handles[held] = parameters[held].Handle.DangerousGetHandle();
            }

            TorchNative.Check(TorchNative.SgdNew(handles, handles.Length, learningRate, momentum, weightDecay, out _handle));
        }
        finally
        {
            while (held-- > 0) parameters[held].Handle.DangerousRelease();
        }
    }

    public void ZeroGrad() => TorchNative.Check(TorchNative.SgdZeroGrad(_handle));

    public void Step() => TorchNative.Check(TorchNative.SgdStep(_handle));

    public void Dispose() => _handle.Dispose();
}
