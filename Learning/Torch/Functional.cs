namespace NeuroChain.Learning.Torch;

/// <summary>torch.nn.functional, as far as a <see cref="ModelPlan"/> can ask for it. Sizes that do not fit are refused by name.</summary>
public static class Functional
{
    /// <summary>The samples at the indices: pixels as quotients p / 255, and their labels.</summary>
    public static (Tensor Pixels, Tensor Targets) Batch(Tensor images, Tensor labels, ReadOnlySpan<long> indices)
    {
        TorchNative.Check(TorchNative.Batch(images.Handle, labels.Handle, indices, indices.Length, out var pixels, out var targets));
        return (new Tensor(pixels), new Tensor(targets));
    }

    /// <summary>Stride 1.</summary>
    public static Tensor Conv2d(Tensor input, Tensor weight, Tensor bias, int padding)
    {
        TorchNative.Check(TorchNative.Conv2d(input.Handle, weight.Handle, bias.Handle, padding, out var output));
        return new Tensor(output);
    }

    /// <summary>Windows that do not overlap.</summary>
    public static Tensor MaxPool2d(Tensor input, int window)
    {
        TorchNative.Check(TorchNative.MaxPool2d(input.Handle, window, out var output));
        return new Tensor(output);
    }

    public static Tensor Relu(Tensor input)
    {
        TorchNative.Check(TorchNative.Relu(input.Handle, out var output));
        return new Tensor(output);
    }

    /// <summary>All extents but the first become one.</summary>
    public static Tensor Flatten(Tensor input)
    {
        TorchNative.Check(TorchNative.Flatten(input.Handle, out var output));
        return new Tensor(output);
    }

    public static Tensor Linear(Tensor input, Tensor weight, Tensor bias)
    {
        TorchNative.Check(TorchNative.Linear(input.Handle, weight.Handle, bias.Handle, out var output));
        return new Tensor(output);
    }

    /// <summary>The mean over the samples.</summary>
    public static Tensor CrossEntropy(Tensor logits, Tensor targets)
    {
        TorchNative.Check(TorchNative.CrossEntropy(logits.Handle, targets.Handle, out var output));
        return new Tensor(output);
    }
}
