using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>Whole rounds on sealed samples, with real keys, real models and blocks that go through all the rules; and what a verifier makes of them.</summary>
public sealed class SealedRoundTests
{
    [Fact]
    public void ARoundIsJudgedOnSealedSamplesAndDerivedAgain()
    {
        var world = new SealedChain();
        var chain = world.Chain;
        world.Activate();
        chain.BeforeAttestations = () => world.Show(3, 1);
        var candidate = chain.Train(150);
        chain.RunRound([candidate]);

        var statement = TrainingQueries.Certificate(chain.State, chain.Task, 1)!.Certificate.Statement;
        Assert.Equal(0, statement.Winner);
        int[] drawn = [.. SealedSets.Keys(chain.State, chain.Task, 1, 1).Select(key => key.Sample)];
        Assert.Equal(25, drawn.Length); // a fifth of 128
        var others = SampleDraw.Draw(TrainingSeed.CommonSamples(statement.Seed), 128 - 25, chain.Evaluation.Count);
        var mixed = SealedOrder.Mix(statement.Seed, 25, others);
        var names = drawn.Select(sample => (world.Blob.Hash, sample)).ToList();
        Assert.Equal(CandidateBinding.SampleList(SampleSource.Generator, chain.Evaluation.Root, (uint)chain.Evaluation.Count, mixed, names), statement.SampleRoot);
        var samples = world.Judging(mixed, drawn);
        int[] all = [.. Enumerable.Range(0, 128)];
        Assert.True(CheckpointEvaluator.TryEvaluate(candidate, chain.Spec.Plan, samples, all, EngineOptions.Default, out var expected, out _));
        Assert.Equal(expected.Losses.Take((int)statement.JudgedSamples).Sum(loss => (long)loss), (long)statement.Candidates[0].LossSum);
        Assert.Equal(CandidateBinding.LossesRoot(expected.Losses), statement.Candidates[0].LossesRoot);

        var report = chain.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal(RoundVerdict.Derived, Assert.Single(report.Rounds).Verdict);
        // Without the set's blob a verifier says what it lacks, and accuses nobody.
        chain.Blobs.Delete(world.Blob.Hash);
        var gap = Assert.Single(chain.Verify().Findings);
        Assert.True(gap.IsGap);
    }

    [Fact]
    public void WhereKeysAreWithheldASecondSeedJudgesOnTheGeneratorAlone()
    {
        var world = new SealedChain();
        var chain = world.Chain;
        world.Activate();
        var first = Hash256.Zero;
        chain.BeforeAttestations = () =>
        {
            world.Show(2);
            first = chain.Round!.Seed;
            chain.StepTo(TrainingPhase.Seed);
            chain.OpenShares();
        };
        chain.RunRound([chain.Train(150)]);

        var statement = TrainingQueries.Certificate(chain.State, chain.Task, 1)!.Certificate.Statement;
        Assert.NotEqual(first, statement.Seed);
        var plain = SampleDraw.Draw(TrainingSeed.CommonSamples(statement.Seed), 128, chain.Evaluation.Count);
        Assert.Equal(CandidateBinding.SampleList(SampleSource.Generator, chain.Evaluation.Root, (uint)chain.Evaluation.Count, plain), statement.SampleRoot);
        Assert.Equal(SealedSetStatus.Ended, world.Record.Status);
        Assert.True(AccountsModule.Get(chain.State, world.Custodians[1].Address).Balance > Amount.FromNtk(199));
        Assert.True(AccountsModule.Get(chain.State, world.Custodians[0].Address).Balance < Amount.FromNtk(100));
        var report = chain.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal(RoundVerdict.Derived, Assert.Single(report.Rounds).Verdict);

        // The next round has no sealed part.
        chain.BeforeAttestations = null;
        chain.RunRound([chain.Train(250)]);
        Assert.Empty(chain.Verify().Findings);
    }

    // Its supplier has sealed something else than what it says: the keys are right and open nothing.
    [Fact]
    public void WhatItsKeyDoesNotOpenCountsForNobody()
    {
        var world = new SealedChain(bytes =>
        {
            var each = 32 + 17 + (3 * 32);
            for (var at = bytes.Length - each + 32; at > bytes.Length - (90 * each); at -= each) bytes[at + 5] ^= 1;
        });
        var chain = world.Chain;
        world.Activate();
        chain.BeforeAttestations = () => world.Show(1, 2);
        chain.RunRound([chain.Train(150)]);
        var statement = TrainingQueries.Certificate(chain.State, chain.Task, 1)!.Certificate.Statement;
        var plain = SampleDraw.Draw(TrainingSeed.CommonSamples(statement.Seed), 128, chain.Evaluation.Count);
        Assert.Equal(CandidateBinding.SampleList(SampleSource.Generator, chain.Evaluation.Root, (uint)chain.Evaluation.Count, plain), statement.SampleRoot);
        Assert.Empty(chain.Verify().Findings);
    }

    /// <summary>
    /// Sealed samples guard a class of which the open ones have too few: a model that is better on the whole and has forgotten that class wins where nothing
    /// is sealed, and is refused where it is.
    /// </summary>
    [Fact]
    public void AClassThatSealedSamplesTellCannotBeForgotten()
    {
        var (open, guarded) = (WithAScarceClass(), WithAScarceClass());
        open.Chain.RunRound([Forgetful(open.Chain)]);
        var certified = TrainingQueries.Certificate(open.Chain.State, open.Chain.Task, 1)!.Certificate.Statement;
        Assert.Equal((CandidateVerdict.Evaluated, 0), (certified.Candidates[0].Verdict, certified.Winner));

        guarded.Activate();
        guarded.Chain.BeforeAttestations = () => guarded.Show(1, 3);
        guarded.Chain.RunRound([Forgetful(guarded.Chain)]);
        var refused = TrainingQueries.Certificate(guarded.Chain.State, guarded.Chain.Task, 1)!.Certificate.Statement;
        var candidate = Assert.Single(refused.Candidates);
        Assert.Equal((CandidateVerdict.Regressed, (uint)Scarce), (candidate.Verdict, candidate.Detail));
        Assert.Null(refused.Winner);
        Assert.True(candidate.LossSum < refused.IncumbentLossSum, "it is better on the whole");
        Assert.Equal(RoundOutcome.NoImprovement, TrainingQueries.Outcome(guarded.Chain.State, guarded.Chain.Task, 1)!.Outcome);
        foreach (var engine in new[] { new EngineOptions(1, KernelPath.Scalar), new EngineOptions(2, KernelPath.Vector256) })
        {
            var report = guarded.Chain.Verify(engine: engine);
            Assert.Empty(report.Findings);
            Assert.Equal(RoundVerdict.Derived, Assert.Single(report.Rounds).Verdict);
        }

        // One that has forgotten nothing goes through: the next sealed samples are others.
        guarded.Chain.RunRound([guarded.Chain.Train(300)]);
        Assert.Equal(CandidateVerdict.Evaluated, TrainingQueries.Certificate(guarded.Chain.State, guarded.Chain.Task, 2)!.Certificate.Statement.Candidates[0].Verdict);
    }

    [Fact]
    public void WhatWasUsedIsReadByEverybodyAndMakesADelta()
    {
        var world = new SealedChain();
        var chain = world.Chain;
        world.Activate();
        chain.BeforeAttestations = () => world.Show(1, 2);
        chain.RunRound([chain.Train(150)]);
        var graduates = Graduates.Of(world.Record, [.. SealedSets.Keys(chain.State, world.Record)], world.Set.Bytes, chain.Training);
        Assert.NotNull(graduates);
        Assert.Equal(25, graduates.Count);
        var known = Enumerable.Range(0, world.Samples.Count).Select(world.Samples.SampleHash).ToHashSet();
        Assert.All(Enumerable.Range(0, 25), i => Assert.Contains(graduates.SampleHash(i), known));
        var delta = DatasetDelta.Between(chain.Training, [], graduates);
        Assert.True(DatasetDelta.TryDecode(delta.Encode(), out var read, out _));
        Assert.True(read.TryApply(chain.Training, out var next, out var error), error.ToString());
        Assert.Equal(chain.Training.Count + 25, next.Count);
        // What is in the training set already does not come again.
        Assert.Null(Graduates.Of(world.Record, [.. SealedSets.Keys(chain.State, world.Record)], world.Set.Bytes, next));
    }

    [Fact]
    public void AnEvaluatorInAProcessOfItsOwnIsToldTheSamples()
    {
        var world = new SealedChain();
        var chain = world.Chain;
        var opened = new SealedSamples(16, [.. Enumerable.Range(0, 6).Select(i => new byte[] { world.Samples.Label(i) }.Concat(world.Samples.Image(i).ToArray()).ToArray())], []);
        int[] mixed = [4, ~2, ~0, 250, ~5];
        var request = new EvaluationRequest(chain.Evaluation.Root, chain.Spec.CanonicalJson.ToArray(), chain.Train(20))
        {
            Draws = [new DrawnSamples(Hash256.Zero, mixed), new DrawnSamples(Hash256.Zero, [~1])],
            Sealed = opened,
            LogitSamples = 3,
        };
        var read = EvaluationRequest.Decode(request.Encode());
        Assert.NotNull(read);
        var evaluator = new Evaluator([chain.Evaluation], EngineOptions.Default);
        var (one, two) = (evaluator.Evaluate(request)!, evaluator.Evaluate(read)!);
        Assert.Equal(5, one.Losses[0].Length);
        Assert.Equal(one.Losses[0], two.Losses[0]);
        Assert.Equal(one.Logits, two.Logits);
        Assert.True(CheckpointEvaluator.TryEvaluate(request.Checkpoint.Span, chain.Spec.Plan, world.Samples, [2, 0, 5, 1], EngineOptions.Default, out var own, out _));
        Assert.Equal(own.Losses.AsEnumerable(), new[] { one.Losses[0][1], one.Losses[0][2], one.Losses[0][4], one.Losses[1][0] });
        Assert.Equal(world.Samples.Label(2), one.Labels[1]);
        // A sample that was not told is no sample.
        Assert.Null(evaluator.Evaluate(request with { Sealed = SealedSamples.None }));
        Assert.Null(evaluator.Evaluate(request with { Draws = [new DrawnSamples(Hash256.Zero, [~6])] }));
        Assert.Null(evaluator.Evaluate(request with { TriggerSamples = new DrawnSamples(Hash256.Zero, [~0]) }));
        Assert.Null(evaluator.Evaluate(request with { Sealed = opened with { Pixels = 15 } }));
    }

    /// <summary>A class of which there are too few open samples to be judged, were all of them drawn; of the sealed ones hardly any are of another.</summary>
    private const byte Scarce = 3;

    private static SealedChain WithAScarceClass()
    {
        var chain = new TrainedChain(
            generated: true,
            evaluation: Of(SmallImages.MakeDataset(700, 2), label => label == Scarce ? RegressionCheck.ClassSamplesMin - 1 : int.MaxValue),
            change: parameters => parameters with { Training = parameters.Training with { EvaluationSamples = 256, RegressionMillionths = 1_000_000 } });
        return new SealedChain(chain: chain, samples: Of(SmallImages.MakeDataset(1_200, 77), label => label == Scarce ? 100 : 1));
    }

    // So many of each class at most.
    private static Dataset Of(Dataset all, Func<byte, int> most) =>
        all.Take([.. Enumerable.Range(0, all.Count).GroupBy(all.Label).SelectMany(group => group.Take(most(group.Key))).Order()]);

    // Trained well, and then made to think that the class hardly ever comes.
    private static byte[] Forgetful(TrainedChain chain)
    {
        var model = chain.Read(chain.Train(300));
        model.Of(model.Plan.Tensors.Single(tensor => tensor.Name == "1.bias"))[Scarce] -= 8;
        return Checkpoint.Write(model);
    }
}
