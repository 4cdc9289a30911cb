using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// Decides whom to ask for which decided blocks, and how far the network is. Pure: it is told what peers say, what came and what time it is,
/// and answers with requests: several ranges at once, one of each peer, so that one that is slow or silent holds nobody up for long.
/// </summary>
/// <remarks>
/// | what a peer does | what follows |
/// | claims a height by itself | it may be asked for blocks, after all others; nothing is believed |
/// | claims a height, as do peers with more than a third of the power | <see cref="Best"/> |
/// | answers in part | what came counts, the rest is asked of whoever is next |
/// | answers nothing, or not in time, or goes meanwhile | a pause, twice as long each time |
/// | sends what no honest peer sends | <see cref="Ban"/> |
/// </remarks>
public sealed class SyncPlanner
{
    /// <summary>Blocks in one request: some megabytes, done within a second or two.</summary>
    public const ulong RangeMax = 50;

    /// <summary>Requests that wait for their answers at a time.</summary>
    public const int RequestsMax = 4;

    /// <summary>Bytes of blocks within one patience from which on a peer is not slow, however many blocks that are.</summary>
    public const long SwiftBytes = 4 * 1024 * 1024;

    /// <summary>How long a peer that lied is not heard.</summary>
    public const ulong BanMs = 600_000;

    /// <summary>How many that are gone are remembered: more than a network has nodes.</summary>
    private const int GoneMax = 1_024;

    private readonly SortedDictionary<Address, SyncPeer> _peers = [];
    private readonly SortedDictionary<Address, SyncPeer> _gone = [];
    private readonly SortedDictionary<Address, Timestamp> _banned = [];
    private IReadOnlyDictionary<Address, ulong> _powers = new SortedDictionary<Address, ulong>();
    private ulong _totalPower;
    private Height _proved;
    private ulong _attempts;

    /// <summary>
    /// The greatest height that is decided for sure: peers with more than a third of the power say so, one of whom is honest, or a certificate
    /// proves it.
    /// </summary>
    public Height Best { get; private set; }

    /// <summary>The greatest height that any peer claims: reason enough to ask it, and for nothing else.</summary>
    public Height Claimed { get; private set; }

    /// <summary>The greatest height that a peer claims that did not leave the last question for blocks unanswered.</summary>
    public Height Credible => _peers.Values.Where(peer => peer.Failures == 0).Select(peer => peer.Claim).DefaultIfEmpty(Height.Genesis).Max();

    /// <summary>Whether any peer has said how far it is.</summary>
    public bool HasPeers => _peers.Count > 0;

    /// <summary>Tells the voting power behind each peer, by its address as a peer; of strangers there is none.</summary>
    public void Weigh(IReadOnlyDictionary<Address, ulong> powers, ulong total)
    {
        (_powers, _totalPower) = (powers, total);
        Believe();
    }

    /// <summary>A peer says that it has decided a height. Nothing changes where it is banned, or has said as much.</summary>
    public void Heard(Address peer, Height decided, Timestamp now)
    {
        if (IsBanned(peer, now)) return;
        if (!_peers.TryGetValue(peer, out var known)) _peers[peer] = known = _gone.Remove(peer, out var former) ? former : new SyncPeer(peer);
        if (decided <= known.Claim) return;
        known.Claim = decided;
        Believe();
    }

    /// <summary>A commit certificate of that height was verified.</summary>
    public void Proved(Height height)
    {
        if (height <= _proved) return;
        _proved = height;
        Believe();
    }

    /// <summary>
    /// The connection is gone, and with it what the peer claimed. How it answered is not forgotten, nor that it was banned: who comes back is no
    /// better than it was, and who goes with a question open has not answered it.
    /// </summary>
    public void Forget(Address peer, Timestamp now)
    {
        if (!_peers.TryGetValue(peer, out var known)) return;
        if (known.Attempt is { } asked) Ended(asked.Request.Attempt, now);
        Remove(peer);
        known.Claim = Height.Genesis;
        if (_gone.Count >= GoneMax) _gone.Remove(_gone.Keys.First());
        _gone[peer] = known;
    }

    /// <summary>The peer sent what no honest one sends. Neither what it said nor what it says for a while counts.</summary>
    /// <returns>The request that it has not answered to the end: its answer is of no use any more.</returns>
    public SyncRequest? Ban(Address peer, Timestamp now)
    {
        foreach (var over in _banned.Where(ban => !IsRunning(ban.Value, now)).Select(ban => ban.Key).ToList()) _banned.Remove(over);
        _banned[peer] = now;
        var asked = _peers.GetValueOrDefault(peer)?.Attempt?.Request;
        Remove(peer);
        return asked;
    }

    /// <summary>Whether a block of that height is part of an answer that is on its way.</summary>
    public bool IsComing(Height height) => Covering(height) is not null;

    /// <summary>What to ask now, lowest heights first; they count as asked from here on.</summary>
    /// <param name="decided">The height that this node has decided.</param>
    /// <param name="window">How many heights beyond it there is room for.</param>
    /// <param name="isHeld">Whether the block of a height came already.</param>
    /// <param name="now">The time, which may jump.</param>
    public IReadOnlyList<SyncRequest> Next(Height decided, ulong window, Predicate<Height> isHeld, Timestamp now)
    {
        var free = RequestsMax - _peers.Values.Count(peer => peer.Attempt is not null);
        if (free <= 0 || Claimed <= decided || !_peers.Values.Any(peer => IsFree(peer, now))) return [];
        var requests = new List<SyncRequest>();
        var last = Claimed.Value - decided.Value < window ? Claimed : decided.Plus(window);
        var rangeMax = Math.Clamp(window / RequestsMax, 1, RangeMax);
        for (var from = decided.Next(); from <= last && requests.Count < free; from = from.Next())
        {
            if (isHeld(from)) continue;
            if (Covering(from) is { } asked)
            {
                from = asked.Request.To;
                continue;
            }

            if (BestFor(from, now) is not { } peer) break; // nor does anybody claim what comes after
            var to = from;
            while (to < last && to < peer.Claim && to.Value - from.Value + 1 < rangeMax && !isHeld(to.Next()) && !IsComing(to.Next())) to = to.Next();
            var request = new SyncRequest(peer.Address, from, to, ++_attempts);
            peer.Attempt = new SyncAttempt(request, now);
            requests.Add(request);
            from = to;
        }

        return requests;
    }

    /// <summary>A block came in answer to a request.</summary>
    /// <param name="attempt">Which request.</param>
    /// <param name="height">Of the block.</param>
    /// <param name="bytes">Its size.</param>
    public SyncVerdict Received(ulong attempt, Height height, int bytes = 0)
    {
        if (Find(attempt)?.Attempt is not { } asked) return SyncVerdict.Late;
        if (!asked.Covers(height)) return SyncVerdict.Unasked;
        if (height != asked.Expected) return SyncVerdict.Gap;
        asked.Received++;
        asked.Bytes += bytes;
        return SyncVerdict.Wanted;
    }

    /// <summary>An answer is over, with all that was asked or less. Nothing where the request is over already.</summary>
    public void Ended(ulong attempt, Timestamp now)
    {
        if (Find(attempt) is not { Attempt: { } asked } peer) return;
        peer.Attempt = null;
        if (asked.Received == 0) peer.Failed(now);
        else peer.Delivered(asked.Received, now > asked.Asked ? now.Milliseconds - asked.Asked.Milliseconds : 0);
    }

    /// <summary>The time for an answer, or for more of it, is up.</summary>
    public SyncWait TimedOut(ulong attempt, Timestamp now)
    {
        if (Find(attempt) is not { Attempt: { } asked }) return SyncWait.Over;
        // Of full blocks a range takes longer than patience has: whoever sends so much is held up by this node, and to ask another would be to check them twice.
        var isSwift = asked.Bytes - asked.SeenBytes >= SwiftBytes;
        if (asked.Received > asked.Seen && (isSwift || !_peers.Values.Any(other => IsFree(other, now) && other.Claim >= asked.Expected)))
        {
            (asked.Seen, asked.SeenBytes) = (asked.Received, asked.Bytes);
            return SyncWait.GoesOn;
        }

        Ended(attempt, now);
        return SyncWait.GivenUp;
    }

    private void Remove(Address peer)
    {
        if (_peers.Remove(peer)) Believe();
    }

    private static bool IsRunning(Timestamp since, Timestamp now) => now >= since && now.Milliseconds - since.Milliseconds < BanMs;

    private static bool IsFree(SyncPeer peer, Timestamp now) => peer.Attempt is null && !peer.IsPaused(now);

    private bool IsBanned(Address peer, Timestamp now) => _banned.TryGetValue(peer, out var since) && IsRunning(since, now);

    // Who says what others say too comes first, then who did not fail, then who was fast; whoever is alone with its claim may be a liar.
    private SyncPeer? BestFor(Height height, Timestamp now) => _peers.Values
        .Where(peer => IsFree(peer, now) && peer.Claim >= height)
        .OrderBy(peer => peer.Claim > Best)
        .ThenBy(peer => peer.Failures)
        .ThenByDescending(peer => peer.Speed)
        .FirstOrDefault();

    private SyncAttempt? Covering(Height height)
    {
        foreach (var peer in _peers.Values)
            if (peer.Attempt is { } attempt && attempt.Covers(height))
                return attempt;
        return null;
    }

    private SyncPeer? Find(ulong attempt) => _peers.Values.FirstOrDefault(peer => peer.Attempt?.Request.Attempt == attempt);

    private void Believe()
    {
        Claimed = _peers.Count == 0 ? Height.Genesis : _peers.Values.Max(peer => peer.Claim);
        Best = _proved;
        ulong power = 0;
        foreach (var peer in _peers.Values.OrderByDescending(peer => peer.Claim))
        {
            power += _powers.GetValueOrDefault(peer.Address);
            if (!VotingPower.HasHonest(power, _totalPower)) continue;
            if (peer.Claim > Best) Best = peer.Claim;
            return;
        }
    }
}
