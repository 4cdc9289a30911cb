namespace NeuroChain.Learning.Torch;

/// <summary>
/// A tensor of libtorch. Names and meanings are those of TorchSharp's Tensor, in this house's spelling, and only as many as training needs.
/// A tensor belongs to the <see cref="DisposeScope"/> in which it was made, where there is one.
/// </summary>
public sealed class Tensor : IDisposable
{
    private const int DimensionsMax = 8;

    internal Tensor(TensorHandle handle)
    {
        Handle = handle;
        DisposeScope.Add(this);
    }

    public long[] Shape
    {
        get
        {
            Span<long> shape = stackalloc long[DimensionsMax];
            TorchNative.Check(TorchNative.TensorShape(Handle, shape, DimensionsMax, out var dimensions));
            return shape[..Math.Min(dimensions, DimensionsMax)].ToArray();
        }
    }

    /// <summary>What the last <see cref="Backward"/> left here; a copy.</summary>
    /// <exception cref="TorchException">WrongSize where there is no gradient.</exception>
    public Tensor Grad
    {
        get
        {
            TorchNative.Check(TorchNative.TensorGrad(Handle, out var gradient));
            return new Tensor(gradient);
        }
    }

    internal TensorHandle Handle { get; }

    /// <summary>Single precision, copied from row-major values.</summary>
    public static Tensor From(ReadOnlySpan<float> values, ReadOnlySpan<long> shape, Device device)
    {
        TorchNative.Check(TorchNative.TensorFloat32(values, values.Length, shape, shape.Length, device.Index, out var tensor));
        return new Tensor(tensor);
    }

    /// <summary>Bytes, copied from row-major values.</summary>
    public static Tensor From(ReadOnlySpan<byte> values, ReadOnlySpan<long> shape, Device device)
    {
        TorchNative.Check(TorchNative.TensorUInt8(values, values.Length, shape, shape.Length, device.Index, out var tensor));
        return new Tensor(tensor);
    }

    /// <summary>Classes of samples, each below <paramref name="classes"/>.</summary>
    public static Tensor Labels(ReadOnlySpan<byte> labels, int classes, Device device)
    {
        TorchNative.Check(TorchNative.TensorLabels(labels, labels.Length, classes, device.Index, out var tensor));
        return new Tensor(tensor);
    }

    /// <summary>Asks that <see cref="Backward"/> leaves a gradient here.</summary>
    public Tensor RequiresGrad()
    {
        TorchNative.Check(TorchNative.TensorRequiresGrad(Handle));
        return this;
    }

    /// <summary>Derives this one value by all leaves that want gradients.</summary>
    public void Backward() => TorchNative.Check(TorchNative.TensorBackward(Handle));

    /// <summary>All values as single precision, row-major. Waits for the device.</summary>
    public void CopyTo(Span<float> values) => TorchNative.Check(TorchNative.TensorRead(Handle, values, values.Length));

    /// <summary>The value of a tensor that has one.</summary>
    public float Item()
    {
        Span<float> value = stackalloc float[1];
        CopyTo(value);
        return value[0];
    }

    public void Dispose() => Handle.Dispose();
}
