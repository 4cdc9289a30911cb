namespace NeuroChain.Chain.Tests;

/// <summary>
/// One height of accountable Tendermint, written down once more in its shortest form: honest validators that follow the rules on whatever part of
/// the votes they have seen, liars that sign whatever helps the others to disagree, and a scheduler that delivers, times out and proposes at
/// random. Leaders are the scheduler: what it proposes to whom is as bad as any leader's.
/// </summary>
internal sealed class RandomVoting(Committee committee, int liars, SeededStream stream)
{
    private const int RoundsMax = 6;

    private readonly List<(int Validator, SignedVote Signed)> _votes = [];
    private readonly HashSet<(int Validator, Vote Vote)> _known = [];
    private readonly Dictionary<(int Round, int Side), (char Block, int ValidRound)> _proposals = [];
    private readonly Honest[] _honest = [.. Enumerable.Range(liars, committee.Keys.Length - liars).Select(i => new Honest(i))];

    /// <summary>All that was ever signed.</summary>
    public IEnumerable<SignedVote> Votes => _votes.Select(vote => vote.Signed);

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            var one = _honest[(int)stream.NextBelow((ulong)_honest.Length)];
            switch (stream.NextBelow(6))
            {
                case 0 or 1: Deliver(one); break;
                case 2 when one.Round + 1 < RoundsMax && (one.Step == 2 || stream.NextChance(1, 30)): (one.Round, one.Step) = (one.Round + 1, 0); break;
                case 3 when stream.NextChance(1, 4): Lie(); break;
                case 4 or 5 when one.Step == 0: Prevote(one); break;
                case 4 or 5 when one.Step == 1: Precommit(one); break;
            }
        }
    }

    public IReadOnlyList<CommitCertificate> Commits() =>
    [
        .. _votes.Where(vote => vote.Signed.Vote is Precommit { Block: not null }).GroupBy(vote => (Precommit)vote.Signed.Vote)
            .Where(group => IsQuorum(group.Count()))
            .Select(group => new CommitCertificate(group.Key.Height, group.Key.Round, group.Key.Block!.Value, [.. Signatures(group)])),
    ];

    public IReadOnlyList<PolkaCertificate> Polkas() =>
    [
        .. _votes.Where(vote => vote.Signed.Vote is Prevote { Block: not null }).GroupBy(vote => (Prevote)vote.Signed.Vote)
            .Where(group => IsQuorum(group.Count()))
            .Select(group => new PolkaCertificate(group.Key.Height, group.Key.Round, group.Key.ValidRound, group.Key.Block!.Value, [.. Signatures(group)])),
    ];

    private static IEnumerable<IndexedSignature> Signatures(IEnumerable<(int Validator, SignedVote Signed)> votes) =>
        votes.OrderBy(vote => vote.Validator).Select(vote => new IndexedSignature((ushort)vote.Validator, vote.Signed.Signature));

    private bool IsQuorum(int votes) => committee.Set.IsQuorum((ulong)votes);

    private void Deliver(Honest one)
    {
        for (var i = 0; i < _votes.Count; i++)
            if (stream.NextChance(IsOfItsSide(one, _votes[i].Validator) ? 3UL : 1UL, 4))
                one.Seen.Add(i);
    }

    private bool IsOfItsSide(Honest one, int validator) => validator < liars || validator % 2 == one.Index % 2;

    // L22 and L28, without "or lockedValue = v"; the proposal is the scheduler's.
    private void Prevote(Honest one)
    {
        if (stream.NextChance(1, 12))
        {
            Cast(one.Index, committee.Prevote(one.Index, one.Round, null));
        }
        else
        {
            var (block, validRound) = ProposalFor(one);
            if (validRound >= 0 && !SeenPolkas(one, validRound).Any(polka => polka.Block == Committee.Block(block).Hash)) return; // it waits
            var follows = validRound < 0 ? one.Locked is null : one.Locked is null || one.Locked <= validRound;
            Cast(one.Index, follows ? committee.Prevote(one.Index, one.Round, block, validRound) : committee.Prevote(one.Index, one.Round, null));
        }

        one.Step = 1;
    }

    // Two in a round at most, one for each side of the network, or the same for both: fresh ones, and such as answer a polka.
    private (char Block, int ValidRound) ProposalFor(Honest one)
    {
        var side = stream.NextChance(15, 16) ? one.Index % 2 : 1 - (one.Index % 2);
        if (_proposals.TryGetValue((one.Round, side), out var proposal)) return proposal;
        var answered = Enumerable.Range(0, one.Round).SelectMany(round => PolkasIn(_votes.Select(vote => vote.Signed.Vote), round)).ToList();
        if (stream.NextChance(1, 2) && _proposals.TryGetValue((one.Round, 1 - side), out var others))
            proposal = others;
        else if (answered.Count > 0 && stream.NextChance(2, 3))
            proposal = answered[(int)stream.NextBelow((ulong)answered.Count)] is var polka ? (Name(polka), (int)polka.Round.Value) : default;
        else
            proposal = ((char)('a' + stream.NextBelow(3)), -1);
        _proposals[(one.Round, side)] = proposal;
        return proposal;
    }

    private static char Name(Prevote vote) => "abc".Single(name => Committee.Block(name).Hash == vote.Block);

    // L36: a polka with one validRound. Else nil, sooner or later.
    private void Precommit(Honest one)
    {
        if (SeenPolkas(one, one.Round).FirstOrDefault() is { } polka)
        {
            one.Locked = one.Round;
            Cast(one.Index, committee.Precommit(one.Index, one.Round, Name(polka)));
        }
        else if (stream.NextChance(1, 8))
        {
            Cast(one.Index, committee.Precommit(one.Index, one.Round, null));
        }
        else
        {
            return;
        }

        one.Step = 2;
    }

    private IEnumerable<Prevote> SeenPolkas(Honest one, int round) => PolkasIn(one.Seen.Select(i => _votes[i].Signed.Vote), round);

    private IEnumerable<Prevote> PolkasIn(IEnumerable<Vote> votes, int round) => votes.OfType<Prevote>()
        .Where(vote => vote.Round.Value == round && vote.Block is not null)
        .GroupBy(vote => vote).Where(group => IsQuorum(group.Count())).Select(group => group.Key);

    // Liars say whatever an honest one says for a block, mostly: so that a few honest ones are a quorum for anything.
    private void Cast(int validator, SignedVote vote)
    {
        Record(validator, vote);
        if (vote.Vote.BlockHash is null) return;
        for (var liar = 0; liar < liars; liar++)
            if (stream.NextChance(9, 10))
                Record(liar, committee.Sign(liar, vote.Vote));
    }

    private void Lie()
    {
        if (liars == 0) return;
        var (liar, round, block) = ((int)stream.NextBelow((ulong)liars), (int)stream.NextBelow(RoundsMax), (char)('a' + stream.NextBelow(3)));
        Record(liar, stream.NextChance(1, 2) ? committee.Precommit(liar, round, block) : committee.Prevote(liar, round, block, (int)stream.NextBelow((ulong)round + 1) - 1));
    }

    private void Record(int validator, SignedVote vote)
    {
        if (_known.Add((validator, vote.Vote))) _votes.Add((validator, vote));
    }

    private sealed class Honest(int index)
    {
        public int Index { get; } = index;

        public int Round { get; set; }

        /// <summary>0 propose, 1 prevote, 2 precommit.</summary>
        public int Step { get; set; }

        /// <summary>Round of the lock.</summary>
        public int? Locked { get; set; }

        public SortedSet<int> Seen { get; } = [];
    }
}
