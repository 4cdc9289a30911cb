using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// One height of Algorithm 1 of "The latest gossip on BFT consensus" (arXiv 1807.04938): state, and one method per rule, each with its
/// lines. After every input all rules are tried in the order of this table until none fires, so that a replay does the same.
/// </summary>
/// <remarks>
/// <code>
/// rule      when                                                                              then
/// L49-54    precommit quorum for v in any round, a valid proposal of v known                  decide
/// L55-56    more than a third of the power said anything in a later round                     go there
/// L22-27    propose: first proposal of the leader, without validRound                         prevote v if valid, timely and not locked, else nil
/// L28-33    propose: re-proposal with validRound vr, polka for v in vr                        prevote v if valid and lockedRound &lt;= vr, else nil
/// L36-43    from prevote on, once: proposal v, polka for v with the proposal's validRound     in prevote: lock, precommit v; always: valid = v
/// L44-46    prevote: nil polka                                                                precommit nil
/// L34-35    prevote, once: prevote quorum of any kind                                         arm timeoutPrevote
/// L47-48    any step, once: precommit quorum of any kind                                      arm timeoutPrecommit
/// L57-60    timeoutPropose in propose                                                         prevote nil
/// L61-64    timeoutPrevote in prevote                                                         precommit nil
/// L65-67    timeoutPrecommit                                                                  next round
/// </code>
/// Two deliberate deviations for accountability. Prevotes sign the validRound that they answer, and a polka needs equal ones (L28, L36).
/// L23 and L29 have no "or lockedValue = v": a locked validator prevotes a block only on a polka at or after its lock. So no honest
/// validator ever signs {precommit v in r1, non-nil prevote in r2 > r1 with validRound &lt; r1}, and amnesia is provable; liveness stays,
/// because a correct leader's validRound is at least every correct lock.
/// One addition: L22 asks whether a fresh block's time fits to the clock of this node (proposer-based timestamps). No other rule does. A
/// re-proposed block keeps its time, and its polka shows that honest validators found it timely when it was fresh (L28); what more than two
/// thirds prevoted or committed is locked and decided by whoever found it late, too (L36, L49).
/// </remarks>
internal sealed class HeightMachine
{
    private readonly Address? _self;
    private readonly TimeoutSettings _timeouts;
    private readonly ProposalKeeper _proposals = new();
    private readonly VoteKeeper _votes;
    private readonly HashSet<(Round Round, BlockHash Block, Round? ValidRound)> _polkasTold = [];
    private readonly List<Effect> _effects = [];

    private Step _step;
    private (BlockHash Block, Round Round)? _locked;
    private (BlockRef Block, Round Round)? _valid;
    private PolkaCertificate? _validPolka;
    private bool _valueProposed;
    private bool _polkaSeen;
    private bool _prevoteTimerArmed;
    private bool _precommitTimerArmed;

    public HeightMachine(LeaderSchedule schedule, Address? self, TimeoutSettings timeouts)
    {
        Schedule = schedule;
        _self = self is { } address && schedule.Validators.Contains(address) ? self : null;
        _timeouts = timeouts;
        _votes = new VoteKeeper(schedule.Validators);
        Faults = new FaultFinder(schedule.Height, schedule.Validators);
    }

    public LeaderSchedule Schedule { get; }

    public Height Height => Schedule.Height;

    public FaultFinder Faults { get; }

    public Round Round { get; private set; }

    public Step Step => _step;

    public bool IsDecided { get; private set; }

    public (BlockHash Block, Round Round)? Locked => _locked;

    public (BlockRef Block, Round Round)? Valid => _valid;

    /// <summary>The polka behind <see cref="Valid"/>: gossiped, or others could not answer its re-proposal.</summary>
    public PolkaCertificate? ValidPolka => _validPolka;

    public bool Knows(SignedVote vote) =>
        Schedule.Validators.TryIndexOf(vote.Validator, out var index) && _votes.Knows(index, vote.Vote);

    public bool Has(SignedVote vote) =>
        Schedule.Validators.TryIndexOf(vote.Validator, out var index) && _votes.Has(index, vote.Vote);

    public bool Knows(Proposal proposal) => _proposals.Knows(proposal);

    public IReadOnlyList<Effect> Start()
    {
        StartRound(Round.Zero);
        return Finish();
    }

    public IReadOnlyList<Effect> OnProposal(Input.ProposalReceived received)
    {
        var signed = received.Proposal;
        if (IsDecided || signed.Proposer != Schedule.Leader(signed.Proposal.Round)) return [];
        Tell(Faults.Add(signed));
        _proposals.Add(new KnownProposal(signed, received.Block, received.IsValid, received.IsTimely), Round);
        return Finish();
    }

    /// <summary>One vote, or all that come in one certificate: the rules are tried when all are counted.</summary>
    public IReadOnlyList<Effect> OnVotes(IReadOnlyList<VerifiedVote> votes)
    {
        if (IsDecided) return [];
        var left = votes.Where(vote => !Take(vote)).ToList();
        // Whoever contradicts itself counts where another says the same, and that one may have stood behind it in the certificate.
        if (votes.Count > 1)
            foreach (var vote in left) Take(vote);
        return Finish();
    }

    /// <summary>L18-19, second half: the block that was asked for is there.</summary>
    public IReadOnlyList<Effect> OnValueBuilt(Round round, BlockRef block)
    {
        if (IsDecided || round != Round || _step != Step.Propose || !IsLeader(round) || _valid is not null || _valueProposed) return [];
        _valueProposed = true; // not the proposal itself, which is still to be signed and handed back
        _effects.Add(new Effect.Propose(new Proposal(Height, round, block.Hash, null)));
        return Finish();
    }

    public IReadOnlyList<Effect> OnTimeout(Timeout timeout)
    {
        if (IsDecided || timeout.Round != Round) return [];
        if (timeout.Kind == TimeoutKind.Propose && _step == Step.Propose) CastPrevote(null, null); // L57-60
        if (timeout.Kind == TimeoutKind.Prevote && _step == Step.Prevote) CastPrecommit(null); // L61-64
        if (timeout.Kind == TimeoutKind.Precommit) StartRound(Round.Next()); // L65-67
        return Finish();
    }

    /// <summary>
    /// What lets others follow when messages were lost: our votes of this round, the reason why we are in it, and the polka that we go by.
    /// </summary>
    public Liveness Liveness()
    {
        var votes = new List<SignedVote>();
        if (_self is { } self && Schedule.Validators.TryIndexOf(self, out var index))
        {
            if (_votes.PrevoteOf(index, Round) is { } prevote) votes.Add(prevote.Signed);
            if (_votes.PrecommitOf(index, Round) is { } precommit) votes.Add(precommit.Signed);
        }

        var previous = Round == Round.Zero ? null : _votes.RoundCertificate(new Round(Round.Value - 1));
        var proposals = new List<SignedProposal>();
        if (_proposals.Of(Round) is { } current) proposals.Add(current.Signed);
        if (_valid is { } valid && valid.Round != Round && _proposals.AllOf(valid.Round).FirstOrDefault(p => p.Block == valid.Block) is { } source) proposals.Add(source.Signed);
        return new Liveness(proposals, votes, _validPolka, _votes.RoundCertificate(Round), previous);
    }

    private bool Take(VerifiedVote vote)
    {
        Tell(Faults.Add(vote)); // also what is not counted, because it is of a round that was left behind for a later one
        if (!_votes.Add(vote, Round)) return false;
        if (vote.Vote is Prevote { Block: { } block } prevote) NotePolka(prevote, block);
        return true;
    }

    private void Tell(FaultProof? found)
    {
        if (found is not null) _effects.Add(new Effect.FoundEvidence(found));
    }

    // A polka is a fact of its round whether or not anybody here acts on it. It is told with as many signatures as make it one.
    private void NotePolka(Prevote prevote, BlockHash block)
    {
        var place = (prevote.Round, block, prevote.ValidRound);
        if (_polkasTold.Contains(place) || !_votes.HasPolka(prevote.Round, block, prevote.ValidRound)) return;
        _polkasTold.Add(place);
        _effects.Add(new Effect.PolkaSeen(_votes.PolkaCertificate(Height, prevote.Round, prevote.ValidRound, block)));
    }

    private IReadOnlyList<Effect> Finish()
    {
        while (!IsDecided && FireOne()) { }
        Effect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private bool FireOne() =>
        TryDecide() || TrySkip() || TryPrevoteFirst() || TryPrevoteAgain() || TryPolka() || TryNilPolka() || TryPrevoteTimer() || TryPrecommitTimer();

    // L49-54: of any round, on whichever of proposal and precommits comes last. A round whose proposal never came hides no other. A block that
    // this node finds invalid is not decided here: it comes with its certificate from those who did, and whoever applies it finds the fault.
    private bool TryDecide()
    {
        foreach (var (round, block) in _votes.Commits())
        {
            if (_proposals.ValidOf(block.Hash) is not { } proposal) continue;
            Invariant.Check(proposal.Block == block, "precommits are counted by the header's own fields");
            IsDecided = true;
            _effects.Add(new Effect.Decide(_votes.Commit(round, block)));
            return true;
        }

        return false;
    }

    // L55-56
    private bool TrySkip()
    {
        var proposers = new SortedDictionary<Round, int>();
        foreach (var (round, proposer) in _proposals.After(Round))
            if (Schedule.Validators.TryIndexOf(proposer, out var index))
                proposers[round] = index;
        if (_votes.FindSkip(Round, proposers) is not { } later) return false;
        StartRound(later);
        return true;
    }

    // L22-27, without "or lockedValue = v", with timely(v)
    private bool TryPrevoteFirst()
    {
        if (_step != Step.Propose || _proposals.Of(Round) is not { Proposal.ValidRound: null } proposal) return false;
        CastPrevote(proposal.IsValid && proposal.IsTimely && _locked is null ? proposal.Block.Hash : null, null);
        return true;
    }

    // L28-33, without "or lockedValue = v"; without the polka it waits, it does not refuse
    private bool TryPrevoteAgain()
    {
        if (_step != Step.Propose || _proposals.Of(Round) is not { Proposal.ValidRound: { } validRound } proposal) return false;
        if (!_votes.HasAnyPolka(validRound, proposal.Block.Hash)) return false;
        var follows = proposal.IsValid && (_locked is null || _locked.Value.Round <= validRound);
        CastPrevote(follows ? proposal.Block.Hash : null, follows ? validRound : null);
        return true;
    }

    // L36-43; L42-43 also when already in precommit, or a hidden lock would end liveness
    private bool TryPolka()
    {
        if (_step < Step.Prevote || _polkaSeen) return false;
        var proposal = _proposals.AllOf(Round).FirstOrDefault(p => p.IsValid && _votes.HasPolka(Round, p.Block.Hash, p.Proposal.ValidRound));
        if (proposal is null) return false;
        _polkaSeen = true;
        if (_step == Step.Prevote)
        {
            _locked = (proposal.Block.Hash, Round);
            CastPrecommit(proposal.Block);
        }

        _valid = (proposal.Block, Round);
        _validPolka = _votes.PolkaCertificate(Height, Round, proposal.Proposal.ValidRound, proposal.Block.Hash);
        return true;
    }

    // L44-46: never unlocks
    private bool TryNilPolka()
    {
        if (_step != Step.Prevote || !_votes.HasNilPolka(Round)) return false;
        CastPrecommit(null);
        return true;
    }

    // L34-35
    private bool TryPrevoteTimer()
    {
        if (_step != Step.Prevote || _prevoteTimerArmed || !_votes.HasPrevoteQuorum(Round)) return false;
        _prevoteTimerArmed = true;
        ArmTimer(TimeoutKind.Prevote);
        return true;
    }

    // L47-48: whatever the step
    private bool TryPrecommitTimer()
    {
        if (_precommitTimerArmed || !_votes.HasPrecommitQuorum(Round)) return false;
        _precommitTimerArmed = true;
        ArmTimer(TimeoutKind.Precommit);
        return true;
    }

    // L11-21
    private void StartRound(Round round)
    {
        Invariant.Check(round >= Round, "rounds only go up");
        Round = round;
        _step = Step.Propose;
        _valueProposed = _polkaSeen = _prevoteTimerArmed = _precommitTimerArmed = false;
        _effects.Add(new Effect.RoundStarted(Height, round, Schedule.Leader(round)));
        ArmTimer(TimeoutKind.Propose); // the leader too: building a block takes time and may fail
        if (!IsLeader(round)) return;
        if (_valid is { } valid) _effects.Add(new Effect.Propose(new Proposal(Height, round, valid.Block.Hash, valid.Round)));
        else _effects.Add(new Effect.GetValue(Height, round));
    }

    private bool IsLeader(Round round) => _self is { } self && Schedule.Leader(round) == self;

    private void CastPrevote(BlockHash? block, Round? validRound)
    {
        _step = Step.Prevote;
        if (_self is not null) _effects.Add(new Effect.CastVote(new Prevote(Height, Round, block, validRound)));
    }

    private void CastPrecommit(BlockRef? block)
    {
        _step = Step.Precommit;
        if (_self is not null) _effects.Add(new Effect.CastVote(new Precommit(Height, Round, block)));
    }

    private void ArmTimer(TimeoutKind kind) =>
        _effects.Add(new Effect.ScheduleTimeout(new Timeout(kind, Height, Round), _timeouts.After(kind, Round)));
}
