using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>Checks a block as the API shows it against its header and the trusted one after it, and gives it with every field derived from those.</summary>
internal static class ProvenBlock
{
    /// <exception cref="NotProvedException">Something in it is not what the headers name.</exception>
    public static V1.Block Check(V1.Block shown, Header after)
    {
        if (!Header.TryDecode(shown.Header.Span, out var header)) throw new NotProvedException("the block's header is malformed");
        if (header.Height.Next() != after.Height || header.Hash != after.Parent) throw new NotProvedException($"the block is not the parent of header {after.Height}");
        var receipts = shown.Transactions.Select(ReceiptOf).ToList();
        if (!OutcomeProof.AreTransactions(header, shown.Transactions.Select(t => t.Raw.Memory))) throw new NotProvedException("the transactions are not those of the transactions root");
        if (!OutcomeProof.AreReceipts(after, receipts)) throw new NotProvedException($"the receipts are not those of the receipts root in header {after.Height}");
        if (!OutcomeProof.AreEvents(after, shown.Events.Select(EventOf))) throw new NotProvedException($"the events are not those of the events root in header {after.Height}");
        var proofRoot = shown.TrainingProof.IsEmpty ? Hash256.Zero : TrainingProof.TryDecode(shown.TrainingProof.Span, out var proof) ? proof.Root : (Hash256?)null;
        if (proofRoot != header.TrainingProofRoot) throw new NotProvedException("the training proof is not that of the header");
        return Derive(shown, header, receipts);
    }

    private static V1.Block Derive(V1.Block shown, Header header, List<Receipt> receipts)
    {
        var block = new V1.Block
        {
            Height = header.Height.Value,
            Hash = header.Hash.Value.ToByteString(),
            Header = shown.Header,
            Parent = header.Parent.Value.ToByteString(),
            Author = header.Author.ToByteString(),
            BuiltRound = header.BuiltRound.Value,
            TimeMs = header.Time.Milliseconds,
            StateRoot = header.StateRoot.Value.ToByteString(),
            TrainingProof = shown.TrainingProof,
        };
        for (var i = 0; i < receipts.Count; i++)
        {
            var (receipt, raw) = (receipts[i], shown.Transactions[i].Raw);
            if (HashOf(raw) != receipt.Transaction) throw new NotProvedException($"receipt {i} is of another transaction");
            block.Transactions.Add(new V1.BlockTransaction
            {
                Hash = receipt.Transaction.Value.ToByteString(),
                Raw = raw,
                Code = receipt.Code,
                Reason = BlockMessage.ReasonOf(receipt),
                Fee = receipt.Fee.ToByteString(),
            });
        }

        for (var i = 0; i < shown.Events.Count; i++)
        {
            var happened = new V1.BlockEvent { Index = (uint)i, Kind = shown.Events[i].Kind, Transaction = shown.Events[i].Transaction };
            happened.Attributes.AddRange(shown.Events[i].Attributes);
            block.Events.Add(happened);
        }

        return block;
    }

    private static Receipt ReceiptOf(V1.BlockTransaction shown)
    {
        if (!Hash256.TryFromBytes(shown.Hash.Span, out var hash) || shown.Code > ushort.MaxValue || !Amount.TryFromBytes(shown.Fee.Span, out var fee))
            throw new NotProvedException("a receipt is malformed");
        return new Receipt(new TransactionHash(hash), (ushort)shown.Code, fee);
    }

    private static Event EventOf(V1.BlockEvent shown)
    {
        var happened = new Event { Kind = shown.Kind, Transaction = shown.Transaction };
        happened.Attributes.AddRange(shown.Attributes.Select(a => new EventAttribute { Key = a.Key, Value = a.Value }));
        return happened;
    }

    // The bytes stand under the transactions root: they are an envelope, or the chain would not have them.
    private static TransactionHash? HashOf(ByteString raw)
    {
        try
        {
            return Transaction.HashOf(TransactionEnvelope.Parser.ParseFrom(raw).Body.Span);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
