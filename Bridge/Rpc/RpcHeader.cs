using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>A place on Ethereum's chain.</summary>
public readonly record struct EthereumBlockId(ulong Number, Hash256 Hash)
{
    public override string ToString() => $"{Number} {Hash.ToShortString()}";
}

/// <summary>
/// A header as an endpoint gave it. The hash is what the endpoint claims; the fields are there only where they hash to it, so that whoever has
/// them and believes the hash needs to believe nothing else.
/// </summary>
/// <param name="Id">As claimed.</param>
/// <param name="ParentHash">As claimed.</param>
/// <param name="Header">Null where its fields are of no known layout or hash to something else: the endpoint lies, or a fork added a field.</param>
public sealed record RpcHeader(EthereumBlockId Id, Hash256 ParentHash, EthereumHeader? Header)
{
    private static readonly string[] Cancun = ["blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot"];

    internal static Answered<RpcHeader> Read(JsonElement block)
    {
        var fields = new RpcFields(block);
        var id = new EthereumBlockId(fields.UInt64("number"), fields.Hash("hash"));
        var parent = fields.Hash("parentHash");
        var header = ReadFields(ref fields, block);
        if (fields.Failed is { } failed) return Answered<RpcHeader>.No(EndpointFault.Malformed, $"block: {failed}");
        return new RpcHeader(id, parent, header is not null && header.ComputeHash() == id.Hash ? header : null);
    }

    /// <summary>The fields, whatever hash the block claims; null for an unknown layout.</summary>
    internal static EthereumHeader? ReadFields(ref RpcFields fields, JsonElement block)
    {
        var header = new EthereumHeader
        {
            ParentHash = fields.Hash("parentHash"),
            OmmersHash = fields.Hash("sha3Uncles"),
            Beneficiary = fields.Address("miner"),
            StateRoot = fields.Hash("stateRoot"),
            TransactionsRoot = fields.Hash("transactionsRoot"),
            ReceiptsRoot = fields.Hash("receiptsRoot"),
            LogsBloom = fields.Bloom("logsBloom"),
            Difficulty = fields.Quantity("difficulty"),
            Number = fields.UInt64("number"),
            GasLimit = fields.UInt64("gasLimit"),
            GasUsed = fields.UInt64("gasUsed"),
            Timestamp = fields.UInt64("timestamp"),
            ExtraData = fields.Data("extraData", EthereumHeader.ExtraDataBytesMax),
            MixHash = fields.Hash("mixHash"),
            MixNonce = new ByteReader(fields.Fixed("nonce", EthereumHeader.MixNonceSize)).UInt64(),
            BaseFeePerGas = fields.Has("baseFeePerGas") ? fields.Quantity("baseFeePerGas") : null,
            WithdrawalsRoot = fields.Has("withdrawalsRoot") ? fields.Hash("withdrawalsRoot") : null,
            BlobGasUsed = fields.Has("blobGasUsed") ? fields.UInt64("blobGasUsed") : null,
            ExcessBlobGas = fields.Has("excessBlobGas") ? fields.UInt64("excessBlobGas") : null,
            ParentBeaconBlockRoot = fields.Has("parentBeaconBlockRoot") ? fields.Hash("parentBeaconBlockRoot") : null,
            RequestsHash = fields.Has("requestsHash") ? fields.Hash("requestsHash") : null,
            BlockAccessListHash = fields.Has("blockAccessListHash") ? fields.Hash("blockAccessListHash") : null,
            SlotNumber = fields.Has("slotNumber") ? fields.UInt64("slotNumber") : null,
        };
        return HasKnownLayout(block) ? header : null;
    }

    // Each fork added its fields to all those before it.
    private static bool HasKnownLayout(JsonElement block)
    {
        var fields = new RpcFields(block);
        var (hasFee, hasWithdrawals, hasRequests) = (fields.Has("baseFeePerGas"), fields.Has("withdrawalsRoot"), fields.Has("requestsHash"));
        var cancun = 0;
        foreach (var name in Cancun) cancun += fields.Has(name) ? 1 : 0;
        if (cancun != 0 && cancun != Cancun.Length) return false;
        var hasAccessList = fields.Has("blockAccessListHash");
        if (hasAccessList != fields.Has("slotNumber") || (hasAccessList && !hasRequests)) return false;
        return (hasFee || !hasWithdrawals) && (hasWithdrawals || cancun == 0) && (cancun != 0 || !hasRequests);
    }
}
