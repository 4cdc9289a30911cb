using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>
/// Fully connected layer, forward and backward to the input: per output one chain of fused multiply-adds from +0 over the inputs in order,
/// then the bias. Eight chains run side by side.
/// </summary>
internal static unsafe class DenseKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>Outputs whose weights lie side by side for one input.</summary>
    public const int Block = 8;

    /// <param name="weights">[block of eight outputs][input][eight].</param>
    /// <param name="bias">A multiple of eight values, or null for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* input, int inputs, float* weights, float* bias, float* output, int outputs, bool relu)
    {
        unchecked
        {
            var lanes = TLanes.Count;
            for (var first = 0; first < outputs; first += Block)
            {
                TVector r0 = default, r1 = default, r2 = default, r3 = default, r4 = default, r5 = default, r6 = default, r7 = default;
                var at = input;
                for (var i = 0; i < inputs; i++)
                {
                    var value = TLanes.Load(at);
                    r0 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[0]), value, r0);
                    r1 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[1]), value, r1);
                    r2 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[2]), value, r2);
                    r3 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[3]), value, r3);
                    r4 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[4]), value, r4);
                    r5 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[5]), value, r5);
                    r6 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[6]), value, r6);
                    r7 = TLanes.MultiplyAdd(TLanes.Broadcast(weights[7]), value, r7);
                    at += lanes;
                    weights += Block;
                }
                var target = output + ((long)first * lanes);
                var count = outputs - first;
                Finish(target, r0, bias, first, relu);
                if (count > 1) Finish(target + lanes, r1, bias, first + 1, relu);
                if (count > 2) Finish(target + (2 * lanes), r2, bias, first + 2, relu);
                if (count > 3) Finish(target + (3 * lanes), r3, bias, first + 3, relu);
                if (count > 4) Finish(target + (4 * lanes), r4, bias, first + 4, relu);
                if (count > 5) Finish(target + (5 * lanes), r5, bias, first + 5, relu);
                if (count > 6) Finish(target + (6 * lanes), r6, bias, first + 6, relu);
                if (count > 7) Finish(target + (7 * lanes), r7, bias, first + 7, relu);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* target, TVector value, float* bias, int output, bool relu)
    {
        if (bias != null) value = TLanes.Add(value, TLanes.Broadcast(bias[output]));
        if (relu) value = TLanes.WherePositive(value, value);
        TLanes.Store(target, value);
    }
}
