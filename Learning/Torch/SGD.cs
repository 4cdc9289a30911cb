namespace NeuroChain.Learning.Torch;

/// <summary>torch.optim.SGD: g += decay w; v = momentum v + g; w -= rate v.</summary>
public sealed class SGD : IDisposable
{
    private readonly OptimizerHandle _handle;

    public SGD(IReadOnlyList<Tensor> parameters, double learningRate, double momentum = 0, double weightDecay = 0)
    {
        var handles = new nint[parameters.Count];
        for (var i = 0; i < handles.Length; i++) handles[i] = parameters[i].Handle.DangerousGetHandle();
        TorchNative.Check(TorchNative.SgdNew(handles, handles.Length, learningRate, momentum, weightDecay, out _handle));
        GC.KeepAlive(parameters);
    }

    public void ZeroGrad() => TorchNative.Check(TorchNative.SgdZeroGrad(_handle));

    public void Step() => TorchNative.Check(TorchNative.SgdStep(_handle));

    public void Dispose() => _handle.Dispose();
}
