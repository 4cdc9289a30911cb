using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>An event of the vault. Every one has its nonce as the first indexed argument, and all indexed arguments before the others.</summary>
/// <param name="Nonce">1 and up, without a gap over all of them.</param>
/// <param name="TransactionIndex">Of the receipt in its block.</param>
/// <param name="LogIndex">In that receipt.</param>
/// <param name="Log">The vault's.</param>
public sealed record VaultEvent(ulong Nonce, ulong TransactionIndex, uint LogIndex, EthereumLog Log)
{
    private const int TopicsMin = 2;

    /// <summary>Its name, as keccak256 of name and types.</summary>
    public Hash256 Topic => Log.Topics[0];

    /// <param name="log">Of the vault's address.</param>
    /// <param name="transactionIndex">Of the receipt.</param>
    /// <param name="logIndex">In the receipt.</param>
    /// <param name="read">Null where no vault logs such a thing.</param>
    public static bool TryRead(EthereumLog log, ulong transactionIndex, uint logIndex, [NotNullWhen(true)] out VaultEvent? read)
    {
        read = null;
        if (log.Topics.Length < TopicsMin || log.Data.Length % AbiWriter.WordSize != 0) return false;
        if (!UInt256.FromHash(log.Topics[1]).TryToUInt64(out var nonce)) return false;
        read = new VaultEvent(nonce, transactionIndex, logIndex, log);
        return true;
    }

    /// <summary>The vault's slot 3 after this event, from what it was before: keccak256(abi.encode(chain, nonce, topic, keccak256(arguments))).</summary>
    public Hash256 Fold(Hash256 chain) => VaultNotice.Fold(chain, Log);

    internal void WriteTo(ByteWriter writer)
    {
        writer.UInt64(Nonce).UInt64(TransactionIndex).UInt32(LogIndex).Address(Log.Address).Byte((byte)Log.Topics.Length);
        foreach (var topic in Log.Topics) writer.Hash(topic);
        writer.LengthAndBytes(Log.Data.Span);
    }

    internal static VaultEvent ReadFrom(ref ByteReader reader)
    {
        var (nonce, transaction, place, address) = (reader.UInt64(), reader.UInt64(), reader.UInt32(), reader.Address());
        var topics = new Hash256[reader.Byte()];
        if (topics.Length is < TopicsMin or > EthereumLog.TopicsMax) reader.Fail();
        for (var i = 0; i < topics.Length; i++) topics[i] = reader.Hash();
        return new VaultEvent(nonce, transaction, place, new EthereumLog(address, [.. topics], reader.LengthAndBytes(int.MaxValue).ToArray()));
    }
}
