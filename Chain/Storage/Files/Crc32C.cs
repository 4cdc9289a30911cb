using System.Buffers.Binary;
using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), against bytes that a disk tore or lost. The framework's step uses the processor's
/// instruction where there is one. It is no defence against a forger.
/// </summary>
public static class Crc32C
{
    public const int Size = 4;

    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var last in bytes) crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }
}
