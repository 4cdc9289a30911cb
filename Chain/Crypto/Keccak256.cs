using System.Buffers.Binary;

namespace NeuroChain.Chain;

/// <summary>
/// Keccak-256 as Ethereum uses it: the sponge of FIPS 202 with rate 1088 bits and the original padding byte 0x01
/// (SHA3-256 uses 0x06, so the framework's class cannot serve).
/// </summary>
public static class Keccak256
{
    private const int RateBytes = 136;

    public static Hash256 Hash(ReadOnlySpan<byte> data)
    {
        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        for (; data.Length >= RateBytes; data = data[RateBytes..])
        {
            Absorb(state, data[..RateBytes]);
            KeccakPermutation.Apply(state);
        }

        Span<byte> last = stackalloc byte[RateBytes];
        last.Clear();
        data.CopyTo(last);
        last[data.Length] = 0x01;
        last[RateBytes - 1] |= 0x80;
        Absorb(state, last);
        KeccakPermutation.Apply(state);

        Span<byte> digest = stackalloc byte[Hash256.Size];
        for (var i = 0; i < 4; i++) BinaryPrimitives.WriteUInt64LittleEndian(digest[(8 * i)..], state[i]);
        return Hash256.FromBytes(digest);
    }

    private static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < RateBytes / 8; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
    }
}
