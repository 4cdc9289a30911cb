using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>Extents of one convolution in the engine's layout; strides count floats and include the lanes.</summary>
internal readonly record struct ConvolutionGeometry(
    int Taps, int OutputChannels, int Height, int Width, int InputRow, int OutputRow, int OutputPlane);

/// <summary>
/// Convolution forward and backward to the input: per output value one chain of fused multiply-adds from +0 over the taps in the order of
/// their offsets, then the bias. Padding lies in the input as real zeros, so the chain never branches. Tiles of four channels by three
/// columns keep twelve chains in registers.
/// </summary>
internal static unsafe class ConvolutionKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Output channels whose weights lie side by side for one tap.</summary>
    public const int Block = 4;

    /// <param name="input">Where the first output's tap of offset zero lies.</param>
    /// <param name="tapOffsets">In floats from the output's place in the input; their order is the order of the chain.</param>
    /// <param name="weights">[block of four channels][tap][four].</param>
    /// <param name="bias">A multiple of four values, or null for none.</param>
    /// <param name="relu">Whether to store the ReLU of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        float* input, int* tapOffsets, float* weights, float* bias, float* output, in ConvolutionGeometry geometry, bool relu)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            var last = geometry.Width - 1;
            var taps = geometry.Taps;
            for (var y = 0; y < geometry.Height; y++)
            {
                for (var channel = 0; channel < geometry.OutputChannels; channel += Block)
                {
                    var blockWeights = weights + ((long)channel * taps);
                    var blockBias = bias == null ? null : bias + channel;
                    var blockOutput = output + ((long)channel * geometry.OutputPlane) + ((long)y * geometry.OutputRow);
                    var channels = Math.Min(Block, geometry.OutputChannels - channel);
                    var row = input + ((long)y * geometry.InputRow);
                    // At the right edge columns repeat: the same value is computed and stored twice.
                    for (var x = 0; x <= last; x += 3)
                    {
                        Tile(
                            row, x * lanes, Math.Min(x + 1, last) * lanes, Math.Min(x + 2, last) * lanes, tapOffsets, taps,
                            blockWeights, blockBias, blockOutput, geometry.OutputPlane, channels, relu);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Tile(
        float* row, int x0, int x1, int x2, int* tapOffsets, int taps,
        float* weights, float* bias, float* output, int plane, int channels, bool relu)
    {
        unchecked
        {
            TVector a0 = default, a1 = default, a2 = default, b0 = default, b1 = default, b2 = default;
            TVector c0 = default, c1 = default, c2 = default, d0 = default, d1 = default, d2 = default;
            float* in0 = row + x0, in1 = row + x1, in2 = row + x2;
            for (var tap = 0; tap < taps; tap++)
            {
                long offset = tapOffsets[tap];
                var v0 = TLanes.Load(in0 + offset);
                var v1 = TLanes.Load(in1 + offset);
                var v2 = TLanes.Load(in2 + offset);
                var weight = TLanes.Broadcast(weights[0]);
                a0 = TLanes.MultiplyAdd(weight, v0, a0);
                a1 = TLanes.MultiplyAdd(weight, v1, a1);
                a2 = TLanes.MultiplyAdd(weight, v2, a2);
                weight = TLanes.Broadcast(weights[1]);
                b0 = TLanes.MultiplyAdd(weight, v0, b0);
                b1 = TLanes.MultiplyAdd(weight, v1, b1);
                b2 = TLanes.MultiplyAdd(weight, v2, b2);
                weight = TLanes.Broadcast(weights[2]);
                c0 = TLanes.MultiplyAdd(weight, v0, c0);
                c1 = TLanes.MultiplyAdd(weight, v1, c1);
                c2 = TLanes.MultiplyAdd(weight, v2, c2);
                weight = TLanes.Broadcast(weights[3]);
                d0 = TLanes.MultiplyAdd(weight, v0, d0);
                d1 = TLanes.MultiplyAdd(weight, v1, d1);
                d2 = TLanes.MultiplyAdd(weight, v2, d2);
                weights += Block;
            }
            Finish(output, x0, x1, x2, a0, a1, a2, bias, 0, relu);
            if (channels > 1) Finish(output + plane, x0, x1, x2, b0, b1, b2, bias, 1, relu);
            if (channels > 2) Finish(output + (2L * plane), x0, x1, x2, c0, c1, c2, bias, 2, relu);
            if (channels > 3) Finish(output + (3L * plane), x0, x1, x2, d0, d1, d2, bias, 3, relu);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        float* output, int x0, int x1, int x2, TVector r0, TVector r1, TVector r2, float* bias, int channel, bool relu)
    {
        if (bias != null)
        {
            var shift = TLanes.Broadcast(bias[channel]);
            r0 = TLanes.Add(r0, shift);
            r1 = TLanes.Add(r1, shift);
            r2 = TLanes.Add(r2, shift);
        }
        if (relu)
        {
            r0 = TLanes.WherePositive(r0, r0);
            r1 = TLanes.WherePositive(r1, r1);
            r2 = TLanes.WherePositive(r2, r2);
        }
        unchecked
        {
            TLanes.Store(output + x0, r0);
            TLanes.Store(output + x1, r1);
            TLanes.Store(output + x2, r2);
        }
    }
}
