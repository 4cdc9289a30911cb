using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What an endpoint may say instead of the truth.</summary>
internal static class Lies
{
    private static readonly string Nonsense = Words.Of(0xbad).ToString();

    public static Func<string, JsonArray, JsonNode?, JsonNode?> Named(string lie) => lie switch
    {
        "amount" => InReceipts(log => log["data"] = "0x" + "f".PadLeft(64, '0') + ((string)log["data"]!)[66..]),
        "no log" => OfReceipts(receipt => receipt["logs"] = new JsonArray()),
        "one more log" => OfReceipts(receipt => receipt["logs"]!.AsArray().Add(receipt["logs"]!.AsArray().Last()?.DeepClone())),
        "no receipts" => (method, _, result) => method == "eth_getBlockReceipts" ? new JsonArray() : result,
        "no index" => (method, _, result) => method == "eth_getLogs" ? new JsonArray() : result,
        "receipts root" => InHeaders(header => header["receiptsRoot"] = PatriciaTrie.EmptyRoot.ToString(), isWhole: true),
        "bloom of every second block" => InHeaders(ClearBloom, isWhole: true),
        "hash" => InHeaders(header => header["hash"] = Nonsense),
        "parent" => InHeaders(header => header["parentHash"] = Nonsense, isWhole: true),
        "new field" => InHeaders(AddField),
        "balance" => (method, _, result) => method == "eth_getProof" ? Proof(result!) : result,
        "all is final" => (method, parameters, result) => method == "eth_getBlockByNumber" && (string?)parameters[0] == "latest" ? AsFinal(result!) : result,
        "other chain" => (method, _, result) => method == "eth_chainId" ? "0x1" : result,
        "other genesis" => (method, parameters, result) => method == "eth_getBlockByNumber" && (string?)parameters[0] == "0x0" ? Change(result!, header => header["hash"] = Nonsense) : result,
        _ => throw new ArgumentException(lie),
    };

    // Ends of ranges are of both kinds, so that it agrees on some and lies about what is between.
    private static void ClearBloom(JsonObject header)
    {
        if (Convert.ToUInt64((string)header["number"]!, 16) % 2 == 1) header["logsBloom"] = Bloom.Empty.ToString();
    }

    // The next fork's header: one more field in what is hashed.
    private static void AddField(JsonObject header)
    {
        var known = new RlpReader(Read(header).Encode()).List();
        var writer = new RlpWriter();
        var list = writer.Begin();
        writer.Raw(known.Unread).Hash(Words.Of(0xf1e1d)).End(list);
        header["fieldOfAForkToCome"] = Words.Of(0xf1e1d).ToString();
        header["hash"] = Keccak256.Hash(writer.ToArray()).ToString();
    }

    private static EthereumHeader Read(JsonObject header)
    {
        using var parsed = JsonDocument.Parse(header.ToJsonString());
        var fields = new RpcFields(parsed.RootElement);
        return RpcHeader.ReadFields(ref fields, parsed.RootElement) ?? throw new InvalidDataException("the local node's headers are of a known layout");
    }

    private static Func<string, JsonArray, JsonNode?, JsonNode?> InReceipts(Action<JsonObject> change) => OfReceipts(receipt =>
    {
        foreach (var log in receipt["logs"]!.AsArray()) change(log!.AsObject());
    });

    private static Func<string, JsonArray, JsonNode?, JsonNode?> OfReceipts(Action<JsonObject> change) => (method, _, result) =>
    {
        if (method != "eth_getBlockReceipts") return result;
        foreach (var receipt in result!.AsArray())
            if (receipt!["logs"]!.AsArray().Count > 0)
                change(receipt.AsObject());
        return result;
    };

    // Of blocks by number; a whole lie hashes to the hash that it names.
    private static Func<string, JsonArray, JsonNode?, JsonNode?> InHeaders(Action<JsonObject> change, bool isWhole = false) => (method, parameters, result) =>
    {
        if (method != "eth_getBlockByNumber" || (string?)parameters[0] == "0x0") return result;
        return Change(result!, header =>
        {
            change(header);
            if (isWhole) header["hash"] = Read(header).ComputeHash().ToString();
        });
    };

    private static JsonNode Change(JsonNode result, Action<JsonObject> change)
    {
        change(result.AsObject());
        return result;
    }

    // The newest block is called what the final one is: the node's finalized answer is eight behind it.
    private static JsonNode AsFinal(JsonNode latest) => Change(latest, header =>
    {
        var number = Convert.ToUInt64((string)header["number"]!, 16);
        header["number"] = $"0x{number - Math.Min(number, (ulong)LocalEthereum.FinalityBlocks):x}";
    });

    private static JsonNode Proof(JsonNode proof)
    {
        var nodes = proof["storageProof"]![0]!["proof"]!.AsArray();
        var leaf = (string)nodes[^1]!;
        nodes[^1] = leaf[..^2] + (leaf.EndsWith("01", StringComparison.Ordinal) ? "02" : "01");
        return proof;
    }
}
