using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Blocks to ask a peer for, both ends included.</summary>
public sealed record SyncRequest(Address Peer, Height From, Height To, ulong Attempt);

/// <summary>
/// Decides whom to ask for which decided blocks. Pure: it is told what peers say and what came, and answers with the next request, one at
/// a time. A peer that failed goes to the end of the line.
/// </summary>
public sealed class SyncPlanner
{
    /// <summary>Blocks in one request: some megabytes, done within a second or two.</summary>
    public const ulong RangeMax = 50;

    private readonly SortedDictionary<Address, Height> _heights = [];
    private readonly SortedDictionary<Address, ulong> _failures = [];
    private SyncRequest? _inFlight;
    private ulong _attempt;

    /// <summary>The greatest height that a peer says it has decided.</summary>
    public Height Best => _heights.Count == 0 ? Height.Genesis : _heights.Values.Max();

    public void Heard(Address peer, Height decided)
    {
        if (!_heights.TryGetValue(peer, out var known) || decided > known) _heights[peer] = decided;
    }

    public void Forget(Address peer)
    {
        _heights.Remove(peer);
        _failures.Remove(peer);
        if (_inFlight?.Peer == peer) _inFlight = null;
    }

    /// <summary>The peer answered; whether it helped. A peer that did not may have claimed a height that it has not: its word is forgotten.</summary>
    public void Answered(Address peer, bool helped)
    {
        if (_inFlight?.Peer == peer) _inFlight = null;
        if (helped)
        {
            _failures.Remove(peer);
            return;
        }

        _failures[peer] = _failures.GetValueOrDefault(peer) + 1;
        _heights.Remove(peer);
    }

    /// <summary>Gives up a request that took too long; nothing where it was answered meanwhile.</summary>
    public void TimedOut(ulong attempt)
    {
        if (_inFlight?.Attempt == attempt) Answered(_inFlight.Peer, helped: false);
    }

    /// <summary>What to ask next when this node has decided <paramref name="decided"/>; null where nothing is to be had or a request is out.</summary>
    public SyncRequest? Next(Height decided)
    {
        if (_inFlight is not null) return null;
        var ahead = _heights.Where(peer => peer.Value > decided).OrderBy(peer => _failures.GetValueOrDefault(peer.Key)).ThenByDescending(peer => peer.Value).ToList();
        if (ahead.Count == 0) return null;
        var from = decided.Next();
        var to = ahead[0].Value < decided.Plus(RangeMax) ? ahead[0].Value : decided.Plus(RangeMax);
        _inFlight = new SyncRequest(ahead[0].Key, from, to, ++_attempt);
        return _inFlight;
    }
}
