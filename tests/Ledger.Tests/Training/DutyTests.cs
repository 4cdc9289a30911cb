using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class DutyTests
{
    private readonly TrainingWorld _world = new();

    [Fact]
    public void AValidatorWithoutAChainRegistersOne()
    {
        Assert.Equal(new TrainingDuty.RegisterSeedChain(SeedChain.LengthDefault, SeedChainReason.Missing, new SeedChainBeginning(0, 0, null)), Assert.Single(Duties(0)));
        _world.RegisterChains();
        Assert.Empty(Duties(0));
        _world.Block([], after: context =>
        {
            for (var i = 0; i < 48; i++) SeedModule.NextIndex(context.State);
        });
        Assert.Equal(new TrainingDuty.RegisterSeedChain(SeedChain.LengthDefault, SeedChainReason.RunningOut, new SeedChainBeginning(40, 48, null)), Assert.Single(Duties(0)));
    }

    /// <summary>Whoever has lost the secret of its chain, or was away, has another one for the rounds that open from then on.</summary>
    [Fact]
    public void AShareThatWasMissedMakesANewChainDue()
    {
        _world.RegisterChains();
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(TrainingPhase.Availability);
        _world.Take([.. Enumerable.Range(0, 4).Select(i => _world.Vote(i, 1))]);
        _world.RunTo(TrainingPhase.Seed);
        Assert.IsType<TrainingDuty.OpenSeedShare>(Assert.Single(Duties(3)));
        _world.Take(_world.Share(0), _world.Share(1), _world.Share(2));
        _world.RunTo(TrainingPhase.AttestCommit);
        Assert.Contains(new TrainingDuty.RegisterSeedChain(SeedChain.LengthDefault, SeedChainReason.Missing, new SeedChainBeginning(1, 1, _world.Chains[3].Tip)), Duties(3));
        _world.Take(_world.Register(3, Hash256.Sha256([1]), 64));
        Assert.DoesNotContain(Duties(3), duty => duty is TrainingDuty.RegisterSeedChain);
    }

    [Fact]
    public void AStrangerHasNoDuties() => Assert.Empty(
        TrainingDuties.Of(_world, _world.Genesis, _world.Hash, _world.Height.Next(), _world.Trainers[0].Address, _world.Validators));

    [Fact]
    public void EachWindowHasItsDutyAndTheMessageEndsIt()
    {
        var (hidden, shown) = (TestCandidate.Make(_world, 1, gain: 5), TestCandidate.Make(_world, 2, trainer: 1, gain: 10) with { Claim = 7 });
        _world.RegisterChains();
        _world.Take(_world.Commit(hidden), _world.Commit(shown));
        Assert.Empty(Duties(0));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(shown));
        Assert.Equal(shown.Model, Assert.Single(Assert.IsType<TrainingDuty.FetchCandidates>(Assert.Single(Duties(0))).Candidates).Model);
        _world.RunTo(TrainingPhase.Availability);

        var vote = Assert.IsType<TrainingDuty.VoteAvailability>(Assert.Single(Duties(0)));
        Assert.Equal((_world.Task, 1UL, 1UL), (vote.Task, vote.TrainingRound, vote.BlocksLeft));
        Assert.Equal((20UL, false), (vote.PatienceLeft, vote.IsLast));
        var revealed = Assert.Single(vote.Candidates);
        Assert.Equal((1, shown.Model, shown.ManifestRoot, 7UL), (revealed.Index, revealed.Model, revealed.ManifestRoot, revealed.ClaimedGain));
        Assert.Equal(shown.Manifest, revealed.Manifest);
        _world.Take(_world.Vote(0, 0b10));
        Assert.Empty(Duties(0));
        Assert.Equal(0UL, Assert.IsType<TrainingDuty.VoteAvailability>(Assert.Single(Duties(1))).BlocksLeft);
        _world.Take(_world.Vote(1, 0b10), _world.Vote(2, 0b10));
        _world.RunTo(TrainingPhase.Seed);

        Assert.Equal(new TrainingDuty.OpenSeedShare(_world.Task, 1, _world.Chains[0].Tip, 1), Assert.Single(Duties(0)));
        _world.Take(_world.Share(0));
        Assert.Empty(Duties(0));
        _world.Take(_world.Share(1), _world.Share(2), _world.Share(3));
        _world.RunTo(TrainingPhase.AttestCommit);

        var duties = Duties(0);
        Assert.Equal(2, duties.Count);
        var job = Assert.IsType<TrainingDuty.Evaluate>(duties[0]).Job;
        var seed = _world.Round!.Seed;
        Assert.Equal((Domain.Samples.Hash(seed.ToArray()), Domain.PrivateSamples.Hash(seed.ToArray(), _world.Keys[0].Address.ToArray())), (job.CommonSampleSeed, job.PrivateSampleSeed));
        Assert.Equal((64u, 3u, 10_000u, _world.Hash), (job.Samples, job.PrivateSamples, job.EvaluationSetSamples, job.Genesis));
        Assert.Equal((_world.TaskRecord.BestModel, shown.Model), (job.Incumbent, Assert.Single(job.Candidates).Model));
        Assert.Equal(new TrainingDuty.CommitAttestation(_world.Task, 1), duties[1]);
        Assert.NotEqual(job.PrivateSampleSeed, ((TrainingDuty.Evaluate)Duties(1)[0]).Job.PrivateSampleSeed);
        var statement = _world.Statement(shown);
        var commit = _world.AttestCommit(0, statement);
        _world.Take(commit);
        Assert.Empty(Duties(0));
        _world.Take(_world.AttestCommit(1, statement), _world.AttestCommit(2, statement));
        _world.RunTo(TrainingPhase.AttestReveal);

        var commitment = Hash256.FromBytes(commit.Body.AttestationCommit.Commitment.Span);
        Assert.Equal(new TrainingDuty.RevealAttestation(_world.Task, 1, commitment), Assert.Single(Duties(0)));
        Assert.Empty(Duties(3)); // it has nothing to show
        _world.Take(_world.AttestReveal(0, statement));
        Assert.Empty(Duties(0));
    }

    // A vote for what is held is for good, and one that comes early burns the bond of whoever is merely slow.
    [Fact]
    public void WhoLacksACandidateLooksForItUntilThePatienceIsAlmostOver()
    {
        _world.RegisterChains();
        var shown = TestCandidate.Make(_world, 1, gain: 5);
        _world.Take(_world.Commit(shown));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(shown));
        _world.RunTo(TrainingPhase.Availability);
        var blocks = 0;
        while (!Assert.IsType<TrainingDuty.VoteAvailability>(Assert.Single(Duties(0))).IsLast)
        {
            _world.Block([]);
            blocks++;
        }

        Assert.Equal(20 - 3, blocks);
        _world.Take(_world.Vote(0, 1), _world.Vote(1, 1), _world.Vote(2, 1)); // still in time
        _world.RunTo(TrainingPhase.Seed);
        Assert.Equal(CandidateStatus.Available, _world.Round!.Candidates[0].Status);
    }

    [Fact]
    public void DutiesAreTheSameWhenAskedAgain()
    {
        _world.RunToAttestation(TestCandidate.Make(_world, 1));
        Assert.Equal(Duties(2).Count, Duties(2).Count);
        var (one, two) = (((TrainingDuty.Evaluate)Duties(2)[0]).Job, ((TrainingDuty.Evaluate)Duties(2)[0]).Job);
        Assert.Equal(one with { Candidates = two.Candidates }, two);
    }

    private IReadOnlyList<TrainingDuty> Duties(int validator) => TrainingDuties.Of(
        _world, _world.Genesis, _world.Hash, _world.Height.Next(), _world.Keys[validator].Address, _world.Validators);
}
