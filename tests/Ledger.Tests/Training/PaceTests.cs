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
        _world.Take(_world.Share(0)); // its producer does its part
        _world.RunTo(null);
        Assert.Equal((RoundOutcome.NoSeed, 0u), (TrainingQueries.Outcome(_world, _world.Task, 1)!.Outcome, _world.TaskRecord.Tries));

        _world.RegisterChains(1, 2, 3); // they opened no share, so they have no chains
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

    /// <summary>A file that is no model has no loss, so nobody was lucky with it: it raises no bar.</summary>
    [Fact]
    public void OnlyCandidatesWithLossesCountAsTried()
    {
        var broken = TestCandidate.Make(_world, 1) with { Outcome = new CandidateOutcome.Refused(CandidateVerdict.Malformed) };
        _world.RunRound(broken, TestCandidate.Make(_world, 2, trainer: 1));
        Assert.Equal(1u, _world.TaskRecord.Tries);
    }

    /// <summary>Copies that cannot win raise the bar for others; each doubling of them costs a fee more.</summary>
    [Fact]
    public void TheFeeGrowsWithTheTries()
    {
        var fee = _world.Genesis.Parameters.Training.ShortfallFee;
        foreach (var (tries, times) in new[] { (0u, 1), (1u, 2), (2u, 3), (3u, 3), (4u, 4), (255u, 9), (256u, 9), (uint.MaxValue, 9) })
            Assert.Equal(fee * (ulong)times, TaskPace.FeeOf(_world.Genesis.Parameters.Training, tries));
        Assert.Equal(Amount.FromNtk(10), TaskPace.FeeOf(new TrainingParameters { ShortfallFee = Amount.FromNtk(9) }, 1));
        var most = new Amount(UInt128.MaxValue);
        Assert.Equal(most, TaskPace.FeeOf(new TrainingParameters { ShortfallFee = most, CandidateBond = most }, uint.MaxValue));

        Round(2); // two tries
        var before = _world.Balance(_world.Trainers[0].Address);
        Assert.Equal(fee * 3, TrainingQueries.Fee(_world, _world.TaskRecord, null));
        Round(1);
        Assert.Equal(before - (fee * 3), _world.Balance(_world.Trainers[0].Address));
    }

    [Fact]
    public void ARunnerUpThatReachesBothBoundsPaysNothing()
    {
        var before = _world.Balance(_world.Trainers[0].Address);
        var statement = _world.RunRound(
            TestCandidate.Make(_world, 1, gain: 10), TestCandidate.Make(_world, 2, trainer: 1, producer: 1, gain: 20), TestCandidate.Make(_world, 3, trainer: 2, producer: 2));
        Assert.Equal(1, statement.Winner);
        Assert.Equal(before, _world.Balance(_world.Trainers[0].Address));
        Assert.Equal(before - _world.Genesis.Parameters.Training.ShortfallFee, _world.Balance(_world.Trainers[2].Address));
    }

    /// <summary>How many looked before makes no claim truer: it is held against z for a single look.</summary>
    [Fact]
    public void AFalseClaimIsNoTruerWhereTheBarIsHigh()
    {
        const uint z = 3_000, raised = 3_432;
        var losses = TestCandidate.LossesLower(64, 20);
        var incumbent = TestCandidate.IncumbentLosses(64);
        var gain = new GainStatistics(48, 0, 0);
        for (var i = 0; i < 48; i++)
        {
            var d = (Int128)incumbent[i] - losses[i];
            gain = gain with { Sum = gain.Sum + d, SquareSum = gain.SquareSum + (UInt128)(d * d) };
        }

        var claim = (ulong)(gain.Sum / 48);
        while (!gain.IsBelowClaim(claim, z)) claim++;
        Assert.False(gain.IsBelowClaim(claim, raised));
        _world.RunRound(TestCandidate.Make(_world, 1, gain: 20) with { Claim = claim }, TestCandidate.Make(_world, 2, trainer: 1, producer: 1));
        Assert.Equal("below_claim", TrainingWorld.Attribute(_world.Of("training.bond_burned").Single(), "reason"));
    }

    /// <summary>What a vote changes meanwhile holds for the rounds that follow.</summary>
    [Fact]
    public void TheBarAndTheFeeOfARoundAreThoseOfItsOpening()
    {
        _world.RegisterChains();
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.Change(p => p with { SeedColluders = 20, TriesBitsMax = 0, ShortfallFee = Amount.FromNtk(5), RequiredGainMinMillionths = 100_000 });
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        Assert.Equal((3_223u, 2_500u, new TrainingParameters().ShortfallFee), (_world.Round!.ZThousandths, _world.Round.RequiredGainMillionths, _world.Round.Fee));
        _world.RunTo(null);
        Assert.Equal(ZCorrection.Of(3_000, 20), Asked());
        Assert.Equal(Amount.FromNtk(5), TrainingQueries.Fee(_world, _world.TaskRecord, null));
        Assert.Equal(100_000u, TrainingQueries.RequiredGain(_world, _world.TaskRecord, null, _world.Height.Next()));
    }

    /// <summary>Improvements that come faster than the task wants make the next one harder, and time makes it easier, down to the bound.</summary>
    [Fact]
    public void TheRequiredGainFollowsThePace()
    {
        var world = new TrainingWorld(new TrainingParameters
        {
            EvaluationSamples = 64,
            PrivateSamples = 3,
            RequiredGainMinMillionths = 1_000,
            RequiredGainMaxMillionths = 20_000,
            RetargetTauBlocks = 60,
        });
        for (var i = 0; i < 30; i++) world.Block(); // before its first round no time passes
        Assert.Equal(1_000u, Foreseen(0));
        world.RunRound(TestCandidate.Make(world, 1, gain: 20));
        var anchor = world.TaskRecord.Anchor!.Value;
        Assert.Equal((1_000u, 0UL, 60UL), (anchor.GainMillionths, anchor.Certified, anchor.TauBlocks));
        var foreseen = Foreseen(0);
        Assert.Equal(GainRetarget.Of(anchor, 1, world.Height.Next(), 60), foreseen);
        Assert.InRange(foreseen, 1_300u, 1_999u);
        var second = TestCandidate.Make(world, 2, gain: 30);
        world.Take(world.Commit(second));
        Assert.Equal(foreseen, world.Round!.RequiredGainMillionths);
        Assert.Equal(anchor, world.TaskRecord.Anchor);

        // A bound moves the anchor: from there on the pace counts anew.
        world.RunTo(null);
        for (var i = 0; i < 600; i++) world.Block();
        Assert.Equal(1_000u, Foreseen(0));
        world.Take(world.Commit(TestCandidate.Make(world, 3)));
        Assert.Equal(new GainAnchor(world.Height, 1_000, 1, 60), world.TaskRecord.Anchor);

        // So does a vote on the pace.
        world.Change(p => p with { RetargetTauBlocks = 6_000 });
        world.RunTo(null);
        var old = TrainingQueries.RequiredGain(world, world.TaskRecord with { CertifiedCount = 2 }, null, world.Height.Next());
        Assert.InRange(old, 1_001u, 2_000u);
        world.Take(world.Commit(TestCandidate.Make(world, 4)));
        Assert.Equal(new GainAnchor(world.Height, 1_000, 1, 6_000), world.TaskRecord.Anchor);

        uint Foreseen(ulong blocks) => TrainingQueries.RequiredGain(world, world.TaskRecord, world.Round, world.Height.Plus(1 + blocks));
    }

    /// <summary>Burns and credits change the supply; within an epoch parts of a gain pay as the whole all the same.</summary>
    [Fact]
    public void TheBaseOfRewardsStaysForAnEpoch()
    {
        _world.RunRound(TestCandidate.Make(_world, 1, gain: 10));
        var first = _world.TaskRecord;
        Assert.Equal((Amount.FromNtk(1_003_000), 0UL), (first.RewardBase, first.RewardEpoch));
        Burn();
        _world.RunRound(TestCandidate.Make(_world, 2, trainer: 1, gain: 10));
        Assert.Equal((2UL, first.RewardBase), (_world.TaskRecord.CertifiedCount, _world.TaskRecord.RewardBase));
        _world.Change(p => p with { HalvingBlocks = _world.Height.Value + 3 });
        while (HalvingEpoch.Get(_world).Number == 0) _world.Block();
        _world.RunRound(TestCandidate.Make(_world, 3, trainer: 1, gain: 10));
        Assert.Equal((first.RewardBase - Amount.FromNtk(3), 1UL), (_world.TaskRecord.RewardBase, _world.TaskRecord.RewardEpoch));

        void Burn() => _world.Block([], after: context =>
        {
            Assert.True(SupplyModule.TryLock(context.State, _world.Trainers[2].Address, Amount.FromNtk(3)));
            SupplyModule.BurnFromEscrow(context.State, Amount.FromNtk(3));
        });
    }

    /// <summary>A certificate in the last block of an epoch is that epoch's.</summary>
    [Fact]
    public void TheLastBlockOfAnEpochPaysByIt()
    {
        _world.RunRound(TestCandidate.Make(_world, 1, gain: 10));
        var world = new TrainingWorld(new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3, HalvingBlocks = _world.Height.Value + 1 });
        world.RunRound(TestCandidate.Make(world, 1, gain: 10));
        Assert.Equal((_world.Height, new HalvingEpoch(1, world.Height.Next())), (world.Height, HalvingEpoch.Get(world)));
        Assert.Equal(0UL, world.TaskRecord.RewardEpoch);
        Assert.Equal(RewardTotals.Get(_world).Paid, RewardTotals.Get(world).Paid);
        world.RunRound(TestCandidate.Make(world, 2, gain: 15));
        Assert.Equal(1UL, world.TaskRecord.RewardEpoch);
    }

    /// <summary>A shorter epoch ends the present one sooner, and makes no past one of it.</summary>
    [Fact]
    public void AVoteOnHalvingsChangesNoPastEpoch()
    {
        for (var i = 0; i < 50; i++) _world.Block();
        _world.Change(p => p with { HalvingBlocks = 10 });
        _world.Block();
        Assert.Equal(new HalvingEpoch(1, _world.Height.Next()), HalvingEpoch.Get(_world));
        for (var i = 0; i < 9; i++) _world.Block();
        Assert.Equal(1UL, HalvingEpoch.Get(_world).Number);
        _world.Block();
        Assert.Equal(2UL, HalvingEpoch.Get(_world).Number);
        Assert.Equal(["1", "2"], _world.Of("rewards.halved").Select(e => TrainingWorld.Attribute(e, "epoch")));
    }

    [Fact]
    public void TheSharesOfARewardAreParameters()
    {
        Assert.NotNull(new TrainingParameters { TrainerPercent = 46 }.Fault());
        var world = new TrainingWorld(new TrainingParameters
        {
            EvaluationSamples = 64,
            PrivateSamples = 3,
            TrainerPercent = 80,
            ProducerPercent = 0,
            AttesterPercent = 10,
            SupplierPercent = 10,
            ProposerPercent = 0,
        });
        var statement = world.RunRound(TestCandidate.Make(world, 1, gain: 10));
        var reward = RewardFormula.Of(Amount.FromNtk(1_003_000), statement.IncumbentPaidSum, statement.PaidSumOf(statement.Candidates[0]), 0);
        Assert.Equal(Amount.DivRem(reward * 80, 100).Quotient.ToString(), TrainingWorld.Attribute(world.Of("rewards.paid").First(), "amount"));
        Assert.DoesNotContain(world.Of("rewards.paid"), e => TrainingWorld.Attribute(e, "role") is "producer" or "proposer");
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
                row.GetProperty("height").GetUInt64() / row.GetProperty("halving").GetUInt64());
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
