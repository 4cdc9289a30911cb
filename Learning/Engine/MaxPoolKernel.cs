using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>Max-pooling and its gradient, which goes to the first of the window's largest values, row by row.</summary>
internal static unsafe class MaxPoolKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* input, int inputRow, float* output, int outputRow, int height, int width, int window)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            for (var y = 0; y < height; y++)
            {
                var source = input + ((long)y * window * inputRow);
                var target = output + ((long)y * outputRow);
                for (var x = 0; x < width; x++)
                {
                    var best = TLanes.Load(source);
                    for (var row = source; row < source + ((long)window * inputRow); row += inputRow)
                    {
                        for (var column = 0; column < window; column++) best = TLanes.Greater(best, TLanes.Load(row + (column * lanes)));
                    }
                    TLanes.Store(target, best);
                    source += window * lanes;
                    target += lanes;
                }
            }
        }
    }

    /// <summary>Writes every value of the input gradient that some window covers; the others stay as they are, which is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Backward(
        float* input, int inputRow, float* inputGradient, int inputGradientRow,
        float* output, int outputRow, float* outputGradient, int outputGradientRow, int height, int width, int window)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            for (var y = 0; y < height; y++)
            {
                var source = input + ((long)y * window * inputRow);
                var target = inputGradient + ((long)y * window * inputGradientRow);
                for (var x = 0; x < width; x++)
                {
                    var best = TLanes.Load(output + ((long)y * outputRow) + (x * lanes));
                    // What no equal value has taken yet.
                    var gradient = TLanes.Load(outputGradient + ((long)y * outputGradientRow) + (x * lanes));
                    for (var row = 0; row < window; row++)
                    {
                        for (var column = 0; column < window; column++)
                        {
                            var value = TLanes.Load(source + ((long)row * inputRow) + (column * lanes));
                            var to = target + ((long)row * inputGradientRow) + (column * lanes);
                            TLanes.Store(to, TLanes.WhereEqual(value, best, gradient, default));
                            gradient = TLanes.WhereEqual(value, best, default, gradient);
                        }
                    }
                    source += window * lanes;
                    target += window * lanes;
                }
            }
        }
    }
}
