using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Decodes what is in a block, each signature once in the life of a node.</summary>
internal static class BlockTransactions
{
    public static BlockRefusal Decode(
        Block block, GenesisHash genesis, ITransactionLookup known, out ImmutableArray<Transaction> transactions)
    {
        transactions = [];
        if (block.Transactions.Length > Limits.TransactionsPerBlockMax)
            return new BlockRefusal(BlockFault.TooManyTransactions, $"{block.Transactions.Length}, at most {Limits.TransactionsPerBlockMax}");
        var decoded = ImmutableArray.CreateBuilder<Transaction>(block.Transactions.Length);
        var hashes = new HashSet<TransactionHash>(block.Transactions.Length);
        for (var i = 0; i < block.Transactions.Length; i++)
        {
            var bytes = block.Transactions[i].Span;
            var fault = TransactionFault.None;
            if (!TryFind(bytes, known, out var transaction) && !Transaction.TryDecode(bytes, genesis, out transaction, out fault))
                return new BlockRefusal(BlockFault.TransactionInvalid, $"transaction {i}: {fault}");
            if (!hashes.Add(transaction!.Hash)) return new BlockRefusal(BlockFault.TransactionInvalid, $"transaction {i}: {transaction.Hash} stands twice");
            decoded.Add(transaction);
        }

        transactions = decoded.MoveToImmutable();
        return BlockRefusal.None;
    }

    // The hash covers the body only, so the whole bytes must be those that were checked: the same body may come with another signature.
    private static bool TryFind(ReadOnlySpan<byte> bytes, ITransactionLookup known, out Transaction? transaction)
    {
        transaction = null;
        return TryBody(bytes, out var body) && known.TryGet(Transaction.HashOf(body), out transaction) && transaction.Bytes.Span.SequenceEqual(bytes);
    }

    // Field 1 of the envelope: tag 0x0a and a length of up to three bytes (a transaction has at most 64 KiB). Anything else is left to the decoder.
    private static bool TryBody(ReadOnlySpan<byte> envelope, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (envelope.IsEmpty || envelope[0] != 0x0a) return false;
        int length = 0, at = 1;
        for (var shift = 0; ; shift += 7)
        {
            if (shift > 14 || at >= envelope.Length) return false;
            var next = envelope[at++];
            length |= (next & 0x7f) << shift;
            if ((next & 0x80) == 0) break;
        }

        if (length > envelope.Length - at) return false;
        body = envelope.Slice(at, length);
        return true;
    }
}
