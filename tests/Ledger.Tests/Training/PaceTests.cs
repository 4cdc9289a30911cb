using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class PaceTests
{
    private readonly TrainingWorld _world = new();

    /// <summary>Of four validators one may collude: a bit. Two, then three, five and six candidates were tried on one incumbent.</summary>
    [Fact]
    public void EachCandidateOnOneIncumbentRaisesTheBarUntilOneWins()
    {
        Assert.Equal(3_432u, Round(2)); // 1 + 1 bits
        Assert.Equal(3_628u, Round(1)); // 1 + 2
        Assert.Equal(3_814u, Round(2)); // 1 + 3
        Assert.Equal(5u, _world.TaskRecord.Tries);
        Assert.Equal(3_814u, Round(1, gain: 20));
        Assert.Equal((0u, 1UL), (_world.TaskRecord.Tries, _world.TaskRecord.CertifiedCount));
        Assert.Equal(3_223u, Round(1));
    }

    [Fact]
    public void WhatWasForeseenForOneMoreCandidateHoldsIfItIsTheLast()
    {
        Assert.Equal(3_223u, Asked());
        _world.RegisterChains();
        _world.Take(_world.Commit(TestCandidate.Make(_world, 1)));
        Assert.Equal(3_432u, Asked()); // a second one would be judged by it
        Assert.Equal(0u, _world.Round!.ZThousandths);
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(TestCandidate.Make(_world, 1)));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        Assert.Equal((3_223u, 3_223u), (_world.Round!.ZThousandths, Asked()));
    }

    /// <summary>Nobody saw a loss before the seed, so nothing was tried; after it somebody may have.</summary>
    [Fact]
    public void AVoidRoundCountsItsCandidatesOnlyIfItHadASeed()
    {
        _world.RegisterChains();
        var unseen = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(unseen));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(unseen));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        _world.RunTo(null);
        Assert.Equal((RoundOutcome.NoSeed, 0u), (TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome, _world.TaskRecord.Tries));

        _world.Take(_world.Commit(TestCandidate.Make(_world, 2)));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(TestCandidate.Make(_world, 2)));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        _world.Take([.. Enumerable.Range(0, 4).Select(_world.Share)]);
        _world.RunTo(null, most: 200);
        Assert.Equal((RoundOutcome.NotAttested, 1u), (TrainingQueries.Outcome(_world, _world.Task, 2)!.Outcome, _world.TaskRecord.Tries));
    }

    /// <summary>A gain on the samples that judge, and none on those that pay: certified, and not paid.</summary>
    [Fact]
    public void LuckIsNotPaid()
    {
        var losses = TestCandidate.IncumbentLosses(64);
        for (var i = 0; i < 48; i++) losses[i] -= (1u << Loss.FractionBits) / 10;
        var lucky = TestCandidate.Make(_world, 1) with { Outcome = new CandidateOutcome.Evaluated(losses) };
        _world.RunRound(lucky);
        Assert.Equal(lucky.Model, _world.TaskRecord.BestModel);
        Assert.Single(TrainingQueries.Terms(_world));
        Assert.Empty(_world.Of("rewards.paid"));
        Assert.Equal(Amount.FromNtk(1_000_000), _world.Supply.Reserve);
    }

    [Fact]
    public void RewardsAreWhatTheVectorsSay()
    {
        var rows = NeuroChain.Chain.Tests.TrainingVectorFile.Read("reward");
        Assert.True(rows.Count > 40);
        foreach (var row in rows)
        {
            Assert.True(UInt128.TryParse(row.GetProperty("issued").GetString(), out var issued));
            var reward = RewardFormula.Of(
                new Amount(issued),
                row.GetProperty("loss").GetUInt64(),
                row.GetProperty("paid").GetUInt64(),
                new Height(row.GetProperty("height").GetUInt64()),
                row.GetProperty("halving").GetUInt64());
            Assert.Equal(row.GetProperty("reward").GetString(), reward.Units.ToString());
        }
    }

    // A round with so many candidates that are no better, or one that is; gives the z that it asked for.
    private uint Round(int candidates, int gain = 0)
    {
        var first = (int)(10 * _world.TaskRecord.NextRound);
        var statement = _world.RunRound(
            [.. Enumerable.Range(0, candidates).Select(i => TestCandidate.Make(_world, first + i, trainer: i, producer: i, gain: gain))]);
        return statement.ZThousandths;
    }

    private uint Asked() => TrainingQueries.ZAsked(_world, _world.TaskRecord, _world.Round, 4);
}
