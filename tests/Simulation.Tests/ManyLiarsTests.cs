using NeuroChain.Chain;

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
        var done = new Tally();
        for (ulong seed = 1; seed <= 12; seed++) done.AddAll(new Cluster(Swarm.Draw(seed, validators: 4, liars: LiarMix.Many)).Run().Done);
        Assert.Equal(12, done["runs_that_may_fork"]);
        Assert.True(done["forks"] > 2, $"only {done["forks"]} of twelve runs forked: the liars are too kind");
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
        return ForkAnalysis.Analyze(Genesis.Hash, validators, Certificate(1, 0, 1, 2), Certificate(2, 0, 1, 3), []);
    }

    private static CommitCertificate Certificate(byte block, params int[] signers)
    {
        var named = new BlockRef(new BlockHash(Hash256.Sha256([block])), default, default);
        var precommit = new Precommit(Height.First, Round.Zero, named);
        return new CommitCertificate(Height.First, Round.Zero, named, [.. signers.Select(i => new IndexedSignature((ushort)i, Keys[i].Sign(precommit.Digest(Genesis.Hash))))]);
    }
}
