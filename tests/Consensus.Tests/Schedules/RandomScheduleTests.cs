using NeuroChain.Chain;

namespace NeuroChain.Consensus.Tests;

/// <summary>The promises of consensus, over many seeds: a failure names its seed.</summary>
public sealed class RandomScheduleTests(ITestOutputHelper output)
{
    private const int Seeds = 200;

    [Fact]
    public void FourEqualValidatorsAgreeWithOneLiarAmongThem() => Run(new Committee(1, 1, 1, 1), seed => (int)(seed % 4));

    [Fact]
    public void UnequalValidatorsAgreeWithOneLiarAmongThem() => Run(new Committee(3, 2, 2, 1, 1, 1), seed => (int)(seed % 6));

    private void Run(Committee committee, Func<ulong, int> liar)
    {
        int early = 0, locks = 0, relocks = 0, reproposals = 0, evidence = 0;
        uint rounds = 0;
        for (ulong seed = 0; seed < Seeds; seed++)
        {
            var network = new RandomNetwork(committee, liar(seed), seed);
            try
            {
                network.Start();
                network.RunWildly(steps: 400);
                if (network.Decisions.Count > 0) early++;
                Assert.True(network.Heal(), "nobody decided");
                Assert.Single(network.Decisions.Select(d => d.Block).Distinct());
                if (seed % 4 == 0) network.Replay();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}: {failure.Message}", failure);
            }

            rounds = Math.Max(rounds, network.LastRound);
            evidence += network.Evidence;
            var precommits = network.Votes.All.OfType<Precommit>().Where(p => p.Block is not null).ToList();
            locks += precommits.Count;
            relocks += precommits.Select(p => p.BlockHash).Distinct().Count() - 1;
            reproposals += network.Votes.All.Count(v => v is Prevote { ValidRound: not null });
        }

        output.WriteLine($"decided early {early}, locks {locks}, relocks {relocks}, prevotes on re-proposals {reproposals}, evidence {evidence}, last round {rounds}");
        // Otherwise the schedules are too tame to mean anything.
        Assert.InRange(early, Seeds / 20, Seeds * 9 / 10);
        Assert.True(relocks > 2 && reproposals > Seeds / 2 && evidence > Seeds && rounds > 5);
    }

    [Theory]
    [InlineData(0, 1, null, true)]
    [InlineData(2, 3, 1u, true)]
    [InlineData(2, 3, 2u, false)]
    [InlineData(2, 2, null, false)]
    [InlineData(2, 1, null, false)]
    public void TheCheckerKnowsAmnesia(uint locked, uint prevoted, uint? validRound, bool convicts)
    {
        var (height, block) = (new Height(5), Committee.Block("A"));
        var precommit = new Precommit(height, new Round(locked), block);
        var prevote = new Prevote(height, new Round(prevoted), block.Hash, validRound is { } round ? new Round(round) : null);
        Assert.Equal(convicts, HonestVotes.Convicts(precommit, prevote));
        Assert.False(HonestVotes.Convicts(precommit, new Prevote(height, new Round(prevoted), null, null)));
        Assert.False(HonestVotes.Convicts(new Precommit(height, new Round(locked), null), prevote));
    }
}
