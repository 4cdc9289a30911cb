using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Who may be connected: the nodes of all who vote at a coming height, and the observers that the operator lets in. Whom the operator names as
/// peers may be too until this node has caught up for the first time, because a state that is old enough knows nobody who is still there. From
/// then on it is the chain's list alone, so that a validator that was voted out is cut off whoever still names it: as soon as this node has a link
/// to one that votes, and no sooner, since those who are named may be the only ones who can say where the others are.
/// </summary>
/// <remarks>
/// A clock that stands where the state does calls this node caught up with the first block that it fetches. Whom it then lets go it does not need:
/// it has a link to a validator of that state, and keeps that one, where it is named, until it has a link to one of a later state.
/// For one thread.
/// </remarks>
internal sealed partial class AllowedPeers
{
    // Bitcoin ends its initial download by the age of the newest block too. A minute is long beside the pause between two blocks and a decision in
    // a late round, and short beside the time in which validators are replaced. A clock that is further off than that leaves the peers allowed.
    internal static readonly TimeSpan NewestAgeMax = TimeSpan.FromMinutes(1);

    private readonly HashSet<Address> _observers;
    private readonly HashSet<Address> _named;
    private readonly Address _own;
    private readonly Predicate<Address> _isConnected;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private HashSet<Address> _current;
    private bool _hasCaughtUp;

    /// <param name="state">Where the node starts.</param>
    /// <param name="options">Who are its peers and observers.</param>
    /// <param name="own">The node itself, which its list of peers may hold.</param>
    /// <param name="isConnected">Tells to whom there is a link.</param>
    /// <param name="time">Tells how old a block is.</param>
    /// <param name="logger">Is told which peers the chain does not allow.</param>
    public AllowedPeers(LedgerState state, NodeOptions options, Address own, Predicate<Address> isConnected, TimeProvider time, ILogger logger)
    {
        _observers = [.. options.Observers];
        _named = [.. options.PeerEndpoints.Select(peer => peer.Address).Where(address => address != own)];
        (_own, _isConnected, _time, _logger) = (own, isConnected, time, logger);
        var listed = Listed(state);
        foreach (var peer in _named.Where(peer => !listed.Contains(peer)).Order()) LogUnlisted(peer, state.Height);
        _current = [.. listed, .. _named];
    }

    public IReadOnlySet<Address> Current => _current;

    /// <summary>
    /// The nodes of the validators of the two heights after a state, and of those whom it elects: who is voted out, or has changed its key, votes
    /// on until the change takes effect, and the others may need that vote.
    /// </summary>
    public static HashSet<Address> NodesOf(LedgerState state)
    {
        var sets = new[] { state.Next.Validators, state.Next.NextValidators!, ValidatorsModule.Members(state) };
        return [.. sets.DistinctBy(set => set.Root).SelectMany(set => set.Validators).Select(validator => ValidatorRecord.Get(state, validator.Address)?.Node).OfType<Address>()];
    }

    /// <summary>A block was decided. True where <see cref="Current"/> is another list now.</summary>
    /// <param name="block">Its header.</param>
    /// <param name="after">The state after it.</param>
    /// <param name="isCatchingUp">Whether this node knows that it is behind the others.</param>
    public bool Committed(Header block, LedgerState after, bool isCatchingUp)
    {
        _hasCaughtUp |= !isCatchingUp && (_time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds((long)block.Time.Milliseconds)).Duration() <= NewestAgeMax;
        var allowed = Listed(after);
        var unlisted = _named.Where(peer => _current.Contains(peer) && !allowed.Contains(peer)).ToList();
        if (unlisted.Count > 0 && !(_hasCaughtUp && HasLinkToVoter(after))) allowed.UnionWith(unlisted);
        if (allowed.SetEquals(_current)) return false;
        foreach (var peer in unlisted.Where(peer => !allowed.Contains(peer)).Order()) LogCutOff(peer);
        _current = allowed;
        return true;
    }

    // Where this node is the only one that votes there is nobody to wait for.
    private bool HasLinkToVoter(LedgerState state)
    {
        var voters = NodesOf(state);
        voters.Remove(_own);
        return voters.Count == 0 || voters.Any(voter => _isConnected(voter));
    }

    private HashSet<Address> Listed(LedgerState state)
    {
        var listed = NodesOf(state);
        listed.UnionWith(_observers);
        return listed;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Peer} is in peers, and at height {Height} neither a validator's node nor in observers: it is allowed until this node has caught up")]
    private partial void LogUnlisted(Address peer, Height height);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Peer} is in peers, but neither a validator's node nor in observers: it is cut off")]
    private partial void LogCutOff(Address peer);
}
