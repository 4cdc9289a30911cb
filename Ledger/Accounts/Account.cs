using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What an address holds. Layout: nonce 8 | balance 16. An account without a record has neither.</summary>
public readonly record struct Account(ulong Nonce, Amount Balance)
{
    public byte[] Encode() => new ByteWriter().UInt64(Nonce).Amount(Balance).ToArray();

    public static Account Decode(byte[]? bytes)
    {
        if (bytes is null) return default;
        var reader = new ByteReader(bytes);
        var account = new Account(reader.UInt64(), reader.Amount());
        Invariant.Check(reader.IsWhole, "an account record has 24 bytes");
        return account;
    }
}
