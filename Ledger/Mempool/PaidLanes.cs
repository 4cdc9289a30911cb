using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Transactions that pay: a queue by nonce for each sender, and over all queues who is offered first and who leaves first.</summary>
/// <remarks>
/// <para>
/// Every transaction in here waits without paying, so what must not be possible is to push others out and then not to pay either. A full
/// lane therefore lets go only for a newcomer that satisfies all of this:
/// </para>
/// <list type="bullet">
/// <item>It is executable: every nonce before it is used or waits here. What has a gap before it takes free room only, a bounded part of it,
/// and is the first to leave.</item>
/// <item>It is paid for: the balance after the last block covers all fees and all that is spent up to and with it. Money that moves between
/// accounts of one owner is in one of them only, whatever the block. A replacement that would leave what it precedes uncovered, or that passes
/// away earlier, is refused: so nothing but a block takes a newcomer out again.</item>
/// <item>It outbids, by a tenth, each that leaves, per cost unit and per byte; and it counts for no more than the cheapest that it waits
/// behind, since that one decides when it is included. An owner's chain of raises against itself grows by a tenth each time and ends at
/// its balance.</item>
/// <item>It is good for long: neither it nor what it waits behind expires soon. (What it pushed out paid less and would not have been in a
/// block before it.)</item>
/// <item>It is among the next few of its sender. Where the sender breaks its own queue by a rival transaction that it brings to a leader by
/// another way, it pays for that one, and that few are lost at most.</item>
/// </list>
/// <para>
/// Only ends of queues leave, so that nothing is left behind that could not be executed any more; and an end is worth no more than the
/// cheapest that it waits behind, so that a high bid at the end does not shield a queue that no block will take. Each lane has its own bounds.
/// </para>
/// </remarks>
internal sealed class PaidLanes
{
    /// <summary>Ends of queues that one newcomer may push out; more would let one admission cost any time.</summary>
    private const int VictimsMax = 64;

    private readonly MempoolOptions _options;
    private readonly Dictionary<Address, SenderQueue> _senders = [];
    private readonly LeavingIndex[] _leaving; // by lane
    private readonly SortedSet<(ulong LastHeight, TransactionHash Hash, Address Sender, ulong Nonce)> _byExpiry = [];
    private readonly BlockSpace[] _used = new BlockSpace[Lanes.Count];
    private readonly BlockSpace[] _bounds = new BlockSpace[Lanes.Count];
    private int _gapped;
    private LedgerState? _known;
    private (Amount CostUnit, Amount Least) _price;

    public PaidLanes(MempoolOptions options)
    {
        _options = options;
        _leaving = [.. Enumerable.Range(0, Lanes.Count).Select(lane => new LeavingIndex(() => EndsIn((Lane)lane)))];
        _bounds[(int)Lane.Normal] = new BlockSpace(options.BytesMax, options.CountMax, long.MaxValue);
    }

    /// <summary>As they take room in blocks.</summary>
    public long Bytes => _used.Sum(lane => lane.Bytes);

    /// <summary>Adds it; <paramref name="gone"/> says what had to leave for it, and what the state has overtaken.</summary>
    public MempoolRejection TryAdd(Transaction transaction, LedgerState state, List<Transaction> gone)
    {
        var account = AccountsModule.Get(state, transaction.Sender);
        if (transaction.Nonce < account.Nonce) return MempoolRejection.NonceTooLow;
        if (transaction.Nonce - account.Nonce > _options.NonceGapMax) return MempoolRejection.NonceTooFarAhead;
        Know(state);
        if (transaction.Fee < _price.Least || transaction.Fee < _price.CostUnit * CostUnits.Of(transaction)) return MempoolRejection.FeeTooLow;
        if (transaction.Fee > account.Balance) return MempoolRejection.FeesNotPayable;

        Renew(transaction.Sender, account, state.Height, gone);
        var queue = _senders.GetValueOrDefault(transaction.Sender);
        var incoming = new Waiting(transaction);
        var replaced = queue?.At(transaction.Nonce);
        var rejection = CheckOwn(queue, incoming, replaced, account);
        if (rejection != MempoolRejection.None) return rejection;
        if (IsHopeless(incoming, replaced, account)) return MempoolRejection.Full;

        queue ??= _senders[transaction.Sender] = new SenderQueue();
        var coveredBefore = queue.Count == 0 ? account.Nonce : queue.CoveredBefore();
        Change(queue, account, state.Height, replaced, incoming);
        rejection = replaced is not null && queue.CoveredBefore() < coveredBefore && queue.Last != incoming
            ? MempoolRejection.ReplacementSpendsMore
            : TryMakeRoom(queue, incoming, state.Height, gone);
        if (rejection != MempoolRejection.None) Change(queue, account, state.Height, incoming, replaced);
        else Entered(incoming, replaced, gone);
        DropIfEmpty(transaction.Sender, queue);
        return rejection;
    }

    /// <summary>Drops what the new state has overtaken: used nonces, passed expiries, fees that the balance no longer reaches.</summary>
    /// <param name="state">The state after the block.</param>
    /// <param name="touched">Whose accounts the block changed; each may come more than once.</param>
    public List<Transaction> OnBlock(LedgerState state, IEnumerable<Address> touched)
    {
        var gone = new List<Transaction>();
        foreach (var address in touched)
            if (_senders.ContainsKey(address))
                Renew(address, AccountsModule.Get(state, address), state.Height, gone);
        foreach (var lane in _leaving) lane.Age();
        while (_byExpiry.Count > 0 && _byExpiry.Min.LastHeight <= state.Height.Value)
        {
            var queue = _senders[_byExpiry.Min.Sender];
            Drop(queue, [queue.At(_byExpiry.Min.Nonce)!], state.Height, gone);
        }

        return gone;
    }

    /// <summary>
    /// The best first, as far as the nonces allow: of each sender only what follows without a gap on its account, in order, and pays what the
    /// next block asks.
    /// </summary>
    public IEnumerable<Transaction> Candidates(LedgerState state)
    {
        Know(state);
        var least = new FeeRate(_price.CostUnit.Units, 1);
        var unlocked = new PriorityQueue<Waiting, Waiting>(OfferOrder.Instance);
        foreach (var head in _senders.Values.Select(queue => queue.Head).OfType<Waiting>().Order(OfferOrder.Instance))
        {
            while (unlocked.TryPeek(out var next, out _) && OfferOrder.Instance.Compare(next, head) < 0)
                yield return Take(unlocked.Dequeue());
            if (IsPaying(head)) yield return Take(head);
            else if (head.OwnLane == Lane.Normal) break; // those after it pay less
        }

        while (unlocked.TryDequeue(out var rest, out _)) yield return Take(rest);

        bool IsPaying(Waiting waiting) => waiting.OwnRate.CompareTo(least) >= 0;

        Transaction Take(Waiting best)
        {
            if (_senders[best.Transaction.Sender].At(best.Transaction.Nonce + 1) is { } next && IsPaying(next)) unlocked.Enqueue(next, next);
            return best.Transaction;
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

    // Prices and the size of a block change with the state, seldom and for all at once.
    private void Know(LedgerState state)
    {
        if (ReferenceEquals(state, _known)) return;
        _known = state;
        var parameters = state.Parameters;
        _price = (FeesModule.BaseFee(state), parameters.FeeMin);
        foreach (var lane in new[] { Lane.Training, Lane.Bridge })
            _bounds[(int)lane] = BlockRoom.ReservedFor(lane, BlockSpace.Whole(parameters)).Times(_options.LaneBlocks);
    }

    // What the sender's own queue says of it, before anybody else is asked.
    private MempoolRejection CheckOwn(SenderQueue? queue, Waiting incoming, Waiting? replaced, Account account)
    {
        var (fee, oldFee) = (incoming.Transaction.Fee, replaced?.Transaction.Fee ?? Amount.Zero);
        if (replaced is not null && !(FeeRate.IsRaise(oldFee.Units, fee.Units) && incoming.OwnRate.Outbids(replaced.OwnRate)))
            return MempoolRejection.ReplacementFeeTooLow;
        if (replaced is not null && incoming.LastHeight < replaced.LastHeight) return MempoolRejection.ReplacementExpiresEarlier;
        if (!Amount.TryAdd((queue?.Fees ?? Amount.Zero) - oldFee, fee, out var fees) || fees > account.Balance) return MempoolRejection.FeesNotPayable;
        var bytes = (queue?.Bytes ?? 0) - (replaced?.Space.Bytes ?? 0) + incoming.Space.Bytes;
        return bytes > _options.SenderBytesMax ? MempoolRejection.TooManyFromSender : MempoolRejection.None;
    }

    // Most of what comes to a full pool pays too little or comes too deep: that is to be found without touching anything.
    private bool IsHopeless(Waiting incoming, Waiting? replaced, Account account)
    {
        const int lane = (int)Lane.Normal;
        if (incoming.OwnLane != Lane.Normal || replaced is not null || (_used[lane] + incoming.Space).FitsInto(_bounds[lane])) return false;
        if (incoming.Transaction.Nonce - account.Nonce >= _options.EvictorDepthMax) return true;
        return _leaving[lane].First is { IsReady: true } cheapest
            && cheapest.Transaction.Sender != incoming.Transaction.Sender
            && !incoming.OwnRate.Outbids(cheapest.Rate);
    }

    // The newcomer is in its queue already; what is too much in its lane has to go, or it has.
    private MempoolRejection TryMakeRoom(SenderQueue own, Waiting incoming, Height now, List<Transaction> gone)
    {
        if (!incoming.IsReady && _gapped > _options.GappedMax) return MempoolRejection.Full;
        var lane = (int)incoming.Lane;
        if (_used[lane].FitsInto(_bounds[lane])) return MempoolRejection.None;
        if (!MayEvict(own, incoming, now)) return MempoolRejection.Full;
        var victims = new List<(SenderQueue Queue, Waiting[] Tail)>();
        var left = _used[lane];
        foreach (var last in _leaving[lane].InOrder)
        {
            if (last.Transaction.Sender == incoming.Transaction.Sender) continue;
            if (victims.Count == VictimsMax || !MayPushOut(incoming, last)) return MempoolRejection.Full;
            var queue = _senders[last.Transaction.Sender];
            var tail = queue.From(last.Transaction.Nonce);
            victims.Add((queue, tail));
            foreach (var waiting in tail)
                if ((int)waiting.Lane == lane)
                    left -= waiting.Space;
            if (!left.FitsInto(_bounds[lane])) continue;
            foreach (var victim in victims) Drop(victim.Queue, victim.Tail, now, gone);
            return MempoolRejection.None;
        }

        return MempoolRejection.Full;
    }

    private bool MayEvict(SenderQueue own, Waiting incoming, Height now)
    {
        var nonce = incoming.Transaction.Nonce;
        return incoming.IsReady
            && nonce - own.Account.Nonce < _options.EvictorDepthMax
            && nonce < own.CoveredBefore()
            && own.LastsTo(nonce, now.Value + _options.EvictorHeightsMin);
    }

    private static bool MayPushOut(Waiting incoming, Waiting last) =>
        !last.IsReady || (incoming.Rate.Outbids(last.Rate) && incoming.Rate.OutbidsPerByte(incoming.Space, last.Rate, last.Space));

    private void Renew(Address sender, Account account, Height now, List<Transaction> gone)
    {
        if (!_senders.TryGetValue(sender, out var queue) || queue.Account == account) return;
        Detach(queue);
        while (queue.Count > 0 && queue.All[0].Transaction.Nonce < account.Nonce) Leave(queue, queue.All[0], gone);
        while (queue.Count > 0 && queue.Fees > account.Balance) Leave(queue, queue.Last, gone);
        queue.Place(account, now);
        Attach(queue);
        DropIfEmpty(sender, queue);
    }

    private void Drop(SenderQueue queue, IReadOnlyList<Waiting> leaving, Height now, List<Transaction> gone)
    {
        Detach(queue);
        foreach (var waiting in leaving) Leave(queue, waiting, gone);
        queue.Place(queue.Account, now);
        Attach(queue);
        DropIfEmpty(leaving[0].Transaction.Sender, queue);
    }

    private void Change(SenderQueue queue, Account account, Height now, Waiting? without, Waiting? with)
    {
        Detach(queue);
        if (without is not null) queue.Remove(without);
        if (with is not null) queue.Add(with);
        queue.Place(account, now);
        Attach(queue);
    }

    private void Entered(Waiting incoming, Waiting? replaced, List<Transaction> gone)
    {
        if (replaced is not null)
        {
            gone.Add(replaced.Transaction);
            _byExpiry.Remove(ExpiryOf(replaced));
        }

        if (incoming.LastHeight != ulong.MaxValue) _byExpiry.Add(ExpiryOf(incoming));
    }

    private void Leave(SenderQueue queue, Waiting waiting, List<Transaction> gone)
    {
        queue.Remove(waiting);
        _byExpiry.Remove(ExpiryOf(waiting));
        gone.Add(waiting.Transaction);
    }

    private void DropIfEmpty(Address sender, SenderQueue queue)
    {
        if (queue.Count == 0) _senders.Remove(sender);
    }

    private static (ulong LastHeight, TransactionHash Hash, Address Sender, ulong Nonce) ExpiryOf(Waiting waiting) =>
        (waiting.LastHeight, waiting.Transaction.Hash, waiting.Transaction.Sender, waiting.Transaction.Nonce);

    // A queue is taken out of all orders before it changes and put back after: what places depend on changes together.
    private void Detach(SenderQueue queue) => Account(queue, attach: false);

    private void Attach(SenderQueue queue) => Account(queue, attach: true);

    private void Account(SenderQueue queue, bool attach)
    {
        var all = queue.All;
        for (var i = 0; i < all.Count; i++)
        {
            var waiting = all[i];
            var lane = (int)waiting.Lane;
            _used[lane] = attach ? _used[lane] + waiting.Space : _used[lane] - waiting.Space;
            if (!waiting.IsReady) _gapped += attach ? 1 : -1;
            if (queue.IsEnd(i)) _leaving[lane].Put(waiting, attach);
        }
    }

    private IEnumerable<Waiting> EndsIn(Lane lane) => _senders.Values.SelectMany(queue => queue.Ends).Where(waiting => waiting.Lane == lane);
}
