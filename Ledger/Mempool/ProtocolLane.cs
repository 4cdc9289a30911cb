using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Protocol messages that wait for a block. They pay nothing, so what bounds them is that only validators send them, each thing once and
/// only so many at a time. What was in a block is remembered for a while: there is no nonce that would stop its return by gossip.
/// </summary>
/// <remarks>
/// <para>
/// Validators share the lane fairly (start-time and finish-time tags as in fair queueing, Demers, Keshav, Shenker 1989). A message's turn
/// begins where its validator's last one ends, or, where it has none waiting, where the first of all that wait begins; it ends as much
/// later as the message costs. Who ends first goes first.
/// </para>
/// <para>
/// So before a message stand, of each other validator, at most as many cost units as c, the units of the message and of what its own
/// validator has waiting before it, whatever the others send and whatever other leaders put in their blocks. With n validators and u units
/// of room that a block gives the lane: where n * c is at most u, the message is in the next block that is built by a node that holds it, if
/// it can be executed. u is the lesser of a quarter of a block's cost and a sixteenth of a quarter of its bytes (a byte costs a sixteenth at
/// least), about 64,000: with a hundred validators, all that one says in a training round (about 600 units) is in the first such block.
/// </para>
/// </remarks>
internal sealed class ProtocolLane(MempoolOptions options)
{
    private readonly SortedSet<ProtocolMessage> _byTurn = [];
    private readonly SortedSet<(ulong Begins, TransactionHash Hash)> _begins = [];
    private readonly Dictionary<ProtocolKey, ProtocolMessage> _byKey = [];
    private readonly Dictionary<Address, Share> _shares = [];
    private readonly HashSet<ProtocolKey> _settled = [];
    private readonly Queue<ProtocolMessage> _byAge = [];
    private readonly Queue<(Height Since, ProtocolKey Key)> _remembered = [];

    /// <summary>Whose turn it is first.</summary>
    public IEnumerable<Transaction> Transactions => _byTurn.Select(message => message.Transaction);

    public MempoolRejection TryAdd(Transaction transaction, LedgerState state)
    {
        // Those who vote now, and those who are elected already: their operations count before their votes do.
        if (!state.Next.Validators.Contains(transaction.Sender) && !ValidatorsModule.Members(state).Contains(transaction.Sender)) return MempoolRejection.NotAValidator;
        var key = ProtocolKey.Of(transaction);
        if (_byKey.ContainsKey(key) || _settled.Contains(key)) return MempoolRejection.AlreadyKnown;
        var share = _shares.GetValueOrDefault(transaction.Sender);
        var bytes = share.Bytes + transaction.Bytes.Length;
        if (share.Count >= options.ProtocolPerValidatorMax || bytes > options.ProtocolBytesPerValidatorMax) return MempoolRejection.TooManyFromValidator;

        var begins = share.Count > 0 ? share.LastEnds : _begins.Min.Begins;
        var message = new ProtocolMessage(transaction, key, begins, begins + CostUnits.Of(transaction), state.Height);
        _byTurn.Add(message);
        _begins.Add((begins, transaction.Hash));
        _byKey.Add(key, message);
        _byAge.Enqueue(message);
        _shares[transaction.Sender] = new Share(share.Count + 1, bytes, message.Ends);
        return MempoolRejection.None;
    }

    /// <summary>Forgets what a block settled, be it this message or another in its place; gives what was dropped here.</summary>
    public IReadOnlyList<Transaction> Settle(Transaction committed, Height height)
    {
        var key = ProtocolKey.Of(committed);
        if (_settled.Add(key)) _remembered.Enqueue((height, key));
        if (!_byKey.TryGetValue(key, out var message)) return [];
        Remove(message);
        return [message.Transaction];
    }

    /// <summary>Drops what has waited too long; gives what was dropped.</summary>
    public IReadOnlyList<Transaction> Age(Height height)
    {
        var dropped = new List<Transaction>();
        while (_byAge.TryPeek(out var oldest) && oldest.Since.Plus(options.ProtocolHeightsMax) < height)
        {
            _byAge.Dequeue();
            if (!_byKey.TryGetValue(oldest.Key, out var waiting) || waiting != oldest) continue;
            Remove(oldest);
            dropped.Add(oldest.Transaction);
        }

        while (_remembered.TryPeek(out var settled) && settled.Since.Plus(options.ProtocolHeightsMax) < height)
            _settled.Remove(_remembered.Dequeue().Key);
        return dropped;
    }

    // A validator that has nothing waiting has no debt either: its next turn begins with the first of all.
    private void Remove(ProtocolMessage message)
    {
        var removed = _byTurn.Remove(message) && _byKey.Remove(message.Key) && _begins.Remove((message.Begins, message.Transaction.Hash));
        Invariant.Check(removed, "key and turn of a waiting message come and go together");
        var sender = message.Key.Sender;
        var share = _shares[sender];
        if (share.Count == 1) _shares.Remove(sender);
        else _shares[sender] = share with { Count = share.Count - 1, Bytes = share.Bytes - message.Transaction.Bytes.Length };
    }

    private readonly record struct Share(int Count, long Bytes, ulong LastEnds);
}
