using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Two of four break the rules, more than any protocol can bear: P and Q decide different blocks of one height. What is promised then is that
/// the two certificates, with the polkas that P and Q stored, name both culprits, each by a proof that stands for itself, and nobody else. When
/// Q hears of P's decision it convicts them by what it heard itself.
/// <code>
/// signed twice         round 0: v for P, v' for Q, and for each the votes of B and C
/// forgot a lock        round 0: B and C decide v with P; round 1: they prevote v' with Q as if there had been nothing
/// other polka          round 0: polkas for v, by which P decides, and for v'; round 1: v' again for Q, with the round of its polka
/// after seventy polkas B and C let Q go from round to round, as quickly as it hears them, with a polka for v in each and no decision; then they
///                      decide v' with P; then v with Q, in a round more, with the round of its last polka
/// </code>
/// </summary>
public sealed class ForkScenario : IScenario
{
    // Who leads rounds 0 and 1 of the first height.
    private const int B = 1;
    private const int C = 2;
    private const int P = 3;
    private const int Q = 0;
    private const int Seventy = 70;

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
            ("after seventy polkas", FaultKind.Amnesia, ForkAfterMany),
        ];
        foreach (var way in ways)
        {
            var cast = new FourPuppets($"{Name}, {way.Name}", 'o', B, C);
            var (p, q) = (cast.Puppet(P, "P"), cast.Puppet(Q, "Q"));
            foreach (var puppet in new[] { p, q }) puppet.BeginHeight();
            way.Play(cast, p, q);
            figures[$"{way.Name}: convicted"] = Convict(cast, p, q, way.Kind);
        }

        return new ScenarioResult(Name, "two of four made four forks in different ways, and each time both were convicted and nobody else", figures, [ScenarioBar.AtLeast("of the four convicted in each of the ways, by what nodes kept", figures.Values.Min(), 2)]);
    }

    private static int Convict(FourPuppets cast, Puppet p, Puppet q, FaultKind kind)
    {
        foreach (var puppet in new[] { p, q }) cast.Expect(puppet.Committed.Count == 1, $"{puppet.Name} was to decide");
        var genesis = cast.Genesis.Hash;
        var (first, second) = (p.Stored(genesis, Height.First)!, q.Stored(genesis, Height.First)!);
        cast.Expect(first.Commit.Block.Hash != second.Commit.Block.Hash, "there was to be a fork");
        var finding = ForkAnalysis.Analyze(genesis, first.Validators, first.Commit, second.Commit, first.Polkas.Concat(second.Polkas));
        cast.Expect(finding.Fault == ForkFault.None && finding.RefusedPolkas == 0, $"the certificates and polkas were to hold: {finding.Fault}, {finding.RefusedPolkas} refused");
        cast.Expect(finding.IsEnough, $"more than a third was to be named; {finding.Missing} is missing");
        cast.Expect(finding.Proofs.Select(proof => proof.Guilty).ToHashSet().SetEquals(cast.Failing), "exactly the two that broke the rules were to be named");
        foreach (var proof in finding.Proofs)
        {
            cast.Expect(proof.Kind == kind, $"{kind} was to be proven, not {proof.Kind}");
            cast.Expect(proof.Check(genesis) == EvidenceFault.None, "a proof was to stand for itself");
        }

        q.Hear(p.Address, new PeerMessage.CommitMessage(first.Commit));
        cast.Expect(q.Found.Select(proof => proof.Guilty).ToHashSet().SetEquals(cast.Failing), "Q was to convict the same two by what it heard");
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
        Precommits(cast, q, 1, second);
    }

    private static void AnswerOtherPolka(FourPuppets cast, Puppet p, Puppet q)
    {
        var first = BlockOf(cast, B, 0);
        var second = Accomplice.Variant(first);
        p.Hear(cast.Accomplice(B).Address, cast.Accomplice(B).Propose(Round.Zero, first, null));
        Prevotes(cast, p, 0, first, null);
        Precommits(cast, p, 0, first);

        q.Hear(cast.Accomplice(B).Address, cast.Accomplice(B).Propose(Round.Zero, second, null));
        Prevotes(cast, q, 0, second, null);
        Precommits(cast, q, 0, null);
        q.TimeOut(TimeoutKind.Precommit);

        q.Hear(cast.Accomplice(C).Address, cast.Accomplice(C).Propose(new Round(1), second, Round.Zero));
        Prevotes(cast, q, 1, second, Round.Zero);
        Precommits(cast, q, 1, second);
    }

    private static void ForkAfterMany(FourPuppets cast, Puppet p, Puppet q)
    {
        var first = BlockOf(cast, B, 0);
        var (round, last) = (0u, (Round?)null);
        for (var polkas = 0; polkas < Seventy; round++)
        {
            if (LeaderOf(round) == P) continue; // which knows nothing of all this
            Offer(cast, q, round, first, last);
            (last, polkas) = (new Round(round), polkas + 1);
            q.Rebroadcast(); // time passes: of one validator a node takes so many votes on rounds ahead in a second, and no more
        }

        while (LeaderOf(round) != B) round++;
        var second = BlockOf(cast, B, round);
        Offer(cast, p, round, second, null);
        Precommits(cast, p, round, second);

        Offer(cast, q, round + 1, first, last);
        Precommits(cast, q, round + 1, first);
    }

    // Whoever hears that more than a third is in a later round goes there, and votes for what its leader offers.
    private static void Offer(FourPuppets cast, Puppet to, uint round, Block block, Round? validRound)
    {
        Prevotes(cast, to, round, block, validRound);
        if (LeaderOf(round) is (B or C) and var leader) to.Hear(cast.Accomplice(leader).Address, cast.Accomplice(leader).Propose(new Round(round), block, validRound));
        cast.Expect(to.HasCast<Precommit>(round), $"{to.Name} was to see a polka in round {round}");
    }

    private static int LeaderOf(uint round) => (int)((round + 1) % 4);

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
