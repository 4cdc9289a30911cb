using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// Consensus over all heights, sans IO: <see cref="Step"/> takes one input and returns the effects in order. It knows no clock, key, disk
/// or network, and what a block contains is not its business.
/// </summary>
/// <remarks>Whatever is of another height than the one in progress is stale or too early and has no effect.</remarks>
public sealed class Driver(Address? self, TimeoutSettings timeouts)
{
    private HeightMachine? _machine;

    /// <summary>The height in progress or last decided; genesis before the first.</summary>
    public Height Height => _machine?.Height ?? Height.Genesis;

    public Round Round => _machine?.Round ?? Round.Zero;

    public Step CurrentStep => _machine?.Step ?? Consensus.Step.Propose;

    public bool IsDecided => _machine?.IsDecided ?? true;

    public Round? LockedRound => _machine?.Locked?.Round;

    public Round? ValidRound => _machine?.Valid?.Round;

    /// <summary>What the validators of the height have said, as far as it may convict them; votes that come when the height is decided are given to it too. Null before the first.</summary>
    public FaultFinder? Faults => _machine?.Faults;

    /// <summary>What to re-broadcast now; null while nothing is undecided.</summary>
    public Liveness? Liveness => _machine is { IsDecided: false } machine ? machine.Liveness() : null;

    /// <summary>
    /// Whether this vote would change nothing, because it was taken before or its validator is already convicted in its round and nobody else
    /// says the same: it need not be checked or logged.
    /// </summary>
    public bool Knows(SignedVote vote) => IsCurrent(vote.Vote.Height) && _machine!.Knows(vote);

    /// <summary>
    /// Whether this very vote counts already. Of a certificate with a quorum all other votes are wanted, also those of the convicted: that the
    /// others say the same is what makes them count.
    /// </summary>
    public bool Has(SignedVote vote) => IsCurrent(vote.Vote.Height) && _machine!.Has(vote);

    /// <summary>Whether this proposal would change nothing: it was taken before, or its leader is already convicted of two others.</summary>
    public bool Knows(Proposal proposal) => IsCurrent(proposal.Height) && _machine!.Knows(proposal);

    public IReadOnlyList<Effect> Step(Input input) => input switch
    {
        Input.StartHeight start => Start(start),
        Input.ProposalReceived p when IsCurrent(p.Proposal.Proposal.Height) => _machine!.OnProposal(p),
        Input.VoteReceived v when IsCurrent(v.Vote.Vote.Height) => _machine!.OnVotes([v.Vote]),
        Input.CertificateReceived { Votes: [var first, ..] } c when IsCurrent(first.Vote.Height) => _machine!.OnVotes(c.Votes),
        Input.ValueBuilt b when IsCurrent(b.Height) => _machine!.OnValueBuilt(b.Round, b.Block),
        Input.TimeoutElapsed t when IsCurrent(t.Timeout.Height) => _machine!.OnTimeout(t.Timeout),
        _ => [],
    };

    private IReadOnlyList<Effect> Start(Input.StartHeight start)
    {
        Invariant.Check(start.Height > Height || _machine is null, "heights only go up");
        Invariant.Check(start.Height == start.Schedule.Height, "the schedule is of the height that starts");
        _machine = new HeightMachine(start.Schedule, self, timeouts);
        return _machine.Start();
    }

    private bool IsCurrent(Height height) => _machine is not null && height == _machine.Height;
}
