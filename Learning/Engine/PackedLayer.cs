namespace NeuroChain.Learning;

/// <summary>
/// One layer's parameters in the order in which the kernels read them: blocks of outputs side by side, filled up with zeros. Moving values
/// changes no bit of them.
/// </summary>
internal sealed class PackedLayer
{
    private readonly LayerPlan _layer;
    private readonly int _block;
    private readonly int _outputs;
    private readonly int _inputs;
    private readonly int _area;

    public PackedLayer(LayerPlan layer, int block)
    {
        _layer = layer;
        _block = block;
        _outputs = layer.Output.Channels;
        _inputs = layer.Input.Channels;
        _area = layer.Spec is ConvolutionSpec convolution ? convolution.Kernel * convolution.Kernel : 1;
        Forward = new AlignedFloats((long)RoundUp(_outputs) * _inputs * _area);
        Bias = new AlignedFloats(RoundUp(_outputs));
    }

    /// <summary>[block of outputs][input][place in the kernel][output in the block].</summary>
    public AlignedFloats Forward { get; }

    public AlignedFloats Bias { get; }

    /// <summary>[block of inputs][output][place in the kernel][input in the block]; null until a backward pass needs it.</summary>
    public AlignedFloats? Backward { get; private set; }

    public void Pack(ReadOnlySpan<float> parameters, bool backward)
    {
        var weight = parameters.Slice(_layer.Weight!.Offset, _layer.Weight.Count);
        parameters.Slice(_layer.Bias!.Offset, _layer.Bias.Count).CopyTo(Bias.Span);
        Fill(Forward.Span, weight, _outputs, _inputs, _inputs * _area, _area);
        if (!backward) return;
        Backward ??= new AlignedFloats((long)RoundUp(_inputs) * _outputs * _area);
        Fill(Backward.Span, weight, _inputs, _outputs, _area, _inputs * _area);
    }

    // target[rowBlock][column][place][row] = weight[row * rowStride + column * columnStride + place]; rows past the end stay zero.
    private void Fill(Span<float> target, ReadOnlySpan<float> weight, int rows, int columns, int rowStride, int columnStride)
    {
        unchecked
        {
            for (var first = 0; first < rows; first += _block)
            {
                var block = target.Slice(first * columns * _area, _block * columns * _area);
                var count = Math.Min(_block, rows - first);
                for (var column = 0; column < columns; column++)
                {
                    for (var place = 0; place < _area; place++)
                    {
                        var to = ((column * _area) + place) * _block;
                        var from = (first * rowStride) + (column * columnStride) + place;
                        for (var row = 0; row < count; row++) block[to + row] = weight[from + (row * rowStride)];
                    }
                }
            }
        }
    }

    private int RoundUp(int count) => (count + _block - 1) / _block * _block;
}
