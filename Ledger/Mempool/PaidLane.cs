using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Transactions that pay, in a queue by nonce for each sender.</summary>
internal sealed class PaidLane(MempoolOptions options)
{
    private readonly Dictionary<Address, SenderQueue> _senders = [];

    // The cheapest first: who has to leave when it is full.
    private readonly SortedSet<(Amount Fee, TransactionHash Hash, Address Sender, ulong Nonce)> _byFee = [];
    private readonly SortedSet<(ulong Expiry, TransactionHash Hash, Address Sender, ulong Nonce)> _byExpiry = [];

    public int Count => _byFee.Count;

    public long Bytes { get; private set; }

    /// <summary>Adds it and says what had to leave for it: what it replaces, or what pays less where there is no room.</summary>
    public MempoolRejection TryAdd(Transaction transaction, LedgerState state, List<Transaction> evicted)
    {
        var account = AccountsModule.Get(state, transaction.Sender);
        if (transaction.Nonce < account.Nonce) return MempoolRejection.NonceTooLow;
        if (transaction.Nonce - account.Nonce > options.NonceGapMax) return MempoolRejection.NonceTooFarAhead;
        if (transaction.Fee < FeesModule.Asked(state, transaction)) return MempoolRejection.FeeTooLow;

        var queue = _senders.GetValueOrDefault(transaction.Sender);
        var replaced = queue?.At(transaction.Nonce);
        if (replaced is not null && !IsRaise(replaced.Fee, transaction.Fee)) return MempoolRejection.ReplacementFeeTooLow;
        var others = (queue?.Fees ?? Amount.Zero) - (replaced?.Fee ?? Amount.Zero);
        if (!Amount.TryAdd(others, transaction.Fee, out var fees) || fees > account.Balance) return MempoolRejection.FeesNotPayable;
        if (!TryMakeRoom(transaction, replaced, out var victims)) return MempoolRejection.Full;

        foreach (var victim in victims) Remove(victim);
        evicted.AddRange(victims);
        Insert(transaction);
        return MempoolRejection.None;
    }

    /// <summary>Drops what the new state has overtaken: used nonces, passed expiries, fees that the balance no longer reaches.</summary>
    public IReadOnlyList<Transaction> OnBlock(LedgerState state, IEnumerable<Address> senders)
    {
        var dropped = new List<Transaction>();
        foreach (var sender in senders.Distinct()) Prune(sender, AccountsModule.Get(state, sender), dropped);
        while (_byExpiry.Count > 0 && _byExpiry.Min.Expiry <= state.Height.Value)
            Drop(_senders[_byExpiry.Min.Sender].At(_byExpiry.Min.Nonce)!, dropped);
        return dropped;
    }

    /// <summary>
    /// The best first, as far as the nonces allow: of each sender only what follows without a gap on its account, in order.
    /// </summary>
    public IEnumerable<Transaction> Candidates(IStateReader state)
    {
        var heads = new PriorityQueue<Transaction, Transaction>(FeeOrder.Instance);
        foreach (var (sender, queue) in _senders) // into a queue with a total order: the order here does not matter
            if (queue.At(AccountsModule.Get(state, sender).Nonce) is { } head)
                heads.Enqueue(head, head);
        while (heads.TryDequeue(out var best, out _))
        {
            yield return best;
            if (_senders[best.Sender].At(best.Nonce + 1) is { } next) heads.Enqueue(next, next);
        }
    }

    public ulong NextNonce(IStateReader state, Address sender)
    {
        var nonce = AccountsModule.Get(state, sender).Nonce;
        if (_senders.TryGetValue(sender, out var queue))
            while (queue.At(nonce) is not null)
                nonce++;
        return nonce;
    }

    // A replacement pays at least a tenth more, or gossip would carry every transaction as often as its sender likes.
    private static bool IsRaise(Amount old, Amount raised) => raised.Units >= old.Units + IntegerMath.DivCeiling(old.Units, 10);

    private bool TryMakeRoom(Transaction incoming, Transaction? replaced, out List<Transaction> victims)
    {
        victims = replaced is null ? [] : [replaced];
        var count = Count + 1 - victims.Count;
        var bytes = Bytes + incoming.Bytes.Length - (replaced?.Bytes.Length ?? 0);
        var chosen = victims.Select(victim => victim.Hash).ToHashSet();
        foreach (var (fee, hash, sender, nonce) in _byFee)
        {
            if (count <= options.CountMax && bytes <= options.BytesMax) return true;
            if (chosen.Contains(hash)) continue;
            if (fee >= incoming.Fee) return false;
            if (sender == incoming.Sender && nonce < incoming.Nonce) return false; // it would wait for what it pushes out
            foreach (var victim in _senders[sender].From(nonce)) // what comes after it could not be executed any more
            {
                if (!chosen.Add(victim.Hash)) continue;
                victims.Add(victim);
                count--;
                bytes -= victim.Bytes.Length;
            }
        }

        return count <= options.CountMax && bytes <= options.BytesMax;
    }

    private void Prune(Address sender, Account account, List<Transaction> dropped)
    {
        if (!_senders.TryGetValue(sender, out var queue)) return;
        foreach (var used in queue.Below(account.Nonce)) Drop(used, dropped);
        while (queue.Count > 0 && queue.Fees > account.Balance) Drop(queue.Last, dropped);
    }

    private void Drop(Transaction transaction, List<Transaction> dropped)
    {
        Remove(transaction);
        dropped.Add(transaction);
    }

    private void Insert(Transaction transaction)
    {
        if (!_senders.TryGetValue(transaction.Sender, out var queue)) _senders[transaction.Sender] = queue = new SenderQueue();
        queue.Add(transaction);
        _byFee.Add((transaction.Fee, transaction.Hash, transaction.Sender, transaction.Nonce));
        if (transaction.Body.ExpiryHeight != 0) _byExpiry.Add((transaction.Body.ExpiryHeight, transaction.Hash, transaction.Sender, transaction.Nonce));
        Bytes += transaction.Bytes.Length;
    }

    private void Remove(Transaction transaction)
    {
        var queue = _senders[transaction.Sender];
        queue.Remove(transaction);
        if (queue.Count == 0) _senders.Remove(transaction.Sender);
        _byFee.Remove((transaction.Fee, transaction.Hash, transaction.Sender, transaction.Nonce));
        _byExpiry.Remove((transaction.Body.ExpiryHeight, transaction.Hash, transaction.Sender, transaction.Nonce));
        Bytes -= transaction.Bytes.Length;
    }
}
