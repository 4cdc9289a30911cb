using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Headers and receipts as JSON-RPC has them, for tests that believe their node.</summary>
internal static class EthereumJsonReader
{
    public static EthereumHeader ReadHeader(JsonElement block) => new()
    {
        ParentHash = Hash(block, "parentHash"),
        OmmersHash = Hash(block, "sha3Uncles"),
        Beneficiary = Address.FromBytes(Data(block, "miner")),
        StateRoot = Hash(block, "stateRoot"),
        TransactionsRoot = Hash(block, "transactionsRoot"),
        ReceiptsRoot = Hash(block, "receiptsRoot"),
        LogsBloom = BloomOf(block),
        Difficulty = Number(block, "difficulty"),
        Number = Small(block, "number"),
        GasLimit = Small(block, "gasLimit"),
        GasUsed = Small(block, "gasUsed"),
        Timestamp = Small(block, "timestamp"),
        ExtraData = Data(block, "extraData"),
        MixHash = Hash(block, "mixHash"),
        MixNonce = new ByteReader(Data(block, "nonce")).UInt64(),
        BaseFeePerGas = Has(block, "baseFeePerGas") ? Number(block, "baseFeePerGas") : null,
        WithdrawalsRoot = Has(block, "withdrawalsRoot") ? Hash(block, "withdrawalsRoot") : null,
        BlobGasUsed = Has(block, "blobGasUsed") ? Small(block, "blobGasUsed") : null,
        ExcessBlobGas = Has(block, "excessBlobGas") ? Small(block, "excessBlobGas") : null,
        ParentBeaconBlockRoot = Has(block, "parentBeaconBlockRoot") ? Hash(block, "parentBeaconBlockRoot") : null,
        RequestsHash = Has(block, "requestsHash") ? Hash(block, "requestsHash") : null,
        BlockAccessListHash = Has(block, "blockAccessListHash") ? Hash(block, "blockAccessListHash") : null,
        SlotNumber = Has(block, "slotNumber") ? Small(block, "slotNumber") : null,
    };

    public static EthereumReceipt ReadReceipt(JsonElement receipt)
    {
        var logs = receipt.GetProperty("logs").EnumerateArray().Select(log => new EthereumLog(
            Address.FromBytes(Data(log, "address")),
            [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.FromBytes(Convert.FromHexString(topic.GetString()!.AsSpan(2))))],
            Data(log, "data")));
        var read = new EthereumReceipt((byte)Small(receipt, "type"), null, Small(receipt, "status") == 1, Small(receipt, "cumulativeGasUsed"), [.. logs]);
        Assert.Equal(BloomOf(receipt), read.Bloom);
        return read;
    }

    /// <summary>Without the one node of a trie that holds nothing, which some nodes send: its root says that by itself.</summary>
    public static ImmutableArray<ReadOnlyMemory<byte>> ReadNodes(JsonElement nodes) =>
        [.. nodes.EnumerateArray().Select(node => node.GetString()!).Where(node => node != "0x80").Select(node => (ReadOnlyMemory<byte>)Convert.FromHexString(node.AsSpan(2)))];

    private static bool Has(JsonElement thing, string name) => thing.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    private static byte[] Data(JsonElement thing, string name) => Convert.FromHexString(thing.GetProperty(name).GetString()!.AsSpan(2));

    private static Hash256 Hash(JsonElement thing, string name) => Hash256.FromBytes(Data(thing, name));

    private static UInt256 Number(JsonElement thing, string name) =>
        UInt256.FromBytes(Convert.FromHexString(thing.GetProperty(name).GetString()![2..].PadLeft(2 * UInt256.Size, '0')));

    private static ulong Small(JsonElement thing, string name)
    {
        Assert.True(Number(thing, name).TryToUInt64(out var number));
        return number;
    }

    private static Bloom BloomOf(JsonElement thing)
    {
        Assert.True(Bloom.TryFromBytes(Data(thing, "logsBloom"), out var bloom));
        return bloom;
    }
}
