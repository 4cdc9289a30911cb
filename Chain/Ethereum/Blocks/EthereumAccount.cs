using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>An account as the state trie of Ethereum holds it: rlp([nonce, balance, storage root, code hash]) (yellow paper, 4.1).</summary>
/// <param name="Nonce">Transactions sent; for a contract, contracts made.</param>
/// <param name="Balance">In wei.</param>
/// <param name="StorageRoot">Of its storage: <see cref="PatriciaTrie.EmptyRoot"/> where it has none.</param>
/// <param name="CodeHash">keccak256 of its code.</param>
public sealed record EthereumAccount(ulong Nonce, UInt256 Balance, Hash256 StorageRoot, Hash256 CodeHash)
{
    /// <summary>keccak256(""): an account without code.</summary>
    public static readonly Hash256 NoCode = Keccak256.Hash([]);

    public byte[] Encode()
    {
        var writer = new RlpWriter(128);
        var list = writer.Begin();
        return writer.UInt64(Nonce).UInt256(Balance).Hash(StorageRoot).Hash(CodeHash).End(list).ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EthereumAccount? account, out EthereumFault fault)
    {
        var reader = new RlpReader(bytes);
        var list = reader.List();
        account = new EthereumAccount(list.UInt64(), list.UInt256(), list.Hash(), list.Hash());
        reader.Leave(ref list);
        reader.End();
        fault = reader.Fault;
        if (fault != EthereumFault.None) account = null;
        return account is not null;
    }
}
