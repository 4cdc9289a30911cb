using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Four validators, one of which, B, works at making X convict itself. X is brought to lock v in round 1 and to lock v' again in round 2, both with
/// polkas that only X sees; then B offers v' once more with the round of its first polka, 0. By the paper's line 29 ("or lockedValue = v") X would
/// prevote it, and {precommit v in 1, prevote v' in 3 with validRound 0} is amnesia. Ours says nil, and the height is decided two rounds later.
/// <code>
/// round  leader  proposes             polka                       seen by                    locked after
/// 0      Z       v'                   (B, Y, Z)                   Y, after its nil precommit
/// 1      X       v                    (B, X, Y), too late for Z   X alone                    X: v, 1
/// 2      Y       v', validRound 0     (B, Y, Z)                   X alone                    X: v', 2
/// 3      B       v', validRound 0     none: X says nil
/// 4      Z       another one          none: X is locked
/// 5      X       v', validRound 2     (X, Y, Z)                   all                        decided
/// </code>
/// </summary>
public sealed class FramingScenario : IScenario
{
    private const string NilWanted = "was to answer nil: what it is offered has a polka older than its lock";

    public string Name => "framing";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        // In the order of the set, that is of the turns: B would lead round 3 of the first height, Z round 0, X round 1, Y round 2.
        var keys = Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)'f', (byte)i]))).OrderBy(key => key.Address).ToList();
        var genesis = new GenesisDocument
        {
            ChainName = "framing",
            TimeMs = Cluster.Epoch - 60_000,
            Validators = [.. keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))],
        };
        IReadOnlySet<Address> failing = new HashSet<Address> { keys[0].Address };
        IReadOnlyList<IChecker> checkers = [new AgreementChecker(), new SignerChecker(), new SaidOnceChecker(failing), new HonestEvidenceChecker(failing)];
        var b = new Accomplice(keys[0], genesis.Hash, new SeededStream(0), []);
        var (z, x, y) = (new Puppet(1, "Z", genesis, keys[1], checkers), new Puppet(2, "X", genesis, keys[2], checkers), new Puppet(3, "Y", genesis, keys[3], checkers));
        Puppet[] honest = [x, y, z];
        foreach (var puppet in honest) puppet.BeginHeight();

        var old = FirstRound(b, x, y, z);
        LockOfX(b, x, y, z);
        RelockOfX(b, x, y, z, old);
        Offer(b, x, y, z, old);
        Decide(x, y, z, old);
        var rounds = x.Committed[0].Certificate.Round.Value + 1;
        return new ScenarioResult(
            Name,
            $"X was locked twice and not framed; the height was decided in round {rounds - 1}",
            new Dictionary<string, double> { ["rounds"] = rounds },
            [ScenarioBar.AtMost("rounds until the height was decided, nobody being convicted", rounds, 6)]);
    }

    private static PeerMessage.ProposalMessage FirstRound(Accomplice b, Puppet x, Puppet y, Puppet z)
    {
        var old = z.ProposalOf(0);
        y.Hear(z.Address, old);
        x.TimeOut(TimeoutKind.Propose);
        Exchange<Prevote>(0, x, y, z);
        foreach (var puppet in new[] { x, y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        y.Hear(b.Address, b.Prevote(Height.First, Round.Zero, old.Proposal.Proposal.Block, null)); // the polka, when Y has precommitted nil
        NextRound(0, x, y, z);
        return old;
    }

    private static void LockOfX(Accomplice b, Puppet x, Puppet y, Puppet z)
    {
        var fresh = x.ProposalOf(1);
        Expect(fresh.Proposal.Proposal.ValidRound is null, "X was to propose a block of its own: it has seen no polka");
        y.Hear(x.Address, fresh);
        z.TimeOut(TimeoutKind.Propose);
        Exchange<Prevote>(1, x, y, z);
        x.Hear(b.Address, b.Prevote(Height.First, new Round(1), fresh.Proposal.Proposal.Block, null));
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        Expect(x.VoteOf<Precommit>(1).Vote.Vote.BlockHash == fresh.Proposal.Proposal.Block, "X was to lock v in round 1");
        NextRound(1, x, y, z);
    }

    private static void RelockOfX(Accomplice b, Puppet x, Puppet y, Puppet z, PeerMessage.ProposalMessage old)
    {
        var again = y.ProposalOf(2);
        Expect(again.Proposal.Proposal is { ValidRound.Value: 0 } proposal && proposal.Block == old.Proposal.Proposal.Block, "Y was to propose v' again, with the round of its polka");
        foreach (var puppet in new[] { x, z })
        {
            puppet.Hear(b.Address, b.Prevote(Height.First, Round.Zero, old.Proposal.Proposal.Block, null));
            puppet.Hear(y.Address, again);
        }

        Expect(x.VoteOf<Prevote>(2).Vote.Vote.BlockHash is null, $"X {NilWanted}");
        Exchange<Prevote>(2, x, y, z);
        x.Hear(b.Address, b.Prevote(Height.First, new Round(2), old.Proposal.Proposal.Block, Round.Zero));
        foreach (var puppet in new[] { y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        Expect(x.VoteOf<Precommit>(2).Vote.Vote.BlockHash == old.Proposal.Proposal.Block, "X was to lock v' in round 2");
        NextRound(2, x, y, z);
    }

    // The trap: X is locked on v' itself, yet its precommit for v in round 1 lies between.
    private static void Offer(Accomplice b, Puppet x, Puppet y, Puppet z, PeerMessage.ProposalMessage old)
    {
        var offer = b.Propose(new Round(3), old.Block, Round.Zero);
        foreach (var puppet in new[] { x, y, z }) puppet.Hear(b.Address, offer);
        Expect(x.VoteOf<Prevote>(3).Vote.Vote.BlockHash is null, $"X {NilWanted}");
        Exchange<Prevote>(3, x, y, z);
        foreach (var puppet in new[] { x, y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        NextRound(3, x, y, z);
    }

    private static void Decide(Puppet x, Puppet y, Puppet z, PeerMessage.ProposalMessage old)
    {
        var other = z.ProposalOf(4);
        foreach (var puppet in new[] { x, y }) puppet.Hear(z.Address, other);
        if (x.Round.Value == 4 && other.Proposal.Proposal.ValidRound is { } validRound) Expect(validRound.Value < 2, "Z was to know of no polka in round 2");
        Exchange<Prevote>(4, x, y, z);
        foreach (var puppet in new[] { x, y, z }) puppet.TimeOut(TimeoutKind.Prevote);
        NextRound(4, x, y, z);

        var last = x.ProposalOf(5);
        Expect(last.Proposal.Proposal is { ValidRound.Value: 2 } proposal && proposal.Block == old.Proposal.Proposal.Block, "X was to propose what it is locked on, with the round of its lock");
        x.Rebroadcast(); // with the polka, without which nobody could answer
        foreach (var puppet in new[] { y, z })
        {
            puppet.Hear(x.Address, x.Polkas);
            puppet.Hear(x.Address, last);
        }

        Exchange<Prevote>(5, x, y, z);
        Exchange<Precommit>(5, x, y, z);
        foreach (var puppet in new[] { x, y, z }) Expect(puppet.Decided == Height.First, $"{puppet.Name} was to decide in round 5");
    }

    private static void NextRound(uint round, Puppet x, Puppet y, Puppet z)
    {
        Exchange<Precommit>(round, x, y, z);
        foreach (var puppet in new[] { x, y, z })
            if (puppet.Round.Value == round)
                puppet.TimeOut(TimeoutKind.Precommit);
    }

    private static void Exchange<TVote>(uint round, params Puppet[] honest)
        where TVote : Vote
    {
        var votes = honest.Select(puppet => (puppet.Address, Vote: puppet.VoteOf<TVote>(round))).ToList();
        foreach (var puppet in honest)
            foreach (var (from, vote) in votes)
                if (from != puppet.Address)
                    puppet.Hear(from, vote);
    }

    private static void Expect(bool isSo, string what)
    {
        if (!isSo) throw new SimulationFailedException($"framing: {what}");
    }
}
