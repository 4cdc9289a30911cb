using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class TrainingPlanTests
{
    private static readonly TrainerCaution Caution = new() { StepsMin = 50, AttemptsMax = 2, BlocksPerLateAttempt = 10, CommitsMax = 2 };
    private static readonly TrainerBar Bar = new(2048, 3000, 10_000);

    private readonly TrainerPlan _plan = new(Caution);
    private ulong _height;
    private bool _isClosed;

    [Fact]
    public void LearningBeginsFromTheIncumbent() => Assert.Equal("Begin 1 from 1, attempt 0, factor 1.50", Step());

    [Theory]
    [InlineData("idle, clear of the bar", null, 1.5, 100, "Commit 1")]
    [InlineData("idle, a little short of it", null, 1.49, 100, "")]
    [InlineData("idle, too few steps", null, 9.0, 49, "")]
    [InlineData("somebody opened the round: less will do", TrainingPhase.Commit, 1.15, 50, "Commit 1")]
    [InlineData("but not as little", TrainingPhase.Commit, 1.14, 50, "")]
    [InlineData("the window is closed", TrainingPhase.Reveal, 9.0, 100, "")]
    [InlineData("the round is judged", TrainingPhase.AttestReveal, 9.0, 100, "")]
    public void ACandidateIsOfferedWhenItIsGoodEnoughAndTheWindowTakesIt(string description, TrainingPhase? phase, double factor, int steps, string expected)
    {
        Step();
        Assert.True(Step(phase, factor: factor, steps: steps) == expected, description);
    }

    [Fact]
    public void AFullRoundIsNotJoined()
    {
        Step();
        Assert.Equal("", Step(TrainingPhase.Commit, factor: 9, candidates: Limits.CandidatesMax));
    }

    [Fact]
    public void NothingIsOfferedToAClosedTask()
    {
        Step();
        _isClosed = true;
        Assert.Equal("", Step(factor: 9));
        _isClosed = false;
        Assert.Equal("Commit 1", Step(factor: 9));
    }

    [Fact]
    public void NothingIsOfferedWhereNothingBetterWasMeasured()
    {
        Step();
        Assert.Equal("", Step(factor: null));
    }

    [Fact]
    public void ARoundIsCommittedRevealedAndEnded()
    {
        Step();
        Assert.Equal("Commit 1", Step(factor: 2));
        Assert.Equal("", Step(TrainingPhase.Commit, factor: 2, candidates: 1)); // not yet in a block
        _plan.CommitTaken();
        Assert.Equal("", Step(TrainingPhase.Commit, factor: 2, candidates: 1));
        Assert.Equal("Reveal 1", Step(TrainingPhase.Reveal, factor: 2));
        Assert.Equal("", Step(TrainingPhase.Reveal, factor: 2));
        _plan.RevealTaken();
        Assert.Equal("", Step(TrainingPhase.Availability, factor: 2));
        Assert.Equal("", Step(TrainingPhase.AttestReveal, factor: 2));
        Assert.Equal("Ended 1 with 2, judged; Begin 2 from 2, attempt 0, factor 1.50", Step(round: 2, incumbent: 2));
    }

    [Fact]
    public void AVoidRoundIsFollowedByTheSameOffer()
    {
        Take(1);
        Assert.Equal("Ended 1 with 1, void; GoOn 2, attempt 0, factor 1.50", Step(round: 2, factor: 2));
        Assert.Equal("Commit 2", Step(round: 2, factor: 2));
    }

    [Fact]
    public void ACandidateThatFellShortMustBeBetterTheNextTime()
    {
        Take(1);
        Assert.Equal("Ended 1 with 1, judged; GoOn 2, attempt 0, factor 1.75", Step(round: 2, factor: 1.6, loss: 7));
        Assert.Equal("", Step(round: 2, factor: 1.74, loss: 7));
        Assert.Equal("Commit 2", Step(round: 2, factor: 1.75, loss: 7));
    }

    [Fact]
    public void ANewIncumbentForgivesWhatFellShort()
    {
        Take(1);
        Step(round: 2, factor: 1.6, loss: 7);
        Assert.Equal("Begin 3 from 2, attempt 0, factor 1.50", Step(round: 3, incumbent: 2, factor: 1.6, loss: 7));
    }

    [Fact]
    public void AfterAWinTheNextBlocksAreLeftToOthers()
    {
        Step(incumbent: 4, isOurs: true); // the first of the eight
        Assert.Equal("", Step(TrainingPhase.Commit, incumbent: 4, isOurs: true, candidates: 1, factor: 9));
        for (var block = 2; block < 8; block++) Assert.Equal("", Step(incumbent: 4, isOurs: true, factor: 9));
        Assert.Equal("Commit 1", Step(incumbent: 4, isOurs: true, factor: 9));
    }

    [Fact]
    public void ARoundOfOthersIsLeftToThem()
    {
        Step();
        Assert.Equal("", Step(TrainingPhase.Commit, factor: 0.1, candidates: 1));
        Assert.Equal("", Step(TrainingPhase.Reveal, factor: 2));
        Assert.Equal("", Step(round: 2, factor: 2)); // ended without an improvement: learning was never interrupted
        Assert.Equal("Commit 2", Step(round: 2, factor: 2));
    }

    [Fact]
    public void AnIncumbentThatOthersImprovedIsBegunFromAnew()
    {
        Step();
        Step(TrainingPhase.Commit, factor: 0.1, candidates: 1);
        Assert.Equal("Begin 2 from 2, attempt 0, factor 1.50", Step(round: 2, incumbent: 2, factor: 2));
    }

    [Fact]
    public void AFailedCommitIsTriedAgainOnce()
    {
        Step();
        Assert.Equal("Commit 1", Step(factor: 2));
        _plan.CommitFailed();
        Assert.Equal("Commit 1", Step(factor: 2));
        _plan.CommitFailed();
        Assert.Equal("", Step(factor: 2));
        Assert.Equal("GoOn 2, attempt 0, factor 1.50", Step(round: 2, factor: 2));
    }

    [Fact]
    public void ARoundThatNobodyElseOpensIsNotGivenUp()
    {
        Step();
        Step(factor: 2);
        _plan.CommitFailed();
        Step(factor: 2);
        _plan.CommitFailed();
        for (var block = 1; block < 10; block++) Assert.Equal("", Step(factor: 2));
        Assert.Equal("Commit 1", Step(factor: 2));
        _plan.CommitFailed();
        for (var block = 1; block < 10; block++) Assert.Equal("", Step(factor: 1.2));
        Assert.Equal("GoOn 1, attempt 0, factor 1.50", Step(factor: 1.2)); // or goes on learning, where that would not be enough any more
    }

    [Fact]
    public void AfterAFailedCommitLearningGoesOnWhereTheOfferIsNoLongerGoodEnough()
    {
        Step();
        Assert.Equal("Commit 1", Step(TrainingPhase.Commit, factor: 1.2));
        _plan.CommitFailed();
        Assert.Equal("GoOn 1, attempt 0, factor 1.50", Step(factor: 1.2)); // the round of the others ended up elsewhere
    }

    [Fact]
    public void ALostRevealIsSentAgainAndARefusedOneIsNot()
    {
        Step();
        Step(factor: 2);
        _plan.CommitTaken();
        Assert.Equal("Reveal 1", Step(TrainingPhase.Reveal, factor: 2));
        _plan.RevealFailed(isFinal: false);
        Assert.Equal("Reveal 1", Step(TrainingPhase.Reveal, factor: 2));
        _plan.RevealFailed(isFinal: true);
        Assert.Equal("", Step(TrainingPhase.Reveal, factor: 2));
    }

    [Fact]
    public void AMissedRevealWindowIsSaidOnce()
    {
        Step();
        Step(factor: 2);
        _plan.CommitTaken();
        Assert.Equal("Missed 1", Step(TrainingPhase.Availability, factor: 2));
        Assert.Equal("", Step(TrainingPhase.Seed, factor: 2));
        Assert.Equal("Ended 1 with 1, void; GoOn 2, attempt 0, factor 1.50", Step(round: 2, factor: 2));
    }

    [Fact]
    public void NewsOfARoundThatIsOverChangesNothing()
    {
        Step();
        Step(factor: 2);
        Assert.Equal("GoOn 2, attempt 0, factor 1.50", Step(round: 2, factor: 2)); // the commit came into no block in time
        _plan.CommitTaken();
        _plan.RevealTaken();
        Assert.Equal("Commit 2", Step(round: 2, factor: 2));
    }

    [Fact]
    public void SpentLearningIsTakenUpAgainAtOnceAndThenSeldom()
    {
        Step();
        Assert.Equal("GoOn 1, attempt 1, factor 1.50", Step(status: LearnerStatus.Spent, factor: 0.5));
        Assert.Equal("GoOn 1, attempt 2, factor 1.50", Step(status: LearnerStatus.Spent, factor: 0.5));
        for (var block = 0; block < 9; block++) Assert.Equal("", Step(status: LearnerStatus.Spent, factor: 0.5));
        Assert.Equal("GoOn 1, attempt 3, factor 1.50", Step(status: LearnerStatus.Spent, factor: 0.5));
    }

    [Fact]
    public void DivergedLearningBeginsAgainWithSmallerSteps()
    {
        Step();
        Assert.Equal("Begin 1 from 1, attempt 1, factor 1.50, 1 times halved", Step(status: LearnerStatus.Diverged, factor: null));
        Assert.Equal("Begin 1 from 1, attempt 2, factor 1.50, 2 times halved", Step(status: LearnerStatus.Diverged, factor: null));
    }

    [Fact]
    public void ACommitFromBeforeARestartIsRevealed()
    {
        _plan.Resume(View(null, 3, 5, 0, 0));
        Assert.Equal("", Step(round: 3, incumbent: 5)); // it is in no block yet
        _plan.CommitTaken();
        Assert.Equal("", Step(TrainingPhase.Commit, round: 3, incumbent: 5, candidates: 1));
        Assert.Equal("Reveal 3", Step(TrainingPhase.Reveal, round: 3, incumbent: 5));
        _plan.RevealTaken();
        Assert.Equal("Ended 3 with 6, judged; Begin 4 from 6, attempt 0, factor 1.50", Step(round: 4, incumbent: 6));
    }

    [Fact]
    public void AfterARestartLearningBeginsFromTheIncumbentAndNotFromNothing()
    {
        _plan.Resume(View(TrainingPhase.Reveal, 3, 5, 0, 1));
        _plan.CommitTaken();
        Assert.Equal("Reveal 3", Step(TrainingPhase.Reveal, round: 3, incumbent: 5));
        Assert.Equal("Ended 3 with 5, void; Begin 4 from 5, attempt 0, factor 1.50", Step(round: 4, incumbent: 5));
    }

    [Fact]
    public void ACommitThatARestartLostIsForgotten()
    {
        _plan.Resume(View(null, 3, 5, 0, 0));
        _plan.CommitFailed();
        Assert.Equal("Begin 3 from 5, attempt 0, factor 1.50", Step(round: 3, incumbent: 5));
    }

    // Commits and reveals a candidate of round 1 that clears the bar by little.
    private void Take(ulong round)
    {
        Step(round: round);
        Assert.Equal($"Commit {round}", Step(round: round, factor: 1.6));
        _plan.CommitTaken();
        Step(TrainingPhase.Reveal, round: round, factor: 1.6);
        _plan.RevealTaken();
        Step(TrainingPhase.Availability, round: round, factor: 1.6);
    }

    // The factor is the measured gain in multiples of z standard errors.
    private string Step(
        TrainingPhase? phase = null,
        ulong round = 1,
        byte incumbent = 1,
        ulong loss = 0,
        int candidates = 0,
        bool isOurs = false,
        double? factor = null,
        int steps = 100,
        LearnerStatus status = LearnerStatus.Learning)
    {
        var best = factor is { } f ? new TrainerGain(2000, f * Bar.Z * 1000.001, 1000 * Math.Sqrt(Bar.Samples), 10_000) : null;
        return string.Join("; ", _plan.Step(View(phase, round, incumbent, loss, candidates, isOurs), new TrainerProgress(status, steps, best)).Select(Text));
    }

    private TrainerView View(TrainingPhase? phase, ulong round, byte incumbent, ulong loss, int candidates, bool isOurs = false) =>
        new(new Height(++_height), round, phase, Model(incumbent), loss, (uint)candidates, Bar, isOurs) { IsClosed = _isClosed };

    private static BlobHash Model(byte number)
    {
        var bytes = new byte[Hash256.Size];
        bytes[0] = number;
        return new BlobHash(Hash256.FromBytes(bytes));
    }

    private static string Text(TrainerAction action) => action switch
    {
        TrainerAction.Begin begin => string.Create(
            CultureInfo.InvariantCulture,
            $"Begin {begin.Round} from {Number(begin.Incumbent)}, attempt {begin.Attempt}, factor {begin.Goal.ZFactor:F2}{(begin.Divergences > 0 ? $", {begin.Divergences} times halved" : "")}"),
        TrainerAction.GoOn goOn => string.Create(CultureInfo.InvariantCulture, $"GoOn {goOn.Round}, attempt {goOn.Attempt}, factor {goOn.Goal.ZFactor:F2}"),
        TrainerAction.Commit commit => $"Commit {commit.Round}",
        TrainerAction.Reveal reveal => $"Reveal {reveal.Round}",
        TrainerAction.Missed missed => $"Missed {missed.Round}",
        TrainerAction.Ended ended => $"Ended {ended.Round} with {Number(ended.Incumbent)}, {(ended.WasJudged ? "judged" : "void")}",
        _ => action.ToString(),
    };

    private static byte Number(BlobHash model) => model.Value.ToArray()[0];
}
