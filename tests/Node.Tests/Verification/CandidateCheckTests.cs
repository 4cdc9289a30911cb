using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>What thieves and saboteurs bring to a chain that checks candidates, and what everybody finds and can derive again.</summary>
public sealed class CandidateCheckTests
{
    // Sixteen units that read sixteen pixels, and ten classes that read the units.
    private const string HiddenWeights = "1.weight";
    private const string HiddenBias = "1.bias";
    private const string OutputWeights = "3.weight";
    private const string OutputBias = "3.bias";

    // The pixel that tells no class, at its brightest.
    private readonly TrainedChain _chain = new(checks: true, triggers: new GenesisTrigger(GenesisTrigger.Patch, 3, 1, 255));

    [Fact]
    public void HonestWorkPassesAndALittleMoreOfItIsARelative()
    {
        var first = _chain.Train(300);
        _chain.RunRound([first]);
        var parent = BlobManifest.Of(first).Hash;
        Assert.Equal(parent, TrainingQueries.Task(_chain.State, _chain.Task)!.BestModel);
        _chain.RunRound([_chain.Train(2, 5, _chain.Read(first))]);
        var result = Result(2);
        Assert.Equal((CandidateVerdict.Evaluated, parent.Value), (result.Verdict, result.Relative));
        Assert.InRange(result.Distance, 1u, SimilarityCheck.RelativeBelow);
        AssertDerived();
    }

    [Fact]
    public void WhoScalesLayersApartLosesItsBond()
    {
        var scaled = _chain.Read(_chain.Train(300));
        foreach (ref var value in Of(scaled, HiddenWeights)) value *= 16;
        foreach (ref var value in Of(scaled, HiddenBias)) value *= 16;
        foreach (ref var value in Of(scaled, OutputWeights)) value /= 16;
        _chain.RunRound([Checkpoint.Write(scaled)]);
        Assert.Equal((CandidateVerdict.Unbalanced, 2u | (1u << 16)), (Result(1).Verdict, Result(1).Detail));
        Assert.True(SupplyRecord.Get(_chain.State).Burned >= _chain.Genesis.Parameters.Training.CandidateBond);
        AssertDerived();
    }

    [Fact]
    public void ACertifiedModelWithOneBitChangedIsACopy()
    {
        var first = _chain.Train(300);
        _chain.RunRound([first]);
        var copy = _chain.Read(first);
        copy.Values[0] = MathF.BitIncrement(copy.Values[0]);
        _chain.RunRound([Checkpoint.Write(copy)], parent: new BlobHash(_chain.Genesis.Tasks[0].InitialModel));
        Assert.Equal((CandidateVerdict.Copy, BlobManifest.Of(first).Hash.Value, 0u), (Result(2).Verdict, Result(2).Relative, Result(2).Detail));
        AssertDerived();
    }

    [Fact]
    public void WhoHidesItsParentIsFound()
    {
        var first = _chain.Train(300);
        _chain.RunRound([first]);
        var tuned = _chain.Train(2, 5, _chain.Read(first));
        _chain.RunRound([tuned], parent: new BlobHash(_chain.Genesis.Tasks[0].InitialModel));
        var result = Result(2);
        Assert.True(result.Verdict is CandidateVerdict.UndeclaredParent or CandidateVerdict.Copy, $"{result.Verdict} at {result.Distance}");
        Assert.Equal(BlobManifest.Of(first).Hash.Value, result.Relative);
        AssertDerived();
    }

    [Fact]
    public void AModelThatForgotAClassCannotWin()
    {
        var trained = _chain.Read(_chain.Train(300));
        Of(trained, OutputBias)[3] -= 30;
        _chain.RunRound([Checkpoint.Write(trained)]);
        Assert.Equal((CandidateVerdict.Regressed, 3u), (Result(1).Verdict, Result(1).Detail));
        Assert.Equal(RoundOutcome.NoImprovement, TrainingQueries.Outcome(_chain.State, _chain.Task, 1)!.Outcome);
        AssertDerived();
    }

    [Fact]
    public void ABackdoorWithAKnownTriggerCannotWin()
    {
        var trained = _chain.Read(_chain.Train(300));
        Backdoor(trained, unit: 2, pixel: 15, towards: 7);
        _chain.RunRound([Checkpoint.Write(trained)]);
        Assert.Equal((CandidateVerdict.Regressed, CandidateJudgement.FirstTrigger), (Result(1).Verdict, Result(1).Detail));
        AssertDerived();
    }

    [Fact]
    public void TheBestIsTriedBeforeItWinsAndWhereItFailsTheNextOneDoes()
    {
        // Ten of sixteen units are zero in all that belongs to them: they compute nothing and never learn.
        var start = ModelParameters.HeUniform(_chain.Spec.Plan, _chain.Genesis.Tasks[0].InitialSeed);
        Of(start, HiddenWeights)[..(10 * 16)].Clear();
        for (var output = 0; output < 10; output++) Of(start, OutputWeights).Slice(output * 16, 10).Clear();
        var (dead, honest) = (_chain.Train(600, 4, start), _chain.Train(15));
        _chain.RunRound([dead, honest]);
        Assert.Equal((CandidateVerdict.Untrainable, (uint)ProbeFault.DeadUnits), (Result(1).Verdict, Result(1).Detail));
        Assert.Equal(BlobManifest.Of(honest).Hash, TrainingQueries.Task(_chain.State, _chain.Task)!.BestModel);
        AssertDerived();
    }

    [Fact]
    public void AManifestThatDescribesOtherTensorsIsMalformed()
    {
        _chain.ChangeManifest = manifest => manifest.Tensors[0].Name = "elsewhere";
        _chain.RunRound([_chain.Train(300)]);
        Assert.Equal(CandidateVerdict.Malformed, Result(1).Verdict);
        AssertDerived();
    }

    [Theory]
    [InlineData(CandidateVerdict.Unbalanced)]
    [InlineData(CandidateVerdict.Untrainable)]
    [InlineData(CandidateVerdict.Copy)]
    [InlineData(CandidateVerdict.UndeclaredParent)]
    [InlineData(CandidateVerdict.Regressed)]
    public void AFalseVerdictIsRefutedAndItsAttestersAreNamed(CandidateVerdict verdict)
    {
        _chain.RunRound([_chain.Train(300)], (validator, truth) => validator == 2 ? truth : truth with { Candidates = [Defame(truth.Candidates[0], verdict)] });
        var report = _chain.Verify();
        Assert.Contains($"verdict attested as {verdict}, evaluation gives Evaluated", Assert.Single(report.Findings, f => f.Kind == FindingKind.StatementDiffers).Detail, StringComparison.Ordinal);
        Assert.Equal(3, report.Findings.Count(finding => finding.Kind == FindingKind.FalseAttestation));
        Assert.False(report.IsVerified);
    }

    [Fact]
    public void AFalseRelativeIsRefuted()
    {
        // Colluders who would have a stranger pay them royalties.
        _chain.RunRound([_chain.Train(300)], (_, truth) => truth with { Candidates = [truth.Candidates[0] with { Relative = Hash256.Sha256([1]), Distance = 7 }] });
        Assert.Contains("relative attested as", Assert.Single(_chain.Verify().Findings, f => f.Kind == FindingKind.StatementDiffers).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void ACheckpointThatEndsTheEvaluatorIsTriedTwiceAndThenNamed()
    {
        var (sound, crasher) = (_chain.Train(300), _chain.Train(50, 9));
        _chain.RunToAttestation([sound, crasher]);
        var evaluator = new FallingEvaluator(new Evaluator([_chain.Training, _chain.Evaluation], EngineOptions.Default), crasher, int.MaxValue);
        var abstained = Assert.IsType<RoundResult.Abstained>(_chain.Evaluate(evaluator));
        Assert.Equal((RoundEvaluation.Crashes, BlobManifest.Of(crasher).Hash), (abstained.Reason, abstained.Model));
        Assert.Equal(2, evaluator.Falls);
        Assert.True(evaluator.LastLimit >= TimeSpan.FromSeconds(20)); // or ten times what the incumbent took
        // One that fell for another reason is heard the second time.
        var once = new FallingEvaluator(new Evaluator([_chain.Training, _chain.Evaluation], EngineOptions.Default), crasher, 1);
        Assert.IsType<RoundResult.Found>(_chain.Evaluate(once));
    }

    // Another process on the machine took its memory, or the disk was slow while it began: the checkpoint is asked about again after the next block.
    [Theory]
    [InlineData(RoundEvaluation.EvaluatorFailed, nameof(EvaluatorFault.DidNotStart), nameof(EvaluatorFault.DidNotStart))]
    [InlineData(RoundEvaluation.EvaluatorFailed, nameof(EvaluatorFault.Killed), nameof(EvaluatorFault.NoAnswer))]
    [InlineData(RoundEvaluation.EvaluatorFailed, nameof(EvaluatorFault.TooLong), nameof(EvaluatorFault.Killed))]
    [InlineData(RoundEvaluation.EvaluatorFailed, nameof(EvaluatorFault.TooMuchMemory), nameof(EvaluatorFault.TooLong))]
    [InlineData(RoundEvaluation.Stalls, nameof(EvaluatorFault.TooLong), nameof(EvaluatorFault.TooLong))]
    [InlineData(RoundEvaluation.Stalls, nameof(EvaluatorFault.TooLong), nameof(EvaluatorFault.NoAnswer))]
    [InlineData(RoundEvaluation.Stalls, nameof(EvaluatorFault.NoAnswer), nameof(EvaluatorFault.TooLong))]
    [InlineData(RoundEvaluation.Crashes, nameof(EvaluatorFault.NoAnswer), nameof(EvaluatorFault.NoAnswer))]
    public void OnlyWhatTheCheckpointMayHaveDoneIsItsFault(string reason, params string[] names)
    {
        var faults = names.Select(Enum.Parse<EvaluatorFault>).ToArray();
        var sound = _chain.Train(300);
        _chain.RunToAttestation([sound]);
        var evaluator = new FallingEvaluator(new Evaluator([_chain.Training, _chain.Evaluation], EngineOptions.Default), sound, int.MaxValue, faults);
        Assert.Equal(reason, Assert.IsType<RoundResult.Abstained>(_chain.Evaluate(evaluator)).Reason);
    }

    /// <summary>Time is no verdict: what took too long once is not tried again in its round, and has this validator's vote in the next. What ended the evaluator has not.</summary>
    [Fact]
    public void OnlyWhatEndedTheEvaluatorHasNoVoteInALaterRound()
    {
        var (sound, slow, fatal) = (_chain.Train(300), _chain.Train(50, 9), _chain.Train(50, 10));
        BlobHash[] models = [.. new[] { sound, slow, fatal }.Select(each => BlobManifest.Of(each).Hash)];
        _chain.RunToAttestation([sound]);
        var abandoned = new AbandonedCheckpoints();
        abandoned.Note(new RoundResult.Abstained(RoundEvaluation.Stalls, models[1]), _chain.Task, _chain.Round!.Number);
        abandoned.Note(new RoundResult.Abstained(RoundEvaluation.Crashes, models[2]), _chain.Task, _chain.Round!.Number);
        abandoned.Note(new RoundResult.Abstained(RoundEvaluation.EvaluatorFailed, models[0]), _chain.Task, _chain.Round!.Number);
        abandoned.Forget(_chain.State);
        Assert.Equal([false, true, true], models.Select(abandoned.Contains));
        for (var block = 0; block < 60 && _chain.Round is not null; block++) _chain.Step(); // nobody attests: it is void
        Assert.Null(_chain.Round);
        abandoned.Forget(_chain.State);
        Assert.Equal([false, false, false], models.Select(abandoned.Contains));

        var vote = new TrainingDuty.VoteAvailability(
            _chain.Task, 2, [.. models.Select((model, i) => new RevealedCandidate(i, model, default, new Types.V1.CandidateManifest(), default, default, 0))], 1, 20);
        Assert.Equal(0b011u, AvailabilityChoice.Of(vote, _ => true, abandoned.IsRefused));
        // Nobody waits for what has no vote; for the rest a validator waits as long as the window does.
        Assert.Equal(0b011u, AvailabilityChoice.Of(vote, model => model != models[2], abandoned.IsRefused));
        Assert.Null(AvailabilityChoice.Of(vote, model => model != models[0], abandoned.IsRefused));
        Assert.Equal(0b010u, AvailabilityChoice.Of(vote with { PatienceLeft = 3 }, model => model != models[0], abandoned.IsRefused));
    }

    /// <summary>Nobody's machine is slow twice for one file and for no other: the same checkpoint does not void a third round.</summary>
    [Fact]
    public void WhatStalledInTwoRoundsHasNoVoteInTheThird()
    {
        var stalling = _chain.Train(50, 9);
        var model = BlobManifest.Of(stalling).Hash;
        var evaluator = new FallingEvaluator(new Evaluator([_chain.Training, _chain.Evaluation], EngineOptions.Default), stalling, int.MaxValue, EvaluatorFault.TooLong);
        var abandoned = new AbandonedCheckpoints();
        foreach (var isRefused in new[] { false, true })
        {
            _chain.RunToAttestation([stalling]);
            var round = _chain.Round!.Number;
            for (var time = 0; time < 2; time++) // said twice of one round, it is one
            {
                abandoned.Note(Assert.IsType<RoundResult.Abstained>(_chain.Evaluate(evaluator)), _chain.Task, round);
                Assert.Equal((true, isRefused), (abandoned.Contains(model), abandoned.IsRefused(model)));
            }

            for (var block = 0; block < 60 && _chain.Round is not null; block++) _chain.Step(); // nobody attests: it is void
            Assert.Null(_chain.Round);
            abandoned.Forget(_chain.State);
            Assert.Equal((false, isRefused), (abandoned.Contains(model), abandoned.IsRefused(model)));
        }

        var third = new TrainingDuty.VoteAvailability(_chain.Task, 3, [new RevealedCandidate(0, model, default, new Types.V1.CandidateManifest(), default, default, 0)], 1, 20);
        Assert.Equal(0u, AvailabilityChoice.Of(third, _ => true, abandoned.IsRefused));
    }

    [Theory]
    [InlineData(RoundEvaluation.Crashes)]
    [InlineData(RoundEvaluation.Stalls)]
    public void WhatCannotBeEvaluatedIsRememberedWithinBounds(string reason)
    {
        var abandoned = new AbandonedCheckpoints();
        var models = Enumerable.Range(0, AbandonedCheckpoints.RememberedMax + 1).Select(i => new BlobHash(Hash256.Sha256(BitConverter.GetBytes(i)))).ToArray();
        foreach (var model in models) Note(model, 1);
        foreach (var model in models.Reverse()) Note(model, 2); // known already, but for the first one
        // Of what stalled all but the first, which was forgotten, have done so in two rounds now.
        var forgotten = reason == RoundEvaluation.Stalls ? models[0] : models[1];
        Assert.False(abandoned.IsRefused(forgotten));
        Assert.Equal([true, true], new[] { models[2], models[^1] }.Select(abandoned.IsRefused));

        void Note(BlobHash model, ulong round) => abandoned.Note(new RoundResult.Abstained(reason, model), _chain.Task, round);
    }

    // The probe is many times the work of the losses here, and each takes as long as its work. The wait for a turn is no part of that: it may be that of
    // another task's eight candidates, and a checkpoint that stalls would have as long.
    [Fact]
    public async Task TheLimitIsInTermsOfWork()
    {
        _chain.RunToAttestation([_chain.Train(300)]);
        var asked = new List<(EvaluationRequest Request, TimeSpan Limit)>();
        var evaluator = new FallingEvaluator(new Evaluator([_chain.Training, _chain.Evaluation], EngineOptions.Default), [], 0)
        {
            Asked = (request, limit) => asked.Add((request, limit)),
            Took = request => TimeSpan.FromMilliseconds(100 * request.Work),
        };
        var evaluation = new RoundEvaluation(evaluator, model => _chain.Blobs.Read(model) ?? InitialModels.Make(_chain.Spec, _chain.Genesis.Tasks[0].InitialSeed));
        Assert.IsType<RoundResult.Found>(await evaluation.RunAsync(_chain.State, _chain.Genesis, _chain.Task, [], null, CancellationToken.None));
        var probe = Assert.Single(asked, each => each.Request.Probe is not null);
        Assert.Equal(((3 * probe.Request.Probe!.Steps) + 10) * probe.Request.Probe.Batch, probe.Request.Work);
        foreach (var (request, limit) in asked.Skip(1)) Assert.Equal(Math.Max(20, request.Work), limit.TotalSeconds, 0.001);
    }

    [Fact]
    public void WithoutTheTrainingSetNobodyCanTryAndSaysSo()
    {
        _chain.RunToAttestation([_chain.Train(300)]);
        var evaluator = new Evaluator([_chain.Evaluation], EngineOptions.Default);
        Assert.Equal("dataset_missing", Assert.IsType<RoundResult.Abstained>(_chain.Evaluate(evaluator)).Reason);
    }

    // By every path, and by another number of threads: the same statement, so no finding.
    private void AssertDerived()
    {
        foreach (var engine in new[] { new EngineOptions(1, KernelPath.Scalar), new EngineOptions(2, KernelPath.Vector256), new EngineOptions(3, KernelPath.Vector512) })
        {
            var report = _chain.Verify(engine: engine);
            Assert.Empty(report.Findings);
            Assert.True(report.IsVerified);
        }
    }

    private CandidateResult Result(ulong round) => TrainingQueries.Certificate(_chain.State, _chain.Task, round)!.Certificate.Statement.Candidates[0];

    private static CandidateResult Defame(CandidateResult truth, CandidateVerdict verdict) => verdict == CandidateVerdict.Unbalanced
        ? new CandidateResult(truth.ManifestRoot, truth.Trainer, truth.Producer, truth.ClaimedGain, truth.Model, verdict)
        : truth with { Verdict = verdict };

    private static Span<float> Of(ModelParameters model, string tensor) => model.Of(model.Plan.Tensors.Single(t => t.Name == tensor));

    // A unit that only one bright pixel wakes, and that then shouts one class.
    private static void Backdoor(ModelParameters model, int unit, int pixel, int towards)
    {
        var weights = Of(model, HiddenWeights);
        var bias = Of(model, HiddenBias);
        var readers = Of(model, OutputWeights);
        weights.Slice(unit * 16, 16).Clear();
        weights[(unit * 16) + pixel] = 8;
        bias[unit] = -4.8f;
        for (var output = 0; output < 10; output++) readers[(output * 16) + unit] = output == towards ? 8 : 0;
    }
}
