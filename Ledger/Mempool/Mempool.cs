using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Transactions that wait for a block. A pure object with one owner: no clock and no lock; heights come with the states that are passed in.
/// Everything in it was decoded with its signature checked, so that blocks find it here.
/// </summary>
public sealed class Mempool : ITransactionLookup
{
    private readonly Dictionary<TransactionHash, Transaction> _byHash = [];
    private readonly ProtocolLane _protocol;
    private readonly PaidLane _paid;

    public Mempool(MempoolOptions? options = null)
    {
        var bounds = options ?? new MempoolOptions();
        _protocol = new ProtocolLane(bounds);
        _paid = new PaidLane(bounds);
    }

    public int Count => _byHash.Count;

    /// <summary>Bytes of the transactions that pay.</summary>
    public long Bytes => _paid.Bytes;

    public bool TryGet(TransactionHash hash, [NotNullWhen(true)] out Transaction? transaction) => _byHash.TryGetValue(hash, out transaction);

    /// <summary>None where it waits here from now on; what had to leave for it is gone then.</summary>
    public MempoolRejection TryAdd(Transaction transaction, LedgerState state)
    {
        if (_byHash.ContainsKey(transaction.Hash)) return MempoolRejection.AlreadyKnown;
        if (FeesModule.IsExpired(transaction, state.Height.Next())) return MempoolRejection.Expired;
        var evicted = new List<Transaction>();
        var rejection = transaction.IsProtocolMessage ? _protocol.TryAdd(transaction, state) : _paid.TryAdd(transaction, state, evicted);
        if (rejection != MempoolRejection.None) return rejection;
        Forget(evicted);
        _byHash.Add(transaction.Hash, transaction);
        return MempoolRejection.None;
    }

    /// <summary>What to offer to a block that follows the state: lane by lane, the higher fee first, nonces of a sender in order.</summary>
    public IEnumerable<Transaction> Candidates(LedgerState state)
    {
        foreach (var message in _protocol.Transactions)
            if (!FeesModule.IsExpired(message, state.Height.Next()))
                yield return message;
        foreach (var transaction in _paid.Candidates(state)) yield return transaction;
    }

    /// <summary>The nonce that the sender's next transaction needs, counting what waits here without a gap.</summary>
    public ulong NextNonce(LedgerState state, Address sender) => _paid.NextNonce(state, sender);

    /// <summary>Takes out what a block committed and what its state leaves behind. To be called for every block, in order.</summary>
    public void OnBlock(LedgerState state, IReadOnlyList<Transaction> committed)
    {
        foreach (var message in committed.Where(transaction => transaction.IsProtocolMessage)) Forget(_protocol.Settle(message, state.Height));
        Forget(_protocol.Age(state.Height));
        Forget(_paid.OnBlock(state, committed.Where(transaction => !transaction.IsProtocolMessage).Select(transaction => transaction.Sender)));
    }

    private void Forget(IReadOnlyList<Transaction> gone)
    {
        foreach (var transaction in gone) _byHash.Remove(transaction.Hash);
    }
}
