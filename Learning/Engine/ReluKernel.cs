using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>ReLU over one row of values, and its gradient; source and target may be the same place.</summary>
internal static unsafe class ReluKernel<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    /// <summary>target = value where gate is greater than zero, else +0; the forward pass gates each value by itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Gate(float* gate, float* value, float* target, int floats)
    {
        unchecked
        {
            for (var i = 0; i < floats; i += TLanes.Count)
                TLanes.Store(target + i, TLanes.WherePositive(TLanes.Load(gate + i), TLanes.Load(value + i)));
        }
    }
}
