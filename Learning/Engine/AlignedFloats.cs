using System.Runtime.CompilerServices;

namespace NeuroChain.Learning;

/// <summary>
/// Zeroed floats that do not move and begin on a cache line; the pointer is good for as long as the object is reachable. A whole vector may
/// be read and written from any place below the length.
/// </summary>
internal sealed unsafe class AlignedFloats
{
    private const int LineBytes = 64;

    private readonly float[] _array;

    public AlignedFloats(long count)
    {
        _array = GC.AllocateArray<float>(checked((int)count + (2 * LineBytes / sizeof(float))), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _array[0]);
        Pointer = (float*)((address + LineBytes - 1) & ~(nuint)(LineBytes - 1));
        Length = (int)count;
    }

    public float* Pointer { get; }

    public int Length { get; }

    public Span<float> Span => new(Pointer, Length);
}
