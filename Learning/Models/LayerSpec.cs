namespace NeuroChain.Learning;

/// <summary>One layer as a model's author writes it; shapes follow from the input and are derived by <see cref="ModelPlan"/>.</summary>
public abstract record LayerSpec
{
    private protected LayerSpec() { }
}

/// <summary>Fully connected: weight [units, inputs], bias [units]. Takes a flat vector.</summary>
public sealed record DenseSpec(int Units) : LayerSpec;

/// <summary>
/// Cross-correlation with stride 1 and a square kernel: weight [channels, input channels, kernel, kernel], bias [channels].
/// <paramref name="Padding"/> rows and columns of zeros on every side; (kernel - 1) / 2 keeps the size for an odd kernel.
/// </summary>
public sealed record ConvolutionSpec(int Channels, int Kernel, int Padding) : LayerSpec
{
    /// <summary>A convolution whose output is as large as its input; the kernel must be odd.</summary>
    public static ConvolutionSpec Same(int channels, int kernel) => new(channels, kernel, (kernel - 1) / 2);
}

/// <summary>Largest value of each square window; windows do not overlap, and rows or columns that fill no window are dropped.</summary>
public sealed record MaxPoolSpec(int Window) : LayerSpec;

/// <summary>x where x is greater than zero, else +0.</summary>
public sealed record ReluSpec : LayerSpec;

/// <summary>Reads channels, rows, columns as one vector, in that order.</summary>
public sealed record FlattenSpec : LayerSpec;
