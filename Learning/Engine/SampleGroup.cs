namespace NeuroChain.Learning;

/// <summary>
/// Runs a model forward and backward over one group of samples, a sample a lane, in buffers of its own: one per worker. This class is
/// what does not depend on the number of lanes.
/// </summary>
internal abstract unsafe class SampleGroup
{
    /// <summary>p / 255 for each pixel value p, rounded once.</summary>
    private static readonly float[] PixelValues = [.. Enumerable.Range(0, 256).Select(pixel => pixel / 255f)];

    private readonly AlignedFloats[] _values;
    private readonly AlignedFloats[]? _gradients;
    private readonly byte[] _pixels;
    private readonly float[] _exponentials;

    protected SampleGroup(EngineLayout layout, int lanes, bool training)
    {
        Layout = layout;
        Lanes = lanes;
        _values = [.. layout.Slots.Select(slot => new AlignedFloats(slot.Values(lanes).Floats))];
        _gradients = training ? [.. layout.Slots.Select(slot => new AlignedFloats(slot.Gradient(lanes).Floats))] : null;
        _pixels = new byte[lanes * (int)layout.Plan.Input.Count];
        _exponentials = new float[layout.Plan.Classes];
        Head = layout.Outputs[^1];
    }

    /// <summary>Samples in a group.</summary>
    public int Lanes { get; }

    protected EngineLayout Layout { get; }

    protected ActivationSlot Head { get; }

    public static SampleGroup Create(EngineLayout layout, KernelPath path, bool training) => path switch
    {
        KernelPath.Vector512 => new SampleGroup<Lanes512, System.Runtime.Intrinsics.Vector512<float>>(layout, training),
        KernelPath.Vector256 => new SampleGroup<Lanes256, System.Runtime.Intrinsics.Vector256<float>>(layout, training),
        _ => new SampleGroup<ScalarLanes, float>(layout, training),
    };

    /// <summary>Reads the samples and computes their logits.</summary>
    public void Forward(PackedParameters parameters, Dataset dataset, ReadOnlySpan<int> samples)
    {
        LoadInput(dataset, samples);
        RunForward(parameters);
    }

    public SampleLoss Loss(int lane, int label) =>
        SoftmaxLoss.Compute(ValuesOf(Head) + lane, Lanes, Layout.Plan.Classes, label, _exponentials);

    public void CopyLogits(int lane, Span<float> logits)
    {
        var head = ValuesOf(Head) + lane;
        for (var i = 0; i < logits.Length; i++) logits[i] = head[i * Lanes];
    }

    /// <summary>Writes the gradient in the logits of one sample's loss times <paramref name="scale"/>; call after its loss.</summary>
    public void WriteLogitGradient(int lane, int label, float sumOfExponentials, float scale)
    {
        var gradient = GradientOf(Head) + lane;
        for (var i = 0; i < _exponentials.Length; i++)
            gradient[i * Lanes] = ((_exponentials[i] / sumOfExponentials) - (i == label ? 1f : 0f)) * scale;
    }

    /// <summary>Adds the gradients of the group's samples, from the logit gradients, to the flat vector.</summary>
    public abstract void Backward(PackedParameters parameters, float* parameterGradient, int samples);

    /// <summary>total += part, value by value.</summary>
    public abstract void Accumulate(AlignedFloats total, AlignedFloats part);

    /// <summary>One step of gradient descent with momentum, value by value.</summary>
    public abstract void Descend(
        AlignedFloats weights, AlignedFloats velocity, AlignedFloats gradient, float rate, float momentum, float decay);

    protected abstract void RunForward(PackedParameters parameters);

    protected float* ValuesOf(ActivationSlot slot) => _values[IndexOf(slot)].Pointer;

    protected float* GradientOf(ActivationSlot slot) => _gradients![IndexOf(slot)].Pointer;

    private int IndexOf(ActivationSlot slot)
    {
        for (var i = 0; i < Layout.Slots.Count; i++)
            if (ReferenceEquals(Layout.Slots[i], slot))
                return i;
        throw new ArgumentException("a slot of another layout", nameof(slot));
    }

    private void LoadInput(Dataset dataset, ReadOnlySpan<int> samples)
    {
        var slot = Layout.Inputs[0];
        var shape = slot.Shape;
        var geometry = slot.Values(Lanes);
        var size = (int)shape.Count;
        // Lanes without a sample compute on what the last group left there; nobody reads them.
        for (var lane = 0; lane < samples.Length; lane++) dataset.Image(samples[lane]).CopyTo(_pixels.AsSpan(lane * size));
        fixed (byte* pixels = _pixels)
        fixed (float* table = PixelValues)
        {
            unchecked
            {
                var pixel = pixels;
                for (var channel = 0; channel < shape.Channels; channel++)
                {
                    for (var y = 0; y < shape.Height; y++)
                    {
                        var target = ValuesOf(slot) + geometry.Inside + ((long)channel * geometry.Plane) + ((long)y * geometry.Row);
                        for (var x = 0; x < shape.Width; x++, pixel++)
                        {
                            for (var lane = 0; lane < Lanes; lane++) *target++ = table[pixel[lane * size]];
                        }
                    }
                }
            }
        }
    }
}
