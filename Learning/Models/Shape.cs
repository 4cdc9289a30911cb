namespace NeuroChain.Learning;

/// <summary>Extent of one sample's activations: channels, then rows, then columns. A flat vector of n values is (n, 1, 1).</summary>
public readonly record struct Shape(int Channels, int Height, int Width)
{
    /// <summary>Values per sample.</summary>
    public long Count => (long)Channels * Height * Width;

    public static Shape Flat(int units) => new(units, 1, 1);

    public override string ToString() => $"{Channels}x{Height}x{Width}";
}
