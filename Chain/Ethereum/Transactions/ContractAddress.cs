namespace NeuroChain.Chain;

/// <summary>Where a contract comes to stand: last 20 bytes of a hash.</summary>
public static class ContractAddress
{
    /// <summary>CREATE (yellow paper, 7): of the creator and its nonce alone, so that it is known before the contract's arguments are.</summary>
    public static Address Create(Address creator, ulong nonce)
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        return Last20(Keccak256.Hash(writer.Address(creator).UInt64(nonce).End(list).Written));
    }

    /// <summary>CREATE2 (EIP-1014): of the creator, a salt and the code with its arguments.</summary>
    public static Address Create2(Address creator, Hash256 salt, ReadOnlySpan<byte> initCode) => Create2(creator, salt, Keccak256.Hash(initCode));

    public static Address Create2(Address creator, Hash256 salt, Hash256 initCodeHash) =>
        Last20(Keccak256.Hash(new ByteWriter(85).Byte(0xff).Address(creator).Hash(salt).Hash(initCodeHash).ToArray()));

    private static Address Last20(Hash256 hash) => Address.FromBytes(hash.ToArray().AsSpan(Hash256.Size - Address.Size));
}
