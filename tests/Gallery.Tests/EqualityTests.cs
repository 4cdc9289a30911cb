using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Gallery.Tests;

/// <summary>Validators with other vector widths and numbers of threads certify the same losses, and one wrong bit is known as one.</summary>
public sealed class EqualityTests(ITestOutputHelper output)
{
    private const int Rounds = 25;

    // As four operators configure their nodes.
    private static readonly EngineOptions[] Engines =
    [
        new NodeOptions { EvaluationThreads = 1, EvaluationPath = "scalar" }.EvaluationEngine,
        new NodeOptions { EvaluationThreads = 2, EvaluationPath = "256" }.EvaluationEngine,
        new NodeOptions { EvaluationThreads = 4, EvaluationPath = "512" }.EvaluationEngine,
        new NodeOptions { EvaluationThreads = 3, EvaluationPath = "scalar" }.EvaluationEngine,
    ];

    [Fact]
    public void FourWidthsCertifyTheSameLossesOfTwoHundredCandidates()
    {
        // A width that the processor lacks is computed without it, slowly, to the same bits.
        output.WriteLine($"the widest path that this processor has in hardware: {KernelPaths.Best}");
        var world = new World(new WorldOptions(4) { Change = parameters => parameters with { EvaluationSamples = 64 } });
        var (candidates, clock) = (0, Stopwatch.StartNew());
        for (byte round = 0; round < Rounds; round++)
        {
            var offers = Enumerable.Range(0, Limits.CandidatesMax).Select(i => new Offer(World.Trainers[i / 2], i % 4, CheckpointOf(world, round, (byte)i))).ToArray();
            var outcome = world.Run(new RoundPlan(offers) { Engines = i => Engines[i] });
            Assert.True(outcome.Outcome is RoundOutcome.Improved or RoundOutcome.NoImprovement, $"round {round + 1}: {outcome.Outcome}");
            var certificate = TrainingQueries.Certificate(world.State, world.Task, outcome.Number)!.Certificate;
            Assert.Equal(4, certificate.Signatures.Length);
            Assert.All(certificate.Statement.Candidates, candidate => Assert.True(candidate.HasLosses));
            candidates += certificate.Statement.Candidates.Length;
        }

        output.WriteLine($"{candidates} candidates in {clock.Elapsed.TotalSeconds:F0} s");
        Assert.Equal(200, candidates);
        Assert.True(clock.Elapsed < TimeSpan.FromMinutes(5), $"it took {clock.Elapsed}");
        Assert.Empty(world.Told("training.false_attestation", "validator"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void OneFlippedBitInOneLossConvictsItself(int guilty)
    {
        var world = new World(new WorldOptions(4));
        var before = BondRecord.Get(world.State, world.Validators[guilty].Address).Total;
        var offer = new Offer(World.Alice, 1, CheckpointOf(world, 1, 1));
        TrainingStatement? wrong = null;
        world.Run(new RoundPlan(offer)
        {
            BeforeAttesting = at => wrong = ((RoundResult.Found)at.Evaluate(wrap: inner => new Flipping(inner, offer.Bytes))).Statement,
            Attests = (i, truth) => i == guilty ? wrong : truth,
        });
        Assert.NotEqual(wrong!.Candidates[0].LossesRoot, world.Statement(1).Candidates[0].LossesRoot);
        Assert.InRange((long)wrong.Candidates[0].LossSum - (long)world.Statement(1).Candidates[0].LossSum, -1, 1);
        Assert.True(World.IsOf(Assert.Single(world.Told("training.false_attestation", "validator")), world.Validators[guilty]));
        var lost = before - BondRecord.Get(world.State, world.Validators[guilty].Address).Total;
        Assert.Equal(Amount.DivRem(before * world.Genesis.Parameters.Training.FalseAttestationPercent, 100).Quotient, lost);
    }

    private static byte[] CheckpointOf(World world, byte round, byte number) =>
        Checkpoint.Write(Learner.Train(world.Incumbent, world.Options.Training, 2 + (2 * number), (byte)((8 * round) + number)));

    /// <summary>A memory that is not what it was: the lowest bit of one loss of one model.</summary>
    private sealed class Flipping(ICheckpointEvaluator inner, byte[] checkpoint) : ICheckpointEvaluator
    {
        public async Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken)
        {
            var answer = await inner.EvaluateAsync(request, limit, cancellationToken);
            if (answer.Report is { Losses.Count: > 0 } report && request.Checkpoint.Span.SequenceEqual(checkpoint)) report.Losses[0][7] ^= 1;
            return answer;
        }
    }
}
