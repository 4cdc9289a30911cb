using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.Simulation.Tests;

/// <summary>More than a third may fork the chain; they do, and are named, and nobody else is.</summary>
public sealed class ManyLiarsTests
{
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(0, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([7, (byte)i]))).OrderBy(key => key.Address)];
    private static readonly GenesisDocument Genesis = new()
    {
        ChainName = "many",
        TimeMs = 1,
        Validators = [.. Keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))],
    };

    [Fact]
    public void ForksComeAboutAndNameThoseWhoMadeThem()
    {
        var (done, punished) = (new Tally(), 0);
        for (ulong seed = 1; seed <= 12; seed++)
        {
            var result = new Cluster(Swarm.Draw(seed, validators: 4, liars: LiarMix.Many)).Run();
            Assert.True(result.Rounds >= result.Height.Value, "every height takes a round");
            done.AddAll(result.Done);
            punished += result.Punished;
        }

        Assert.True(punished > 0, "where there is no fork the chain punishes them");
        Assert.Equal(12, done["runs_that_may_fork"]);
        Assert.True(done["forks"] > 2, $"only {done["forks"]} of twelve runs forked: the liars are too kind");
        Assert.Equal(done["forks"], done["forks_named_by_what_was_stored"] + done["forks_with_a_side_that_liars_alone_hold"]);
        Assert.True(done["forks_named_by_what_was_stored"] > 2, "forks that only liars know of show little");
    }

    /// <summary>Who locked one block and prevoted another is named by the polka alone: where nobody stored it, nobody is named, and that is a failure.</summary>
    [Fact]
    public void AForkWhosePolkaNobodyStoredIsSeen()
    {
        var guilty = new HashSet<Address> { Keys[0].Address, Keys[1].Address };
        var validators = Genesis.ValidatorSet();
        var (first, second) = (Certificate(1, 0, 0, 1, 2), Certificate(2, 1, 0, 1, 3));
        var prevote = new Prevote(Height.First, new Round(1), second.Block.Hash, null);
        var polka = new PolkaCertificate(prevote.Height, prevote.Round, null, second.Block.Hash, [.. new[] { 0, 1, 3 }.Select(i => new IndexedSignature((ushort)i, Keys[i].Sign(prevote.Digest(Genesis.Hash))))]);
        var checker = new ForkChecker(Genesis, guilty, []);
        Assert.True(checker.JudgeStores(Height.First, [Home(first), Home(second, polka)]));
        Assert.Contains("only 0 of 4", Assert.Throws<SimulationFailedException>(() => checker.JudgeStores(Height.First, [Home(first), Home(second)])).Message);
        Assert.Contains("no two stores", Assert.Throws<SimulationFailedException>(() => checker.JudgeStores(Height.First, [Home(first), Home(first)])).Message);

        HeightCertificates Home(CommitCertificate commit, params PolkaCertificate[] polkas) => new(Genesis.Hash, validators, commit, [.. polkas]);
    }

    [Fact]
    public void TheManyHaveMoreThanAThirdAndLessThanTwo()
    {
        for (ulong seed = 0; seed < 1_000; seed++)
        {
            var cast = Cast.Draw(new SeededStream(seed), Swarm.Draw(seed, liars: LiarMix.Many));
            var total = cast.Powers.Aggregate((a, b) => a + b);
            var many = cast.Byzantine.Aggregate(0UL, (sum, i) => sum + cast.Powers[i]);
            Assert.True(3 * many > total && 3 * many < 2 * total);
            Assert.Empty(cast.Spoilt);
        }
    }

    [Fact]
    public void AForkThatNamesTooFewOrAnHonestOneIsSeen()
    {
        var finding = Fork(out var validators);
        Assert.Equal(2, finding.Proofs.Length);
        var guilty = finding.Proofs.Select(proof => proof.Guilty).ToHashSet();
        new ForkChecker(Genesis, guilty, []).Judge(Height.First, finding, validators);
        Assert.Contains("honest", Failure(guilty.Take(1).ToHashSet(), finding));
        Assert.Contains("only 1 of 4", Failure(guilty, finding with { Proofs = [finding.Proofs[0]] }));
        Assert.Contains("to be none", Failure(guilty, finding with { Fault = ForkFault.SameBlock }));

        string Failure(HashSet<Address> failing, ForkFinding found) =>
            Assert.Throws<SimulationFailedException>(() => new ForkChecker(Genesis, failing, []).Judge(Height.First, found, validators)).Message;
    }

    // Both 0 and 1 precommit two blocks of round 0; 2 decides the one, 3 the other.
    private static ForkFinding Fork(out ValidatorSet validators)
    {
        validators = Genesis.ValidatorSet();
        return ForkAnalysis.Analyze(Genesis.Hash, validators, Certificate(1, 0, 0, 1, 2), Certificate(2, 0, 0, 1, 3), []);
    }

    private static CommitCertificate Certificate(byte block, uint round, params int[] signers)
    {
        var named = new BlockRef(new BlockHash(Hash256.Sha256([block])), default, default);
        var precommit = new Precommit(Height.First, new Round(round), named);
        return new CommitCertificate(precommit.Height, precommit.Round, named, [.. signers.Select(i => new IndexedSignature((ushort)i, Keys[i].Sign(precommit.Digest(Genesis.Hash))))]);
    }
}
