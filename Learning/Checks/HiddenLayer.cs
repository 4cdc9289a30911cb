using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// A layer with parameters that is not the last one, and the next that has any. Between the two stand only ReLU, max-pool and flatten, so
/// a unit (a channel of a convolution, an output of a dense layer) may be multiplied by a positive number if what reads it is divided by
/// the same: the network computes the same function.
/// </summary>
internal sealed class HiddenLayer
{
    private readonly ParameterTensor _bias;
    private readonly ParameterTensor _next;
    private readonly int _incoming;
    private readonly int _nextRow;
    private readonly int _outgoing;

    private HiddenLayer(ParameterTensor weight, ParameterTensor bias, ParameterTensor next)
    {
        (Weight, _bias, _next) = (weight, bias, next);
        Units = bias.Count;
        _incoming = weight.Count / Units;
        _nextRow = next.Count / next.Shape[0];
        // A kernel of the next convolution, or the columns of a dense layer that read this unit's pixels: beside each other in both cases.
        _outgoing = _nextRow / Units;
        Invariant.Check(_outgoing * Units == _nextRow, "each unit is read by equally many weights");
    }

    public ParameterTensor Weight { get; }

    public int Units { get; }

    /// <summary>In the order of the layers.</summary>
    public static IReadOnlyList<HiddenLayer> Of(ModelPlan plan)
    {
        var learning = plan.Layers.Where(layer => layer.Weight is not null).ToArray();
        return [.. learning.Zip(learning.Skip(1), (layer, next) => new HiddenLayer(layer.Weight!, layer.Bias!, next.Weight!))];
    }

    /// <summary>Sum of the squares of the unit's weights and bias: exact products, added in double precision in the tensor's order.</summary>
    public double IncomingSquares(ReadOnlySpan<float> values, int unit)
    {
        var bias = (double)values[_bias.Offset + unit];
        return Squares(values.Slice(Weight.Offset + (unit * _incoming), _incoming), 0) + (bias * bias);
    }

    /// <summary>Sum of the squares of the weights that read the unit, in the tensor's order.</summary>
    public double OutgoingSquares(ReadOnlySpan<float> values, int unit)
    {
        var sum = 0d;
        for (var row = 0; row < _next.Shape[0]; row++) sum = Squares(Readers(values, unit, row), sum);
        return sum;
    }

    public void Scale(Span<float> values, int unit, float incoming, float outgoing)
    {
        foreach (ref var weight in values.Slice(Weight.Offset + (unit * _incoming), _incoming)) weight *= incoming;
        values[_bias.Offset + unit] *= incoming;
        for (var row = 0; row < _next.Shape[0]; row++)
            foreach (ref var weight in values.Slice(ReaderOffset(unit, row), _outgoing))
                weight *= outgoing;
    }

    /// <summary>Whether the unit's own weights and bias are the same bits in both.</summary>
    public bool HasSameIncoming(ReadOnlySpan<float> values, ReadOnlySpan<float> others, int unit)
    {
        var from = Weight.Offset + (unit * _incoming);
        for (var i = from; i < from + _incoming; i++)
            if (BitConverter.SingleToUInt32Bits(values[i]) != BitConverter.SingleToUInt32Bits(others[i]))
                return false;
        var bias = _bias.Offset + unit;
        return BitConverter.SingleToUInt32Bits(values[bias]) == BitConverter.SingleToUInt32Bits(others[bias]);
    }

    /// <summary>Exchanges two units with all that belongs to them: another vector, the same function but for the order of sums.</summary>
    public void Swap(Span<float> values, int one, int two)
    {
        if (one == two) return;
        Swap(values.Slice(Weight.Offset + (one * _incoming), _incoming), values.Slice(Weight.Offset + (two * _incoming), _incoming));
        Swap(values.Slice(_bias.Offset + one, 1), values.Slice(_bias.Offset + two, 1));
        for (var row = 0; row < _next.Shape[0]; row++)
            Swap(values.Slice(ReaderOffset(one, row), _outgoing), values.Slice(ReaderOffset(two, row), _outgoing));
    }

    private static void Swap(Span<float> one, Span<float> two)
    {
        for (var i = 0; i < one.Length; i++) (one[i], two[i]) = (two[i], one[i]);
    }

    private static double Squares(ReadOnlySpan<float> values, double sum)
    {
        foreach (var value in values) sum += (double)value * value;
        return sum;
    }

    private int ReaderOffset(int unit, int row) => _next.Offset + (row * _nextRow) + (unit * _outgoing);

    private ReadOnlySpan<float> Readers(ReadOnlySpan<float> values, int unit, int row) => values.Slice(ReaderOffset(unit, row), _outgoing);
}
