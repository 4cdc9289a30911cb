using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Two of four break the rules, more than any protocol can bear: P and Q decide different blocks of one height. What is promised then is that
/// the two certificates, with the polkas that P and Q kept, name both culprits, each by a proof that stands for itself, and nobody else.
/// <code>
/// signed twice   round 0: v for P, v' for Q, and for each the votes of B and C
/// forgot a lock  round 0: B and C decide v with P; round 1: they prevote v' with Q as if there had been nothing
/// other polka    round 0: polkas for v, by which P decides, and for v'; round 1: v' again for Q, with the round of its polka
/// </code>
/// </summary>
public sealed class ForkScenario : IScenario
{
    // Who leads rounds 0 and 1 of the first height.
    private const int B = 1;
    private const int C = 2;

    public string Name => "fork-above-a-third";

    public ScenarioResult Run()
    {
        using var memo = SignatureMemo.Open();
        var figures = new Dictionary<string, double>();
        (string Name, FaultKind Kind, Action<FourPuppets, Puppet, Puppet> Play)[] ways =
        [
            ("signed twice", FaultKind.DuplicateVote, SignTwice),
            ("forgot a lock", FaultKind.Amnesia, ForgetLock),
            ("other polka", FaultKind.DuplicateVote, AnswerOtherPolka),
        ];
        foreach (var way in ways)
        {
            var cast = new FourPuppets($"{Name}, {way.Name}", 'o', B, C);
            var (p, q) = (cast.Puppet(3, "P"), cast.Puppet(0, "Q"));
            foreach (var puppet in new[] { p, q }) puppet.BeginHeight();
            way.Play(cast, p, q);
            figures[$"{way.Name}: convicted"] = Convict(cast, p, q, way.Kind);
        }

        return new ScenarioResult(Name, "two of four made three forks of different kinds, and each time both were convicted and nobody else", figures, [ScenarioBar.AtLeast("of the four convicted in each of the ways, by what nodes kept", figures.Values.Min(), 2)]);
    }

    private static int Convict(FourPuppets cast, Puppet p, Puppet q, FaultKind kind)
    {
        foreach (var puppet in new[] { p, q }) cast.Expect(puppet.Committed.Count == 1, $"{puppet.Name} was to decide");
        var ((first, byFirst), (second, bySecond)) = (p.Committed[0], q.Committed[0]);
        cast.Expect(first.Hash != second.Hash, "there was to be a fork");
        CommitCertificate[] sides = [byFirst, bySecond];
        var polkas = new[] { p, q }.SelectMany(puppet => puppet.Polkas).OfType<PeerMessage.PolkaMessage>().Select(message => message.Certificate).ToList();
        var finding = ForkAnalysis.Analyze(cast.Genesis.Hash, cast.Genesis.ValidatorSet(), sides[0], sides[1], polkas);
        cast.Expect(finding.Fault == ForkFault.None && finding.RefusedPolkas == 0, $"the certificates and polkas were to hold: {finding.Fault}, {finding.RefusedPolkas} refused");
        cast.Expect(finding.IsEnough, $"more than a third was to be named; {finding.Missing} is missing");
        cast.Expect(finding.Proofs.Select(proof => proof.Guilty).ToHashSet().SetEquals(cast.Failing), "exactly the two that broke the rules were to be named");
        foreach (var proof in finding.Proofs)
        {
            cast.Expect(proof.Kind == kind, $"{kind} was to be proven, not {proof.Kind}");
            cast.Expect(proof.Check(cast.Genesis.Hash) == EvidenceFault.None, "a proof was to stand for itself");
        }

        return finding.Proofs.Length;
    }

    private static void SignTwice(FourPuppets cast, Puppet p, Puppet q)
    {
        var block = BlockOf(cast, B, 0);
        Side(p, block);
        Side(q, Accomplice.Variant(block));

        void Side(Puppet puppet, Block shown)
        {
            puppet.Hear(cast.Accomplice(B).Address, cast.Accomplice(B).Propose(Round.Zero, shown, null));
            Prevotes(cast, puppet, 0, shown, null);
            Precommits(cast, puppet, 0, shown);
        }
    }

    private static void ForgetLock(FourPuppets cast, Puppet p, Puppet q)
    {
        var first = BlockOf(cast, B, 0);
        p.Hear(cast.Accomplice(B).Address, cast.Accomplice(B).Propose(Round.Zero, first, null));
        Prevotes(cast, p, 0, first, null);
        Precommits(cast, p, 0, first);

        // To Q it is a round in which nothing came about.
        q.TimeOut(TimeoutKind.Propose);
        Prevotes(cast, q, 0, first, null);
        q.TimeOut(TimeoutKind.Prevote);
        Precommits(cast, q, 0, first);
        q.TimeOut(TimeoutKind.Precommit);

        var second = BlockOf(cast, C, 1);
        q.Hear(cast.Accomplice(C).Address, cast.Accomplice(C).Propose(new Round(1), second, null));
        Prevotes(cast, q, 1, second, null);
        q.Rebroadcast(); // as every node does that is locked: so the polka is there
        Precommits(cast, q, 1, second);
    }

    private static void AnswerOtherPolka(FourPuppets cast, Puppet p, Puppet q)
    {
        var first = BlockOf(cast, B, 0);
        var second = Accomplice.Variant(first);
        p.Hear(cast.Accomplice(B).Address, cast.Accomplice(B).Propose(Round.Zero, first, null));
        Prevotes(cast, p, 0, first, null);
        p.Rebroadcast();
        Precommits(cast, p, 0, first);

        q.Hear(cast.Accomplice(B).Address, cast.Accomplice(B).Propose(Round.Zero, second, null));
        Prevotes(cast, q, 0, second, null);
        q.Rebroadcast();
        Precommits(cast, q, 0, null);
        q.TimeOut(TimeoutKind.Precommit);

        q.Hear(cast.Accomplice(C).Address, cast.Accomplice(C).Propose(new Round(1), second, Round.Zero));
        Prevotes(cast, q, 1, second, Round.Zero);
        q.Rebroadcast();
        Precommits(cast, q, 1, second);
    }

    private static void Prevotes(FourPuppets cast, Puppet puppet, uint round, Block block, Round? validRound)
    {
        foreach (var accomplice in new[] { cast.Accomplice(B), cast.Accomplice(C) }) puppet.Hear(accomplice.Address, accomplice.Prevote(Height.First, new Round(round), block.Hash, validRound));
    }

    private static void Precommits(FourPuppets cast, Puppet puppet, uint round, Block? block)
    {
        foreach (var accomplice in new[] { cast.Accomplice(B), cast.Accomplice(C) }) puppet.Hear(accomplice.Address, accomplice.Precommit(Height.First, new Round(round), block?.Ref));
    }

    private static Block BlockOf(FourPuppets cast, int author, uint round)
    {
        var template = new BlockTemplate { Author = cast.Accomplice(author).Address, BuiltRound = new Round(round), Time = new Timestamp(Cluster.Epoch), LastCommit = null };
        return BlockBuilder.Build(LedgerState.FromGenesis(cast.Genesis), template, []).Block;
    }
}
