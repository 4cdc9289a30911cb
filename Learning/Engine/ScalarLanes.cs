using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>One sample at a time: the reference that the vector paths are held against.</summary>
internal unsafe readonly struct ScalarLanes : ILanes<float>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* destination, float value) => *destination = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Broadcast(float value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Add(float a, float b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Greater(float best, float candidate) => candidate > best ? candidate : best;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WherePositive(float gate, float value) => gate > 0f ? value : 0f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float WhereEqual(float a, float b, float whenEqual, float otherwise) => a == b ? whenEqual : otherwise;
}
