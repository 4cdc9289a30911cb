using System.Globalization;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Things of Ethereum as its nodes write them in JSON (execution-apis): DATA is 0x and two digits a byte, QUANTITY without leading zeros.</summary>
internal static class EthereumJsonWriter
{
    public static string Quantity(ulong number) => "0x" + number.ToString("x", CultureInfo.InvariantCulture);

    public static string Quantity(UInt256 number)
    {
        var digits = Convert.ToHexStringLower(number.ToHash().ToArray()).TrimStart('0');
        return digits.Length == 0 ? "0x0" : "0x" + digits;
    }

    public static JsonObject Of(EthereumHeader header)
    {
        var json = new JsonObject
        {
            ["number"] = Quantity(header.Number),
            ["hash"] = header.ComputeHash().ToString(),
            ["parentHash"] = header.ParentHash.ToString(),
            ["sha3Uncles"] = header.OmmersHash.ToString(),
            ["miner"] = header.Beneficiary.ToString(),
            ["stateRoot"] = header.StateRoot.ToString(),
            ["transactionsRoot"] = header.TransactionsRoot.ToString(),
            ["receiptsRoot"] = header.ReceiptsRoot.ToString(),
            ["logsBloom"] = Hex.Encode(header.LogsBloom.Bytes),
            ["difficulty"] = Quantity(header.Difficulty),
            ["gasLimit"] = Quantity(header.GasLimit),
            ["gasUsed"] = Quantity(header.GasUsed),
            ["timestamp"] = Quantity(header.Timestamp),
            ["extraData"] = Hex.Encode(header.ExtraData.Span),
            ["mixHash"] = header.MixHash.ToString(),
            ["nonce"] = "0x" + header.MixNonce.ToString("x16", CultureInfo.InvariantCulture),
        };
        if (header.BaseFeePerGas is { } fee) json["baseFeePerGas"] = Quantity(fee);
        if (header.WithdrawalsRoot is { } withdrawals) json["withdrawalsRoot"] = withdrawals.ToString();
        if (header.BlobGasUsed is { } blobGas) json["blobGasUsed"] = Quantity(blobGas);
        if (header.ExcessBlobGas is { } excess) json["excessBlobGas"] = Quantity(excess);
        if (header.ParentBeaconBlockRoot is { } beacon) json["parentBeaconBlockRoot"] = beacon.ToString();
        if (header.RequestsHash is { } requests) json["requestsHash"] = requests.ToString();
        if (header.BlockAccessListHash is { } accesses) json["blockAccessListHash"] = accesses.ToString();
        if (header.SlotNumber is { } slot) json["slotNumber"] = Quantity(slot);
        return json;
    }

    public static JsonObject Of(EthereumLog log) => new()
    {
        ["address"] = log.Address.ToString(),
        ["topics"] = new JsonArray([.. log.Topics.Select(topic => (JsonNode)topic.ToString())]),
        ["data"] = Hex.Encode(log.Data.Span),
    };

    public static JsonObject Of(EthereumReceipt receipt, int place, Hash256 block)
    {
        var json = new JsonObject
        {
            ["transactionIndex"] = Quantity((ulong)place),
            ["blockHash"] = block.ToString(),
            ["type"] = Quantity(receipt.Type),
            ["cumulativeGasUsed"] = Quantity(receipt.CumulativeGasUsed),
            ["logs"] = new JsonArray([.. receipt.Logs.Select(Of)]),
        };
        if (receipt.PostState is { } root) json["root"] = root.ToString();
        else json["status"] = receipt.Succeeded ? "0x1" : "0x0";
        return json;
    }
}
