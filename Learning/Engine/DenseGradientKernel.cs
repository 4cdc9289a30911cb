using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>
/// A dense layer's gradient in its parameters: per weight one chain of fused multiply-adds over the samples in order, continued from the
/// running gradient; per bias one chain of additions. Here lanes run over inputs, which are independent outputs of this step.
/// </summary>
internal static unsafe class DenseGradientKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <param name="input">[input][lane].</param>
    /// <param name="outputGradient">[output][lane].</param>
    /// <param name="weightGradient">[output][input], added to.</param>
    /// <param name="biasGradient">[output], added to.</param>
    /// <param name="scratch">Room for inputs x lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        float* input, int inputs, float* outputGradient, int outputs, float* weightGradient, float* biasGradient, float* scratch,
        int samples)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            for (var i = 0; i < inputs; i++)
            {
                for (var sample = 0; sample < samples; sample++) scratch[((long)sample * inputs) + i] = input[((long)i * lanes) + sample];
            }
            for (var output = 0; output < outputs; output++)
            {
                var gradient = outputGradient + ((long)output * lanes);
                AddRow(scratch, inputs, gradient, weightGradient + ((long)output * inputs), samples);
                for (var sample = 0; sample < samples; sample++) biasGradient[output] += gradient[sample];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRow(float* rows, int inputs, float* gradient, float* target, int samples)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            var i = 0;
            for (; i + (4 * lanes) <= inputs; i += 4 * lanes)
            {
                var t0 = TLanes.Load(target + i);
                var t1 = TLanes.Load(target + i + lanes);
                var t2 = TLanes.Load(target + i + (2 * lanes));
                var t3 = TLanes.Load(target + i + (3 * lanes));
                var row = rows + i;
                for (var sample = 0; sample < samples; sample++)
                {
                    var factor = TLanes.Broadcast(gradient[sample]);
                    t0 = TLanes.MultiplyAdd(factor, TLanes.Load(row), t0);
                    t1 = TLanes.MultiplyAdd(factor, TLanes.Load(row + lanes), t1);
                    t2 = TLanes.MultiplyAdd(factor, TLanes.Load(row + (2 * lanes)), t2);
                    t3 = TLanes.MultiplyAdd(factor, TLanes.Load(row + (3 * lanes)), t3);
                    row += inputs;
                }
                TLanes.Store(target + i, t0);
                TLanes.Store(target + i + lanes, t1);
                TLanes.Store(target + i + (2 * lanes), t2);
                TLanes.Store(target + i + (3 * lanes), t3);
            }
            for (; i < inputs; i++)
            {
                var sum = target[i];
                for (var sample = 0; sample < samples; sample++)
                    sum = MathF.FusedMultiplyAdd(gradient[sample], rows[((long)sample * inputs) + i], sum);
                target[i] = sum;
            }
        }
    }
}
