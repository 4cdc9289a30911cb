using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Protocol messages that wait for a block. They pay nothing, so what bounds them is that only validators send them, each thing once and
/// only so many at a time. What was in a block is remembered for a while: there is no nonce that would stop its return by gossip.
/// </summary>
internal sealed class ProtocolLane(MempoolOptions options)
{
    private readonly SortedDictionary<TransactionHash, Transaction> _byHash = [];
    private readonly Dictionary<ProtocolKey, TransactionHash> _byKey = [];
    private readonly Dictionary<Address, int> _countBySender = [];
    private readonly HashSet<ProtocolKey> _settled = [];
    private readonly Queue<(Height Since, ProtocolKey Key, TransactionHash Hash)> _waiting = [];
    private readonly Queue<(Height Since, ProtocolKey Key)> _remembered = [];

    public int Count => _byHash.Count;

    /// <summary>Ascending by hash: an order that nobody buys.</summary>
    public IEnumerable<Transaction> Transactions => _byHash.Values;

    public MempoolRejection TryAdd(Transaction transaction, LedgerState state)
    {
        if (!state.Next.Validators.Contains(transaction.Sender)) return MempoolRejection.NotAValidator;
        var key = ProtocolKey.Of(transaction);
        if (_byKey.ContainsKey(key) || _settled.Contains(key)) return MempoolRejection.AlreadyKnown;
        var count = _countBySender.GetValueOrDefault(transaction.Sender);
        if (count >= options.ProtocolPerValidatorMax) return MempoolRejection.TooManyFromValidator;

        _byHash.Add(transaction.Hash, transaction);
        _byKey.Add(key, transaction.Hash);
        _countBySender[transaction.Sender] = count + 1;
        _waiting.Enqueue((state.Height, key, transaction.Hash));
        return MempoolRejection.None;
    }

    /// <summary>Forgets what a block settled, be it this message or another in its place; gives what was dropped here.</summary>
    public IReadOnlyList<Transaction> Settle(Transaction committed, Height height)
    {
        var key = ProtocolKey.Of(committed);
        if (_settled.Add(key)) _remembered.Enqueue((height, key));
        return _byKey.TryGetValue(key, out var hash) ? [Remove(key, hash)] : [];
    }

    /// <summary>Drops what has waited too long; gives what was dropped.</summary>
    public IReadOnlyList<Transaction> Age(Height height)
    {
        var dropped = new List<Transaction>();
        while (_waiting.TryPeek(out var oldest) && oldest.Since.Plus(options.ProtocolHeightsMax) < height)
        {
            _waiting.Dequeue();
            if (_byKey.TryGetValue(oldest.Key, out var hash) && hash == oldest.Hash) dropped.Add(Remove(oldest.Key, hash));
        }

        while (_remembered.TryPeek(out var settled) && settled.Since.Plus(options.ProtocolHeightsMax) < height)
            _settled.Remove(_remembered.Dequeue().Key);
        return dropped;
    }

    private Transaction Remove(ProtocolKey key, TransactionHash hash)
    {
        _byKey.Remove(key);
        _byHash.Remove(hash, out var transaction);
        Invariant.Check(transaction is not null, "key and hash of a waiting message come and go together");
        var count = _countBySender[key.Sender] - 1;
        if (count == 0) _countBySender.Remove(key.Sender);
        else _countBySender[key.Sender] = count;
        return transaction;
    }
}
