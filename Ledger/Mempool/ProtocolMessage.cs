using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A protocol message that waits, with its turn: see <see cref="ProtocolLane"/>.</summary>
internal sealed record ProtocolMessage(Transaction Transaction, ProtocolKey Key, ulong Begins, ulong Ends, Height Since) : IComparable<ProtocolMessage>
{
    /// <summary>By the end of its turn, then who waits longer, then the lower hash: an order that nobody buys.</summary>
    public int CompareTo(ProtocolMessage? other)
    {
        Invariant.Check(other is not null, "only messages are compared");
        var order = Ends.CompareTo(other.Ends);
        if (order == 0) order = Since.CompareTo(other.Since);
        return order == 0 ? Transaction.Hash.CompareTo(other.Transaction.Hash) : order;
    }
}
