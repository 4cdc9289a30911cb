using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>The receipts of a block out of eth_getBlockReceipts. Whether they are the block's says the root that is rebuilt from them.</summary>
internal static class RpcReceipts
{
    /// <summary>A transaction uses 21,000 gas, so that this is a block of 1,300 million.</summary>
    public const int ReceiptsMax = 1 << 16;

    private const int LogsMax = 1 << 18;

    // A type byte is below the list's first one (EIP-2718). A type that came after those known is encoded as they are: the root says whether it is.
    private const ulong TypeMax = 0x7f;

    public static Answered<ImmutableArray<EthereumReceipt>> Read(JsonElement list, Hash256 blockHash)
    {
        if (list.ValueKind != JsonValueKind.Array) return Answered<ImmutableArray<EthereumReceipt>>.No(EndpointFault.Malformed, "receipts: a list");
        if (list.GetArrayLength() > ReceiptsMax) return Answered<ImmutableArray<EthereumReceipt>>.No(EndpointFault.TooLarge, $"more than {ReceiptsMax} receipts");
        var receipts = ImmutableArray.CreateBuilder<EthereumReceipt>(list.GetArrayLength());
        foreach (var item in list.EnumerateArray())
        {
            var fields = new RpcFields(item);
            if (fields.UInt64("transactionIndex") != (ulong)receipts.Count || fields.Hash("blockHash") != blockHash)
                return Answered<ImmutableArray<EthereumReceipt>>.No(EndpointFault.WrongSubject, $"receipt {receipts.Count} is of another place");
            var receipt = ReadReceipt(ref fields);
            if (fields.Failed is { } failed) return Answered<ImmutableArray<EthereumReceipt>>.No(EndpointFault.Malformed, $"receipt {receipts.Count}: {failed}");
            receipts.Add(receipt);
        }

        return receipts.MoveToImmutable();
    }

    private static EthereumReceipt ReadReceipt(ref RpcFields fields)
    {
        var type = fields.Has("type") ? fields.UInt64("type") : 0;
        if (type > TypeMax) type = fields.Fail("type", 0UL);
        // Before Byzantium there was a state root in the place of the status.
        Hash256? postState = fields.Has("status") ? null : fields.Hash("root");
        var status = postState is null ? fields.UInt64("status") : 0;
        if (status > 1) fields.Fail("status", 0);
        var gas = fields.UInt64("cumulativeGasUsed");
        var logs = ImmutableArray.CreateBuilder<EthereumLog>();
        foreach (var log in fields.List("logs", LogsMax))
            if (ReadLog(log) is { } read) logs.Add(read);
            else fields.Fail("logs", 0);
        return new EthereumReceipt((byte)type, postState, status == 1, gas, logs.DrainToImmutable());
    }

    /// <summary>Null where it is none.</summary>
    internal static EthereumLog? ReadLog(JsonElement item)
    {
        var fields = new RpcFields(item);
        var address = fields.Address("address");
        var topics = ImmutableArray.CreateBuilder<Hash256>();
        foreach (var topic in fields.List("topics", EthereumLog.TopicsMax))
            if (RpcFields.TryReadData(topic, Hash256.Size, out var bytes) && Hash256.TryFromBytes(bytes, out var word)) topics.Add(word);
            else fields.Fail("topics", 0);
        var data = fields.Data("data", int.MaxValue);
        return fields.Failed is null ? new EthereumLog(address, topics.DrainToImmutable(), data) : null;
    }
}
