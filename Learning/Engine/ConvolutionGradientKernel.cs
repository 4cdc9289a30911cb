using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>
/// A convolution's gradient in its parameters. For each sample one chain from +0 over the pixels, row by row (fused multiply-adds for a
/// weight, additions for a bias); the samples' sums are then added to the running gradient one by one, in the order of the samples.
/// Lanes are samples, so the chains of a whole group run side by side.
/// </summary>
internal static unsafe class ConvolutionGradientKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int TapBlock = 3;

    /// <param name="input">Where the first output's tap of offset zero lies.</param>
    /// <param name="outputGradient">The first output's gradient; the geometry's output strides are its strides.</param>
    /// <param name="weightGradient">[channel][tap], added to.</param>
    /// <param name="samples">Lanes that hold samples; the rest is ignored.</param>
    public static void AddWeights(
        float* input, int* tapOffsets, float* outputGradient, float* weightGradient, in ConvolutionGeometry geometry, int samples)
    {
        unchecked
        {
            for (var channel = 0; channel < geometry.OutputChannels; channel += 4)
            {
                for (var tap = 0; tap < geometry.Taps; tap += TapBlock)
                    Tile(input, tapOffsets, outputGradient, weightGradient, geometry, samples, channel, tap);
            }
        }
    }

    /// <param name="biasGradient">[channel], added to.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBias(float* outputGradient, float* biasGradient, in ConvolutionGeometry geometry, int samples)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            var sums = stackalloc float[16];
            // Four channels at a time, because one chain of additions waits for itself; at the end channels repeat and are dropped.
            for (var channel = 0; channel < geometry.OutputChannels; channel += 4)
            {
                var last = geometry.OutputChannels - 1 - channel;
                TVector a = default, b = default, c = default, d = default;
                var gradientA = outputGradient + ((long)channel * geometry.OutputPlane);
                var gradientB = gradientA + ((long)Math.Min(1, last) * geometry.OutputPlane);
                var gradientC = gradientA + ((long)Math.Min(2, last) * geometry.OutputPlane);
                var gradientD = gradientA + ((long)Math.Min(3, last) * geometry.OutputPlane);
                for (var y = 0; y < geometry.Height; y++)
                {
                    var end = ((long)y * geometry.OutputRow) + ((long)geometry.Width * lanes);
                    for (var at = (long)y * geometry.OutputRow; at < end; at += lanes)
                    {
                        a = TLanes.Add(a, TLanes.Load(gradientA + at));
                        b = TLanes.Add(b, TLanes.Load(gradientB + at));
                        c = TLanes.Add(c, TLanes.Load(gradientC + at));
                        d = TLanes.Add(d, TLanes.Load(gradientD + at));
                    }
                }
                AddLanes(biasGradient + channel, a, sums, samples);
                if (last > 0) AddLanes(biasGradient + channel + 1, b, sums, samples);
                if (last > 1) AddLanes(biasGradient + channel + 2, c, sums, samples);
                if (last > 2) AddLanes(biasGradient + channel + 3, d, sums, samples);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile(
        float* input, int* tapOffsets, float* outputGradient, float* weightGradient, in ConvolutionGeometry geometry, int samples,
        int channel, int tap)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            var lastTap = geometry.Taps - 1;
            var lastChannel = geometry.OutputChannels - 1;
            long plane = geometry.OutputPlane;
            TVector a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
            TVector c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
            for (var y = 0; y < geometry.Height; y++)
            {
                var inputRow = input + ((long)y * geometry.InputRow);
                float* in0 = inputRow + tapOffsets[tap];
                float* in1 = inputRow + tapOffsets[Math.Min(tap + 1, lastTap)];
                float* in2 = inputRow + tapOffsets[Math.Min(tap + 2, lastTap)];
                var row = outputGradient + ((long)y * geometry.OutputRow);
                var gradientA = row + (channel * plane);
                var gradientB = row + (Math.Min(channel + 1, lastChannel) * plane);
                var gradientC = row + (Math.Min(channel + 2, lastChannel) * plane);
                var gradientD = row + (Math.Min(channel + 3, lastChannel) * plane);
                var end = (long)geometry.Width * lanes;
                for (var x = 0L; x < end; x += lanes)
                {
                    var v0 = TLanes.Load(in0 + x);
                    var v1 = TLanes.Load(in1 + x);
                    var v2 = TLanes.Load(in2 + x);
                    var gradient = TLanes.Load(gradientA + x);
                    a0 = TLanes.MultiplyAdd(gradient, v0, a0);
                    a1 = TLanes.MultiplyAdd(gradient, v1, a1);
                    a2 = TLanes.MultiplyAdd(gradient, v2, a2);
                    gradient = TLanes.Load(gradientB + x);
                    b0 = TLanes.MultiplyAdd(gradient, v0, b0);
                    b1 = TLanes.MultiplyAdd(gradient, v1, b1);
                    b2 = TLanes.MultiplyAdd(gradient, v2, b2);
                    gradient = TLanes.Load(gradientC + x);
                    c0 = TLanes.MultiplyAdd(gradient, v0, c0);
                    c1 = TLanes.MultiplyAdd(gradient, v1, c1);
                    c2 = TLanes.MultiplyAdd(gradient, v2, c2);
                    gradient = TLanes.Load(gradientD + x);
                    d0 = TLanes.MultiplyAdd(gradient, v0, d0);
                    d1 = TLanes.MultiplyAdd(gradient, v1, d1);
                    d2 = TLanes.MultiplyAdd(gradient, v2, d2);
                }
            }
            var taps = geometry.Taps - tap;
            var target = weightGradient + ((long)channel * geometry.Taps) + tap;
            AddTaps(target, a0, a1, a2, taps, samples);
            if (channel < lastChannel) AddTaps(target + geometry.Taps, b0, b1, b2, taps, samples);
            if (channel + 1 < lastChannel) AddTaps(target + (2L * geometry.Taps), c0, c1, c2, taps, samples);
            if (channel + 2 < lastChannel) AddTaps(target + (3L * geometry.Taps), d0, d1, d2, taps, samples);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTaps(float* target, TVector t0, TVector t1, TVector t2, int taps, int samples)
    {
        var sums = stackalloc float[16];
        AddLanes(target, t0, sums, samples);
        if (taps > 1) AddLanes(target + 1, t1, sums, samples);
        if (taps > 2) AddLanes(target + 2, t2, sums, samples);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddLanes(float* target, TVector perSample, float* scratch, int samples)
    {
        TLanes.Store(scratch, perSample);
        var sum = *target;
        for (var sample = 0; sample < samples; sample++) sum += scratch[sample];
        *target = sum;
    }
}
