using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>One row of a table: why, what the driver is told, what it must ask for, and where it must then be.</summary>
internal sealed record Row(string Why, string Input, string Effects, string State);

/// <summary>
/// Runs tables against a driver. Its own proposals and votes are signed and handed back at once, as a host does.
/// <code>
/// input   start | proposal R B [vr N] [invalid] [late] [by V] | prevote R B|nil [vr N] by V.. | precommit R B|nil by V..
///         | timeout propose|prevote|precommit R | value R B
/// effects round R vV | timer KIND R | get R | propose R B [vr N] | prevote R B|nil [vr N] | precommit R B|nil
///         | decide R B by V.. | evidence vV KIND R, with commas between
/// state   R STEP [lock R] [valid R] [decided]
/// </code>
/// </summary>
internal sealed class Script
{
    private readonly int _self;
    private readonly Dictionary<BlockHash, string> _names = [];
    private readonly Dictionary<BlockHash, BlockRef> _blocks = [];

    public Script(int self, params ulong[] powers)
    {
        Committee = new Committee(powers is [] ? [1, 1, 1, 1] : powers);
        _self = self;
        Driver = new Driver(self < 0 ? null : Committee.Set[self].Address, new TimeoutSettings());
        foreach (var name in new[] { "A", "B", "C" })
        {
            var block = Committee.Block(name);
            _names[block.Hash] = name;
            _blocks[block.Hash] = block;
        }
    }

    public Committee Committee { get; }

    public Driver Driver { get; }

    public Script Check(params Row[] rows)
    {
        foreach (var row in rows)
        {
            // Polkas that are only told to be kept have a test of their own.
            var effects = string.Join(", ", Tell(row.Input).Where(effect => effect is not Effect.PolkaSeen).Select(Describe));
            Assert.Equal((row.Why, row.Input, row.Effects, row.State), (row.Why, row.Input, effects, State()));
        }

        return this;
    }

    /// <summary>Tells the driver and hands back what it says itself; all effects in order.</summary>
    public IReadOnlyList<Effect> Tell(string text) => Tell([.. Parse(text)]);

    /// <summary>The votes of the text in one certificate.</summary>
    public IReadOnlyList<Effect> TellAsOne(string text) =>
        Tell(new Input.CertificateReceived([.. text.Split(", ").SelectMany(Parse).Cast<Input.VoteReceived>().Select(input => input.Vote)]));

    public IReadOnlyList<Effect> Tell(params Input[] inputs)
    {
        var effects = new List<Effect>();
        foreach (var input in inputs)
        {
            var next = effects.Count;
            effects.AddRange(Driver.Step(input));
            for (; next < effects.Count; next++)
                if (Echo(effects[next]) is { } echo)
                    effects.AddRange(Driver.Step(echo));
        }

        return effects;
    }

    public IEnumerable<Input> Parse(string text)
    {
        var words = new Queue<string>(text.Split(' '));
        var kind = words.Dequeue();
        if (kind == "start")
        {
            yield return new Input.StartHeight(Committee.Height, Committee.Schedule);
            yield break;
        }

        var timeout = kind == "timeout" ? Enum.Parse<TimeoutKind>(words.Dequeue(), ignoreCase: true) : default;
        var round = RoundOf(words.Dequeue());
        if (kind == "timeout") yield return new Input.TimeoutElapsed(new Timeout(timeout, Committee.Height, round));
        if (kind == "timeout") yield break;
        BlockRef? block = words.Dequeue() is var name && name != "nil" ? Committee.Block(name) : null;
        Round? validRound = Took(words, "vr") ? RoundOf(words.Dequeue()) : null;
        var isValid = !Took(words, "invalid");
        var isTimely = !Took(words, "late");
        int[] by = Took(words, "by") ? [.. words.Select(word => int.Parse(word, CultureInfo.InvariantCulture))] : [Committee.LeaderOf(round)];
        if (kind == "value") yield return new Input.ValueBuilt(Committee.Height, round, block!.Value);
        else if (kind == "proposal") yield return ProposalOf(new Proposal(Committee.Height, round, block!.Value.Hash, validRound), block.Value, isValid, isTimely, by[0]);
        else foreach (var validator in by) yield return new Input.VoteReceived(Committee.Sign(VoteOf(kind, round, block, validRound), validator));
    }

    private string State()
    {
        var state = $"{Driver.Round} {Driver.CurrentStep.ToString().ToLowerInvariant()}";
        if (Driver.LockedRound is { } locked) state += $" lock {locked}";
        if (Driver.ValidRound is { } valid) state += $" valid {valid}";
        return Driver.IsDecided ? state + " decided" : state;
    }

    public string Describe(Effect effect) => effect switch
    {
        Effect.RoundStarted e => $"round {e.Round} v{Committee.IndexOf(e.Leader)}",
        Effect.GetValue e => $"get {e.Round}",
        Effect.Propose { Proposal: var p } => $"propose {p.Round} {_names[p.Block]}{ValidRoundText(p.ValidRound)}",
        Effect.CastVote { Vote: Prevote p } => $"prevote {p.Round} {NameOf(p.Block)}{ValidRoundText(p.ValidRound)}",
        Effect.CastVote { Vote: Precommit p } => $"precommit {p.Round} {NameOf(p.BlockHash)}",
        Effect.ScheduleTimeout { Timeout: var t } => $"timer {t.Kind.ToString().ToLowerInvariant()} {t.Round}",
        Effect.Decide { Certificate: var c } => $"decide {c.Round} {NameOf(c.Block.Hash)} by {string.Join(' ', c.Signatures.Select(s => s.Index))}",
        Effect.FoundEvidence { Evidence: DuplicateVoteProof e } => $"evidence v{Committee.IndexOf(e.Guilty)} {(e.First.Vote is Prevote ? "prevote" : "precommit")} {e.First.Vote.Round}",
        Effect.FoundEvidence { Evidence: DuplicateProposalProof e } => $"evidence v{Committee.IndexOf(e.Guilty)} proposal {e.First.Proposal.Round}",
        Effect.FoundEvidence { Evidence: AmnesiaProof e } => $"evidence v{Committee.IndexOf(e.Guilty)} amnesia {e.Lock.Vote.Round} {e.Against.Vote.Round}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private Input? Echo(Effect effect) => effect switch
    {
        Effect.CastVote cast => new Input.VoteReceived(Committee.Sign(cast.Vote, _self)),
        Effect.Propose propose => ProposalOf(propose.Proposal, _blocks[propose.Proposal.Block], true, true, _self),
        _ => null,
    };

    private Input.ProposalReceived ProposalOf(Proposal proposal, BlockRef block, bool isValid, bool isTimely, int by) =>
        new(Committee.Sign(proposal, by), block, isValid, isTimely);

    private Vote VoteOf(string kind, Round round, BlockRef? block, Round? validRound) => kind switch
    {
        "prevote" => new Prevote(Committee.Height, round, block?.Hash, validRound),
        "precommit" => new Precommit(Committee.Height, round, block),
        _ => throw new ArgumentException($"{kind} is no input"),
    };

    private string NameOf(BlockHash? block) => block is { } hash ? _names[hash] : "nil";

    private static string ValidRoundText(Round? round) => round is null ? "" : $" vr {round}";

    private static Round RoundOf(string word) => new(uint.Parse(word, CultureInfo.InvariantCulture));

    private static bool Took(Queue<string> words, string word) => words.TryPeek(out var next) && next == word && words.TryDequeue(out _);
}
