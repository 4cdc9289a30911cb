using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// What a transaction did, as the receipts trie of its block holds it: rlp([status, gas, bloom, logs]), behind a type byte for types 1 to 4
/// (EIP-2718, 2930, 1559, 4844, 7702). Before Byzantium (EIP-658) the state root after the transaction stood in the place of the status.
/// </summary>
/// <param name="Type">0 for a legacy transaction.</param>
/// <param name="PostState">Of the oldest receipts only; those say nothing about success.</param>
/// <param name="Succeeded">Status 1. Of a transaction that failed no log is kept, and none is believed.</param>
/// <param name="CumulativeGasUsed">Of the block up to here.</param>
/// <param name="Logs">In order.</param>
public sealed record EthereumReceipt(byte Type, Hash256? PostState, bool Succeeded, ulong CumulativeGasUsed, ImmutableArray<EthereumLog> Logs)
{
    public const byte TypeMax = 4;

    private const byte ListOffset = 0xc0;

    public Bloom Bloom => Bloom.Of(Logs);

    public byte[] Encode()
    {
        var writer = new RlpWriter(2 * Bloom.Size);
        if (Type > 0) writer.Raw([Type]);
        var list = writer.Begin();
        if (PostState is { } root) writer.Hash(root);
        else writer.UInt64(Succeeded ? 1UL : 0);
        writer.UInt64(CumulativeGasUsed).Bytes(Bloom.Bytes);
        var logs = writer.Begin();
        foreach (var log in Logs) log.WriteTo(writer);
        return writer.End(logs).End(list).ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EthereumReceipt? receipt, out EthereumFault fault)
    {
        receipt = null;
        fault = bytes.IsEmpty ? EthereumFault.Truncated : EthereumFault.UnknownType;
        var type = bytes is [<= TypeMax and > 0, ..] ? bytes[0] : (byte)0;
        if (type == 0 && bytes is not [>= ListOffset, ..]) return false;
        var reader = new RlpReader(type == 0 ? bytes : bytes[1..]);
        receipt = ReadFrom(ref reader, type);
        reader.End();
        fault = reader.Fault;
        if (fault != EthereumFault.None) receipt = null;
        return receipt is not null;
    }

    /// <summary>The receipts root of a block that has exactly these.</summary>
    public static Hash256 RootOf(IEnumerable<EthereumReceipt> receipts) => TrieOf(receipts).Root;

    /// <summary>The trie of a block that has exactly these, for proofs.</summary>
    public static PatriciaTrie TrieOf(IEnumerable<EthereumReceipt> receipts) =>
        PatriciaTrie.OfList(receipts.Select(receipt => (ReadOnlyMemory<byte>)receipt.Encode()));

    private static EthereumReceipt? ReadFrom(ref RlpReader reader, byte type)
    {
        var list = reader.List();
        var (postState, succeeded) = ReadOutcome(ref list, type);
        var gas = list.UInt64();
        var bloom = list.Fixed(Bloom.Size);
        var logList = list.List();
        var logs = ImmutableArray.CreateBuilder<EthereumLog>();
        while (logList.HasMore)
            if (EthereumLog.ReadFrom(ref logList) is { } log)
                logs.Add(log);
        list.Leave(ref logList);
        reader.Leave(ref list);
        if (reader.Fault != EthereumFault.None) return null;
        var receipt = new EthereumReceipt(type, postState, succeeded, gas, logs.DrainToImmutable());
        if (!receipt.Bloom.Bytes.SequenceEqual(bloom)) reader.Fail(EthereumFault.BloomMismatch);
        return receipt;
    }

    private static (Hash256? PostState, bool Succeeded) ReadOutcome(ref RlpReader list, byte type)
    {
        var outcome = list.Bytes();
        if (type == 0 && outcome.Length == Hash256.Size) return (Hash256.FromBytes(outcome), false);
        var isStatus = outcome is [] or [1];
        if (!isStatus) list.Fail(EthereumFault.MalformedStatus);
        return (null, outcome is [1]);
    }
}
