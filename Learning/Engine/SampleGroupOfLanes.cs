using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>The group for one kind of lanes: walks the layers and calls the kernels.</summary>
internal sealed unsafe class SampleGroup<TLanes, TVector> : SampleGroup
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private readonly int[]?[] _forwardTaps;
    private readonly int[]?[] _backwardTaps;
    private readonly AlignedFloats? _denseScratch;

    public SampleGroup(EngineLayout layout, bool training) : base(layout, TLanes.Count, training)
    {
        _forwardTaps = new int[layout.Plan.Layers.Count][];
        _backwardTaps = new int[layout.Plan.Layers.Count][];
        for (var i = 0; i < layout.Plan.Layers.Count; i++)
        {
            if (layout.Plan.Layers[i].Spec is not ConvolutionSpec convolution) continue;
            var (input, output) = (layout.Inputs[i], layout.Outputs[i]);
            _forwardTaps[i] = Taps(input.Shape.Channels, convolution.Kernel, input.Values(Lanes), flipped: false);
            _backwardTaps[i] = Taps(output.Shape.Channels, convolution.Kernel, output.Gradient(Lanes), flipped: true);
        }
        var widest = layout.Plan.Layers.Where(layer => layer.Spec is DenseSpec).Max(layer => layer.Input.Channels);
        if (training) _denseScratch = new AlignedFloats((long)widest * Lanes);
    }

    public override void Backward(PackedParameters parameters, float* parameterGradient, int samples)
    {
        for (var i = Layout.Plan.Layers.Count - 1; i >= Layout.FirstLearning; i--)
        {
            switch (Layout.Plan.Layers[i].Spec)
            {
                case ConvolutionSpec convolution:
                    ConvolutionBackward(i, convolution, parameters, parameterGradient, samples);
                    break;
                case DenseSpec:
                    DenseBackward(i, parameters, parameterGradient, samples);
                    break;
                case MaxPoolSpec pool:
                    PoolBackward(i, pool.Window);
                    break;
                case ReluSpec:
                    ReluBackward(i);
                    break;
                default:
                    FlattenBackward(i);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Accumulate(AlignedFloats total, AlignedFloats part)
    {
        unchecked
        {
            for (var i = 0; i < total.Length; i += TLanes.Count)
                TLanes.Store(total.Pointer + i, TLanes.Add(TLanes.Load(total.Pointer + i), TLanes.Load(part.Pointer + i)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Descend(
        AlignedFloats weights, AlignedFloats velocity, AlignedFloats gradient, float rate, float momentum, float decay)
    {
        unchecked
        {
            var (step, keep, shrink) = (TLanes.Broadcast(-rate), TLanes.Broadcast(momentum), TLanes.Broadcast(decay));
            for (var i = 0; i < weights.Length; i += TLanes.Count)
            {
                var weight = TLanes.Load(weights.Pointer + i);
                var slope = TLanes.MultiplyAdd(shrink, weight, TLanes.Load(gradient.Pointer + i));
                var speed = TLanes.MultiplyAdd(keep, TLanes.Load(velocity.Pointer + i), slope);
                TLanes.Store(velocity.Pointer + i, speed);
                TLanes.Store(weights.Pointer + i, TLanes.MultiplyAdd(step, speed, weight));
            }
        }
    }

    protected override void RunForward(PackedParameters parameters)
    {
        for (var i = 0; i < Layout.Plan.Layers.Count; i++)
        {
            switch (Layout.Plan.Layers[i].Spec)
            {
                case ConvolutionSpec:
                    ConvolutionForward(i, parameters[i]);
                    break;
                case DenseSpec:
                    DenseKernel<TLanes, TVector>.Run(
                        ValuesOf(Layout.Inputs[i]), Layout.Plan.Layers[i].Input.Channels,
                        parameters[i].Forward.Pointer, parameters[i].Bias.Pointer, ValuesOf(Layout.Outputs[i]),
                        Layout.Outputs[i].Shape.Channels, Layout.FusesRelu[i]);
                    break;
                case MaxPoolSpec pool:
                    PoolForward(i, pool.Window);
                    break;
                default:
                    CopyForward(i, gate: Layout.Plan.Layers[i].Spec is ReluSpec);
                    break;
            }
        }
    }

    /// <summary>
    /// Offsets of a kernel's places in the order channel, row, column; flipped for the way back, where row and column run down.
    /// </summary>
    private static int[] Taps(int channels, int kernel, SlotGeometry geometry, bool flipped)
    {
        var taps = new List<int>(channels * kernel * kernel);
        for (var channel = 0; channel < channels; channel++)
        {
            for (var y = 0; y < kernel; y++)
            {
                for (var x = 0; x < kernel; x++)
                {
                    var (row, column) = flipped ? (kernel - 1 - y, kernel - 1 - x) : (y, x);
                    taps.Add((channel * geometry.Plane) + (row * geometry.Row) + (column * TLanes.Count));
                }
            }
        }
        return [.. taps];
    }

    private void ConvolutionForward(int i, PackedLayer packed)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        var target = output.Values(Lanes);
        var geometry = new ConvolutionGeometry(
            _forwardTaps[i]!.Length, output.Shape.Channels, output.Shape.Height, output.Shape.Width,
            input.Values(Lanes).Row, target.Row, target.Plane);
        fixed (int* taps = _forwardTaps[i])
        {
            ConvolutionKernel<TLanes, TVector>.Run(
                ValuesOf(input), taps, packed.Forward.Pointer, packed.Bias.Pointer, ValuesOf(output) + target.Inside,
                geometry, Layout.FusesRelu[i]);
        }
    }

    private void ConvolutionBackward(
        int i, ConvolutionSpec convolution, PackedParameters parameters, float* parameterGradient, int samples)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        var layer = Layout.Plan.Layers[i];
        var source = output.Gradient(Lanes);
        var geometry = new ConvolutionGeometry(
            _forwardTaps[i]!.Length, output.Shape.Channels, output.Shape.Height, output.Shape.Width,
            input.Values(Lanes).Row, source.Row, source.Plane);
        var gradient = GradientOf(output) + source.Inside;
        fixed (int* taps = _forwardTaps[i])
        {
            ConvolutionGradientKernel<TLanes, TVector>.AddWeights(
                ValuesOf(input), taps, gradient, parameterGradient + layer.Weight!.Offset, geometry, samples);
        }
        ConvolutionGradientKernel<TLanes, TVector>.AddBias(gradient, parameterGradient + layer.Bias!.Offset, geometry, samples);
        if (i == Layout.FirstLearning) return;

        var target = input.Gradient(Lanes);
        var back = new ConvolutionGeometry(
            _backwardTaps[i]!.Length, input.Shape.Channels, input.Shape.Height, input.Shape.Width, source.Row, target.Row, target.Plane);
        fixed (int* taps = _backwardTaps[i])
        {
            ConvolutionKernel<TLanes, TVector>.Run(
                GradientOf(output), taps, parameters[i].Backward!.Pointer, null, GradientOf(input) + target.Inside, back, relu: false);
        }
    }

    private void DenseBackward(int i, PackedParameters parameters, float* parameterGradient, int samples)
    {
        var layer = Layout.Plan.Layers[i];
        var (inputs, outputs) = (layer.Input.Channels, layer.Output.Channels);
        var gradient = GradientOf(Layout.Outputs[i]);
        DenseGradientKernel<TLanes, TVector>.Add(
            ValuesOf(Layout.Inputs[i]), inputs, gradient, outputs, parameterGradient + layer.Weight!.Offset,
            parameterGradient + layer.Bias!.Offset, _denseScratch!.Pointer, samples);
        if (i == Layout.FirstLearning) return;
        DenseKernel<TLanes, TVector>.Run(
            gradient, outputs, parameters[i].Backward!.Pointer, null, GradientOf(Layout.Inputs[i]), inputs, relu: false);
    }

    private void PoolForward(int i, int window)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        var (from, to) = (input.Values(Lanes), output.Values(Lanes));
        for (var channel = 0; channel < output.Shape.Channels; channel++)
        {
            MaxPoolKernel<TLanes, TVector>.Forward(
                Plane(ValuesOf(input), from, channel), from.Row, Plane(ValuesOf(output), to, channel), to.Row,
                output.Shape.Height, output.Shape.Width, window);
        }
    }

    private void PoolBackward(int i, int window)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        var (from, to, fromGradient, toGradient) =
            (input.Values(Lanes), output.Values(Lanes), input.Gradient(Lanes), output.Gradient(Lanes));
        for (var channel = 0; channel < output.Shape.Channels; channel++)
        {
            MaxPoolKernel<TLanes, TVector>.Backward(
                Plane(ValuesOf(input), from, channel), from.Row, Plane(GradientOf(input), fromGradient, channel), fromGradient.Row,
                Plane(ValuesOf(output), to, channel), to.Row, Plane(GradientOf(output), toGradient, channel), toGradient.Row,
                output.Shape.Height, output.Shape.Width, window);
        }
    }

    /// <summary>A ReLU of its own, or a flatten that has to drop a border; nothing to do where input and output share a slot.</summary>
    private void CopyForward(int i, bool gate)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        if (ReferenceEquals(input, output)) return;
        var (from, to) = (input.Values(Lanes), output.Values(Lanes));
        var row = input.Shape.Width * Lanes;
        for (var channel = 0; channel < input.Shape.Channels; channel++)
        {
            for (var y = 0; y < input.Shape.Height; y++)
            {
                var source = Plane(ValuesOf(input), from, channel) + ((long)y * from.Row);
                var target = gate
                    ? Plane(ValuesOf(output), to, channel) + ((long)y * to.Row)
                    : ValuesOf(output) + ((((long)channel * input.Shape.Height) + y) * row);
                if (gate) ReluKernel<TLanes, TVector>.Gate(source, source, target, row);
                else new ReadOnlySpan<float>(source, row).CopyTo(new Span<float>(target, row));
            }
        }
    }

    private void ReluBackward(int i)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        var (values, from, to) = (output.Values(Lanes), output.Gradient(Lanes), input.Gradient(Lanes));
        for (var channel = 0; channel < input.Shape.Channels; channel++)
        {
            for (var y = 0; y < input.Shape.Height; y++)
            {
                ReluKernel<TLanes, TVector>.Gate(
                    Plane(ValuesOf(output), values, channel) + ((long)y * values.Row),
                    Plane(GradientOf(output), from, channel) + ((long)y * from.Row),
                    Plane(GradientOf(input), to, channel) + ((long)y * to.Row), input.Shape.Width * Lanes);
            }
        }
    }

    private void FlattenBackward(int i)
    {
        var (input, output) = (Layout.Inputs[i], Layout.Outputs[i]);
        if (ReferenceEquals(input, output)) return;
        var to = input.Gradient(Lanes);
        var row = input.Shape.Width * Lanes;
        for (var channel = 0; channel < input.Shape.Channels; channel++)
        {
            for (var y = 0; y < input.Shape.Height; y++)
            {
                var source = GradientOf(output) + ((((long)channel * input.Shape.Height) + y) * row);
                var target = Plane(GradientOf(input), to, channel) + ((long)y * to.Row);
                new ReadOnlySpan<float>(source, row).CopyTo(new Span<float>(target, row));
            }
        }
    }

    private static float* Plane(float* buffer, SlotGeometry geometry, int channel) =>
        buffer + geometry.Inside + ((long)channel * geometry.Plane);
}
