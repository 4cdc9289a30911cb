using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Spreads transactions so that each reaches each node about once. Owned by the engine; no clock: ticks come once a second or so.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>Who takes a transaction from its own users sends it to all peers.</item>
/// <item>Who takes one from a peer sends it on only to those whom that peer does not reach: every node tells whom it sends to. Of several
/// that could send it on, the one with the lowest address does. In a full mesh nobody sends anything on.</item>
/// <item>What still waits after a while is announced by its hash to those who are not known to have it, and to who has just connected; who
/// lacks it asks for it, and asks another who has it where nothing came. From time to time it is announced to all. So what was lost, be it with
/// a link, in a full queue, with a crash or because somebody asked for enough already, comes again. Protocol messages have windows: they are
/// announced at every tick.</item>
/// <item>What came and was not taken is not asked for again before it would have been without an answer.</item>
/// </list>
/// </remarks>
internal sealed class TransactionGossip(Mempool mempool, Address self)
{
    /// <summary>Bytes of transactions that do not wait for more to go with them.</summary>
    private const int DueBytes = 32 * 1024;

    /// <summary>Ticks after which a transaction that still waits is announced.</summary>
    private const ulong QuietTicks = 2;

    /// <summary>Ticks after which a transaction that still waits is announced to all, also to those who were told of it: it may have been lost.</summary>
    private const ulong AnewTicks = 64;

    /// <summary>Waiting transactions that a tick looks at, and that who connects is told of.</summary>
    private const int LookedAtMax = 8192;

    /// <summary>
    /// Transactions that are asked for at a time on the word of one peer: as many as an honest one announces at a time. Who announces what there
    /// is not is in nobody's way.
    /// </summary>
    private const int AskedMax = LookedAtMax;

    private readonly PeerKnowledge _known = new();
    private readonly SortedDictionary<Address, PeerOutbox> _peers = [];
    private readonly Dictionary<Address, ImmutableHashSet<Address>> _links = [];
    private readonly Dictionary<Address, Address[]> _onward = [];
    private readonly Dictionary<TransactionHash, Asked> _asked = [];
    private readonly SortedDictionary<Address, int> _announcers = [];
    private readonly Queue<Waiting> _waiting = [];
    private readonly List<(Address Peer, PeerMessage Message)> _news = [];
    private ulong _tick;
    private long _bytes;
    private bool _isUrgent;

    /// <summary>Whether anything is to be sent at all.</summary>
    public bool HasNews { get; private set; }

    /// <summary>Whether it should not wait for more to go with it.</summary>
    public bool IsDue => _isUrgent || _bytes >= DueBytes;

    public void Connected(Address peer)
    {
        if (!_peers.TryAdd(peer, new PeerOutbox())) return;
        _known.Add(peer);
        var told = 0;
        foreach (var (hash, _, _) in _waiting)
            if (told < LookedAtMax && mempool.Contains(hash))
            {
                Announce(peer, hash);
                told++;
            }

        LinksChanged();
    }

    public void Disconnected(Address peer)
    {
        if (!_peers.Remove(peer)) return;
        _known.Remove(peer);
        _links.Remove(peer);
        LinksChanged();
    }

    /// <summary>A peer says whom it sends to.</summary>
    public void Linked(Address peer, ImmutableHashSet<Address> links)
    {
        if (!_peers.ContainsKey(peer)) return;
        _links[peer] = links;
        _onward.Clear();
    }

    /// <summary>A peer sent it, whatever becomes of it here.</summary>
    public void Has(Address peer, TransactionHash hash)
    {
        _known.Mark(peer, hash);
        if (_asked.TryGetValue(hash, out var asked)) _asked[hash] = asked with { HasCome = true };
    }

    /// <summary>The mempool took it, from a peer or from this node's own users.</summary>
    public void Admitted(Transaction transaction, Address? from)
    {
        _known.MarkSelf(transaction.Hash);
        ForgetAsked(transaction.Hash);
        _waiting.Enqueue(new Waiting(transaction.Hash, _tick, _tick + AnewTicks));
        var targets = (from is { } source ? Onward(source) : [.. _peers.Keys]).Where(peer => !_known.Has(peer, transaction.Hash)).ToArray();
        if (targets.Length == 0) return;
        foreach (var peer in targets)
        {
            _known.Mark(peer, transaction.Hash);
            _peers[peer].Transactions.Add(transaction);
        }

        _bytes += transaction.Bytes.Length;
        _isUrgent |= transaction.IsProtocolMessage;
        HasNews = true;
    }

    public void Announced(Address peer, IReadOnlyList<TransactionHash> hashes)
    {
        if (!_peers.TryGetValue(peer, out var outbox)) return;
        foreach (var hash in hashes)
        {
            if (mempool.Contains(hash) || _known.HasSelf(hash) || _asked.ContainsKey(hash))
            {
                _known.Mark(peer, hash);
                continue;
            }

            // Beyond its share nothing is remembered: hashes of what there is not would push out what is known of the rest.
            var announced = _announcers.GetValueOrDefault(peer);
            if (announced == AskedMax) continue;
            _known.Mark(peer, hash);
            _announcers[peer] = announced + 1;
            _asked[hash] = new Asked(peer, peer, _tick, HasCome: false);
            outbox.Wanted.Add(hash);
            HasNews = _isUrgent = true;
        }
    }

    public void Wanted(Address peer, IReadOnlyList<TransactionHash> hashes)
    {
        if (!_peers.TryGetValue(peer, out var outbox)) return;
        foreach (var hash in hashes)
        {
            if (!mempool.TryGet(hash, out var transaction)) continue;
            if (outbox.TryAnswer(transaction)) HasNews = _isUrgent = true;
            else _known.Unmark(peer, hash); // it is announced again
        }
    }

    /// <summary>Announces what has waited for a while, the longest waiting first; looks at a bounded number and goes on there next time.</summary>
    public void Tick()
    {
        _tick++;
        foreach (var outbox in _peers.Values) outbox.Tick();
        foreach (var (hash, asked) in _asked.ToArray())
            if (asked.Since + QuietTicks <= _tick)
                AskAnother(hash, asked);
        var looked = 0;
        while (looked < LookedAtMax && _waiting.TryPeek(out var oldest) && oldest.Tick + QuietTicks <= _tick)
        {
            var (hash, _, anew) = _waiting.Dequeue();
            if (!mempool.TryGet(hash, out var transaction)) continue; // it is in a block; those do not count
            looked++;
            var isForAll = transaction.IsProtocolMessage || anew <= _tick;
            // What is said at every tick comes back at the next one, the rest after as long a pause.
            _waiting.Enqueue(new Waiting(hash, transaction.IsProtocolMessage ? _tick - 1 : _tick, anew <= _tick ? _tick + AnewTicks : anew));
            foreach (var peer in _peers.Keys)
                if (isForAll || !_known.Has(peer, hash))
                    Announce(peer, hash);
        }
    }

    /// <summary>What is to be said now. Peers that are told the same are given the same message object.</summary>
    public IReadOnlyList<(Address Peer, PeerMessage Message)> Flush()
    {
        var messages = new List<(Address Peer, PeerMessage Message)>(_news);
        PeerOutbox? last = null;
        IReadOnlyList<PeerMessage> same = [];
        foreach (var (peer, outbox) in _peers)
        {
            if (last is null || !outbox.Transactions.SequenceEqual(last.Transactions))
            {
                same = PeerMessage.TransactionsMessage.Batches(outbox.Transactions);
                last = outbox;
            }

            messages.AddRange(same.Select(message => (peer, message)));
            messages.AddRange(outbox.Announced.Chunk(PeerMessage.HashesMax).Select(hashes => (peer, (PeerMessage)new PeerMessage.AnnouncementMessage([.. hashes]))));
            messages.AddRange(outbox.Wanted.Chunk(PeerMessage.HashesMax).Select(hashes => (peer, (PeerMessage)new PeerMessage.WantedMessage([.. hashes]))));
        }

        foreach (var outbox in _peers.Values) outbox.Clear();
        _news.Clear();
        _bytes = 0;
        HasNews = _isUrgent = false;
        return messages;
    }

    // Each that has it is asked once, in the order of their addresses; then it is forgotten, and asked for again where it is announced again.
    // So is what came and was not taken.
    private void AskAnother(TransactionHash hash, Asked asked)
    {
        if (asked.HasCome)
        {
            ForgetAsked(hash);
            return;
        }

        var others = _peers.Keys.Where(peer => peer != asked.First && _known.Has(peer, hash)).ToList();
        var next = others.FindIndex(peer => asked.Last == asked.First || peer > asked.Last);
        if (next < 0)
        {
            ForgetAsked(hash);
            return;
        }

        _asked[hash] = asked with { Last = others[next], Since = _tick };
        _peers[others[next]].Wanted.Add(hash);
        HasNews = _isUrgent = true;
    }

    private void ForgetAsked(TransactionHash hash)
    {
        if (!_asked.Remove(hash, out var asked)) return;
        if (--_announcers[asked.First] == 0) _announcers.Remove(asked.First);
    }

    // Who does not have it asks; who does not ask has it.
    private void Announce(Address peer, TransactionHash hash)
    {
        _known.Mark(peer, hash);
        _peers[peer].Announced.Add(hash);
        HasNews = _isUrgent = true;
    }

    // Whom I have to send on to what that peer sent: those whom it does not reach itself, and no other of its peers below me does.
    private Address[] Onward(Address source)
    {
        if (_onward.TryGetValue(source, out var known)) return known;
        var reached = _links.GetValueOrDefault(source, []);
        var onward = _peers.Keys.Where(peer => peer != source && !reached.Contains(peer) && !reached.Any(other => other < self && Reaches(other, peer)));
        return _onward[source] = [.. onward];
    }

    private bool Reaches(Address from, Address to) => _links.TryGetValue(from, out var links) && links.Contains(to);

    private void LinksChanged()
    {
        _onward.Clear();
        var links = new PeerMessage.LinksMessage([.. _peers.Keys.Take(PeerMessage.LinksMax)]);
        foreach (var peer in _peers.Keys) _news.Add((peer, links));
        HasNews = _isUrgent = true;
    }

    /// <param name="First">Who announced it, and was asked first.</param>
    /// <param name="Last">Who was asked last.</param>
    /// <param name="Since">At which tick.</param>
    /// <param name="HasCome">Whether it was brought. The mempool did not take it, or it would not be here.</param>
    private readonly record struct Asked(Address First, Address Last, ulong Since, bool HasCome);

    /// <param name="Hash">Of a transaction that the mempool took.</param>
    /// <param name="Tick">When it was last looked at.</param>
    /// <param name="Anew">When all are told of it again.</param>
    private readonly record struct Waiting(TransactionHash Hash, ulong Tick, ulong Anew);
}
