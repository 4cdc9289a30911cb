using System.Buffers.Binary;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>Ethereum's words of 32 bytes, and the fields that the compiler packs into them.</summary>
internal static class Words
{
    public static readonly Hash256 Greatest = Hash256.FromBytes(Enumerable.Repeat((byte)0xff, 32).ToArray());

    public static Hash256 Of(UInt128 number) => Hash256.FromBytes(new ByteWriter().UInt128(0).UInt128(number).ToArray());

    /// <summary>An account as a recipient on the chain.</summary>
    public static Hash256 Of(Address address) => Hash256.FromBytes(new AbiWriter().Address(address).ToArray());

    public static UInt128 Low(Hash256 word) => BinaryPrimitives.ReadUInt128BigEndian(word.ToArray().AsSpan(16));

    public static Address Address(Hash256 word) => Chain.Address.FromBytes(word.ToArray().AsSpan(12));

    /// <summary>A packed field: so many bytes, the last of them <paramref name="offset"/> bytes from the right.</summary>
    public static UInt128 Field(Hash256 word, int offset, int size)
    {
        var bytes = new byte[16];
        word.ToArray().AsSpan(32 - offset - size, size).CopyTo(bytes.AsSpan(16 - size));
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>Where Solidity keeps the value of a mapping: keccak256(key || slot).</summary>
    public static Hash256 Entry(Hash256 key, ulong slot) => Keccak256.Hash(new ByteWriter().Hash(key).Hash(Of(slot)).ToArray());
}
