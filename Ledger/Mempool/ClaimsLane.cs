using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Claims that wait for a block. They pay nothing and anybody sends them, so what bounds them is the snapshot: each is checked whole before it is
/// taken, a holder has one, and each leaves for good when its leaf is used.
/// </summary>
internal sealed class ClaimsLane(MempoolOptions options)
{
    private readonly Dictionary<Address, Transaction> _byHolder = [];

    // In the order of their arrival.
    private readonly LinkedList<Transaction> _waiting = [];

    public IEnumerable<Transaction> Transactions => _waiting;

    public MempoolRejection TryAdd(Transaction transaction, LedgerState state)
    {
        if (_byHolder.ContainsKey(HolderOf(transaction))) return MempoolRejection.AlreadyKnown;
        if (_waiting.Count >= options.ClaimsMax) return MempoolRejection.Full;
        if (ClaimsModule.Check(state, transaction.Body.ClaimSnapshot) != TransactionRejection.None) return MempoolRejection.ClaimRefused;
        _byHolder.Add(HolderOf(transaction), transaction);
        _waiting.AddLast(transaction);
        return MempoolRejection.None;
    }

    /// <summary>Drops what a block has used and what no later one will take; gives what was dropped.</summary>
    public IReadOnlyList<Transaction> OnBlock(LedgerState state)
    {
        var dropped = new List<Transaction>();
        for (var node = _waiting.First; node is not null;)
        {
            var (transaction, next) = (node.Value, node.Next);
            if (ClaimsModule.IsOver(state, transaction.Body.ClaimSnapshot) || FeesModule.IsExpired(transaction, state.Height.Next()))
            {
                _waiting.Remove(node);
                _byHolder.Remove(HolderOf(transaction));
                dropped.Add(transaction);
            }

            node = next;
        }

        return dropped;
    }

    private static Address HolderOf(Transaction transaction) => Address.FromBytes(transaction.Body.ClaimSnapshot.Holder.Span);
}
