using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// The log of one height, told to a fresh driver record by record. Each record must be what the log says it is, whatever the node said must have
/// been asked for before, and what was asked for must have been said by the end of the turn, unless the log says that the node was silent.
/// </summary>
internal sealed class HeightReplay
{
    private readonly LedgerState _state;
    private readonly IReadOnlyList<WalRecord> _records;
    private readonly ProposedBlocks _blocks = new(NoTransactions.Instance);
    private readonly EffectHash _effects = new();
    private readonly List<Effect> _toSay = [];
    private readonly List<Effect> _toCome = [];
    private readonly Address? _self;
    private readonly Driver _driver;
    private bool _isTurnOver;
    private bool _isSilent;

    /// <param name="state">The state after the height before.</param>
    /// <param name="records">At least one.</param>
    public HeightReplay(LedgerState state, IReadOnlyList<WalRecord> records)
    {
        _state = state;
        _records = records;
        var start = records[0] as WalRecord.StartRecord;
        _self = start?.Validator;
        _driver = new Driver(_self, start?.Timeouts ?? new TimeoutSettings());
    }

    public int Turns { get; private set; }

    public ValidatedBlock? Decided { get; private set; }

    private Height Height => _state.Height.Next();

    /// <summary>The first difference and where it is; null where there is none.</summary>
    public string? Run()
    {
        for (var i = 0; i < _records.Count; i++)
        {
            var record = _records[i];
            if (i > 0 && record is WalRecord.SilenceRecord)
            {
                _isSilent = true;
                continue;
            }

            var difference = record is WalRecord.EffectsRecord effects ? EndTurn(effects) : TakeInput(i, record);
            if (difference is not null) return $"record {i}, {Describe(record)}: {difference}";
        }

        return null;
    }

    private string? EndTurn(WalRecord.EffectsRecord logged)
    {
        if (logged.Hash != _effects.Value) return "consensus answers otherwise than it did in the turn that ends here";
        _isTurnOver = true;
        Turns++;
        return null;
    }

    private string? TakeInput(int index, WalRecord record)
    {
        if (index == 0 != record is WalRecord.StartRecord) return "a log begins with the start of its height, and has no other";
        if (Decided is not null) return "the height was decided before";
        if (_isTurnOver && _toSay.Count > 0 && !_isSilent) return $"a turn ended before it, in which {Describe(_toSay[0])} was to be said and was not";
        _isTurnOver = false;
        if (Fault(record) is { } fault) return fault;
        if (LoggedInputs.Of(record, _state, _blocks) is not { } input) return "it is no input of consensus";
        var effects = _driver.Step(input);
        _effects.Add(effects);
        foreach (var effect in effects) Note(effect);
        return null;
    }

    private string? Fault(WalRecord record)
    {
        switch (record)
        {
            case WalRecord.VoteRecord { Vote: var vote }:
                if (vote.Vote.Height != Height) return $"a vote of height {vote.Vote.Height}";
                if (vote.Verify(_state.GenesisHash) is null) return "its signature is wrong";
                // Where the signer refused, what it had signed before was said instead.
                return vote.Validator != _self || WasAsked(_toSay, new Effect.CastVote(vote.Vote)) || _isSilent ? null : "an own vote that consensus does not ask for";
            case WalRecord.PolkaRecord or WalRecord.RoundRecord or WalRecord.CommitRecord:
                if (LoggedInputs.VotesOf(record, _state.Next.Validators) is not { } votes) return "it names somebody who is no validator";
                if (votes.Any(v => v.Vote.Height != Height)) return "its votes are of another height";
                return votes.Any(v => v.Verify(_state.GenesisHash) is null) ? "one of its signatures is wrong" : null;
            case WalRecord.ProposalRecord proposal:
                return ProposalFault(proposal);
            case WalRecord.ValueRecord value:
                if (!Block.TryDecode(value.Block.Span, out var built, out var malformed)) return $"its block is malformed: {malformed}";
                if (!BlockValidator.TryValidate(_state, built, NoTransactions.Instance, out _, out var refusal)) return $"the ledger finds the own block invalid: {refusal}";
                return WasAsked(_toCome, new Effect.GetValue(Height, value.Round)) ? null : "a block that consensus does not ask for";
            case WalRecord.TimeoutRecord elapsed:
                var timeout = LoggedInputs.TimeoutOf(elapsed, Height);
                return _toCome.RemoveAll(e => e is Effect.ScheduleTimeout scheduled && scheduled.Timeout == timeout) > 0 ? null : "a timer that was not set";
            default:
                return null;
        }
    }

    private string? ProposalFault(WalRecord.ProposalRecord record)
    {
        var proposal = record.Proposal.Proposal;
        if (proposal.Height != Height) return $"a proposal of height {proposal.Height}";
        if (!record.Proposal.IsAuthentic(_state.GenesisHash)) return "its signature is wrong";
        if (!Block.TryDecode(record.Block.Span, out var block, out var malformed)) return $"its block is malformed: {malformed}";
        if (block.Hash != proposal.Block) return "its block is another than it names";
        var isValid = _blocks.IsValid(_state, proposal, block, out var reason);
        if (isValid != record.IsValid) return isValid ? "its block was found invalid, and is valid" : $"its block was found valid, and is not: {reason}";
        return record.Proposal.Proposer != _self || WasAsked(_toSay, new Effect.Propose(proposal)) ? null : "an own proposal that consensus does not ask for";
    }

    private void Note(Effect effect)
    {
        switch (effect)
        {
            case Effect.CastVote or Effect.Propose:
                _toSay.Add(effect);
                break;
            case Effect.GetValue or Effect.ScheduleTimeout:
                _toCome.Add(effect);
                break;
            case Effect.Decide decide:
                var found = _blocks.TryGet(decide.Certificate.Block.Hash, out var validated);
                Invariant.Check(found, "only a block that was validated is decided");
                Decided = validated;
                break;
        }
    }

    private static bool WasAsked(List<Effect> effects, Effect effect) => effects.Remove(effect);

    private static string Describe(Effect effect) => effect switch
    {
        Effect.CastVote { Vote: Prevote vote } => $"a prevote of round {vote.Round}",
        Effect.CastVote cast => $"a precommit of round {cast.Vote.Round}",
        Effect.Propose propose => $"a proposal of round {propose.Proposal.Round}",
        _ => effect.GetType().Name,
    };

    private static string Describe(WalRecord record) => record switch
    {
        WalRecord.StartRecord => "start",
        WalRecord.VoteRecord { Vote: var vote } => $"{vote.Vote.GetType().Name.ToLowerInvariant()} of round {vote.Vote.Round} by {vote.Validator}",
        WalRecord.ProposalRecord { Proposal: var signed } => $"proposal of round {signed.Proposal.Round} by {signed.Proposer}",
        WalRecord.TimeoutRecord elapsed => $"{elapsed.Kind.ToString().ToLowerInvariant()} timeout of round {elapsed.Round}",
        WalRecord.ValueRecord value => $"own block for round {value.Round}",
        WalRecord.PolkaRecord polka => $"polka of round {polka.Certificate.Round}",
        WalRecord.RoundRecord => "round certificate",
        WalRecord.CommitRecord commit => $"commit certificate of round {commit.Certificate.Round}",
        WalRecord.EffectsRecord => "end of a turn",
        WalRecord.SilenceRecord => "silence",
        _ => record.GetType().Name,
    };
}
