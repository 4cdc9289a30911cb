using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>
/// Whole lists against a header: all leaves opened, so that the root binds their number too, and that nothing was left out. Two lists of
/// different length have trees of different shape, and an opened leaf cannot stand in the place of a node.
/// </summary>
public static class OutcomeProof
{
    /// <summary>True where these are all the transactions of the header's block.</summary>
    public static bool AreTransactions(Header header, IEnumerable<ReadOnlyMemory<byte>> transactions) => header.TransactionsRoot == RootOf(transactions);

    /// <summary>True where these are all the receipts of the block before the header's.</summary>
    public static bool AreReceipts(Header after, IEnumerable<Receipt> receipts) => after.ReceiptsRoot == Receipt.Root([.. receipts]);

    /// <summary>True where these are all the events of the block before the header's.</summary>
    public static bool AreEvents(Header after, IEnumerable<Event> events) =>
        after.EventsRoot == RootOf(events.Select(happened => (ReadOnlyMemory<byte>)happened.ToByteArray()));

    private static Hash256 RootOf(IEnumerable<ReadOnlyMemory<byte>> leaves) => MerkleTree.Root([.. leaves.Select(leaf => MerkleTree.LeafHash(leaf.Span))]);
}
