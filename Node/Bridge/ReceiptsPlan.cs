using Google.Protobuf;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>The vault's events of a block as proofs of receipts, in the order of their nonces and in messages that a transaction holds.</summary>
internal static class ReceiptsPlan
{
    /// <summary>Of a message: what a transaction holds beside genesis hash, signature and lengths.</summary>
    public const int BytesMax = Limits.TransactionBytesMax - 1_024;

    // Index and length of a field.
    private const int FieldBytes = 16;

    /// <summary>All events of the block above a nonce.</summary>
    /// <param name="block">Attested.</param>
    /// <param name="nonce">Of the last event that the chain has.</param>
    /// <param name="isWhole">False where a receipt is too large to be shown: the messages go up to the one before it.</param>
    public static IReadOnlyList<BridgeEvidence> Evidence(VaultBlock block, ulong nonce, out bool isWhole)
    {
        var lastNonces = block.Events.GroupBy(happened => happened.TransactionIndex).ToDictionary(events => events.Key, events => events.Max(happened => happened.Nonce));
        var messages = new List<BridgeEvidence>();
        (VaultReceipts Receipts, EvidenceNodes Nodes)? open = null;
        var size = 0;
        isWhole = true;
        foreach (var receipt in block.Receipts.Where(receipt => lastNonces[receipt.TransactionIndex] > nonce))
        {
            // Nodes that several receipts share are counted for each: they are few, and small.
            var bytes = receipt.Nodes.Sum(node => node.Length + FieldBytes);
            isWhole = EthereumHeader.BytesMax + bytes <= BytesMax;
            if (!isWhole) break;
            if (open is null || size + bytes > BytesMax || open.Value.Receipts.Indexes.Count == ReceiptProof.ReceiptsMax)
            {
                var receipts = new VaultReceipts();
                messages.Add(new BridgeEvidence { Number = block.Number, Header = ByteString.CopyFrom(block.Header.Encode()), Receipts = receipts });
                (open, size) = ((receipts, new EvidenceNodes(receipts.Nodes)), EthereumHeader.BytesMax);
            }

            open.Value.Receipts.Indexes.Add(receipt.TransactionIndex);
            open.Value.Nodes.Add(receipt.Nodes);
            size += bytes;
        }

        return messages;
    }
}
