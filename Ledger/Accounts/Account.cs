using System.Buffers.Binary;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What an address holds. Layout: nonce 8 | balance 16. An account without a record has neither.</summary>
public readonly record struct Account(ulong Nonce, Amount Balance)
{
    private const int Size = 8 + Amount.Size;

    // The record that is read and written most by far: without a writer and a reader it takes a quarter of the time.
    public byte[] Encode()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Nonce);
        BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(8), Balance.Units);
        return bytes;
    }

    public static Account Decode(byte[]? bytes)
    {
        if (bytes is null) return default;
        Invariant.Check(bytes.Length == Size, "an account record has 24 bytes");
        return new Account(BinaryPrimitives.ReadUInt64BigEndian(bytes), new Amount(BinaryPrimitives.ReadUInt128BigEndian(bytes.AsSpan(8))));
    }
}
