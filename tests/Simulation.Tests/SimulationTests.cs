using NeuroChain.Simulation;

namespace NeuroChain.Simulation.Tests;

public sealed class SimulationTests
{
    /// <summary>Two hundred bad days; a failure names its seed.</summary>
    [Theory]
    [InlineData(1, 100)]
    [InlineData(101, 200)]
    public void NoSeedBreaksARule(ulong first, ulong last)
    {
        var crashes = 0;
        Parallel.For((long)first, (long)last + 1, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            try
            {
                Interlocked.Add(ref crashes, new Cluster(SimulationOptions.FromSeed((ulong)seed)).Run().Crashes);
            }
            catch (Exception failure)
            {
                Assert.Fail($"seed {seed}: {failure.Message}; repeat it with ./neurochain simulate --seeds {seed}");
            }
        });
        Assert.True(crashes > 100, $"only {crashes} crashes: the runs are too kind");
    }

    [Fact]
    public void OneSeedIsOneRun()
    {
        var first = new Cluster(SimulationOptions.FromSeed(3)).Run();
        var second = new Cluster(SimulationOptions.FromSeed(3)).Run();
        Assert.Equal(first, second);
        Assert.NotEqual(first.EventHash, new Cluster(SimulationOptions.FromSeed(4)).Run().EventHash);
    }

    [Fact]
    public void WithoutFaultsEveryHeightTakesOneInterval()
    {
        var result = new Cluster(new SimulationOptions { Seed = 1, FaultyFor = 10_000, HealthyFor = 20_000 }).Run();
        Assert.InRange(result.Height.Value, 28UL, 31UL);
    }

    /// <summary>Checkers that never fail check nothing.</summary>
    [Fact]
    public void TheCheckersSeeAForkAndADivergence()
    {
        var (a, b) = (Chain.PrivateKey.FromSeed(Chain.Hash256.Sha256([1])).Address, Chain.PrivateKey.FromSeed(Chain.Hash256.Sha256([2])).Address);
        var agreement = new AgreementChecker();
        agreement.Decided(a, new Chain.Height(5), new Chain.BlockHash(Chain.Hash256.Sha256([1])));
        agreement.Decided(b, new Chain.Height(5), new Chain.BlockHash(Chain.Hash256.Sha256([1])));
        Assert.Throws<SimulationFailedException>(() => agreement.Decided(b, new Chain.Height(5), new Chain.BlockHash(Chain.Hash256.Sha256([2]))));
        var states = new StateChecker();
        states.Reached(a, new Chain.Height(5), new Chain.StateRoot(Chain.Hash256.Sha256([1])));
        Assert.Throws<SimulationFailedException>(() => states.Reached(b, new Chain.Height(5), new Chain.StateRoot(Chain.Hash256.Sha256([2]))));
    }
}
