namespace NeuroChain.Learning;

/// <summary>
/// Where the values between two layers live: [channel][row][column][lane]. The next convolution's padding is a border of zeros around the
/// values; the previous convolution's backward pass wants a border around the gradient. Layers that work in place share a slot.
/// </summary>
internal sealed class ActivationSlot(Shape shape, int gradientBorder)
{
    public Shape Shape => shape;

    /// <summary>Set by the convolution that reads the slot, before any buffer is made.</summary>
    public int ValueBorder { get; set; }

    public int GradientBorder => gradientBorder;

    public SlotGeometry Values(int lanes) => new(shape, ValueBorder, lanes);

    public SlotGeometry Gradient(int lanes) => new(shape, GradientBorder, lanes);
}

/// <summary>Strides of a bordered plane in floats, lanes included.</summary>
internal readonly record struct SlotGeometry
{
    public SlotGeometry(Shape shape, int border, int lanes)
    {
        Row = checked((shape.Width + (2 * border)) * lanes);
        Plane = checked((shape.Height + (2 * border)) * Row);
        Inside = (border * Row) + (border * lanes);
        Floats = (long)shape.Channels * Plane;
    }

    public int Row { get; }

    public int Plane { get; }

    /// <summary>From the buffer's start to the first value inside the border.</summary>
    public int Inside { get; }

    public long Floats { get; }
}
