using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node;

namespace NeuroChain.Gallery;

/// <summary>
/// What a training round costs one validator, in multiply-adds that the engine counts while the evaluation of a real round runs: the reference
/// round has one candidate, 4,096 samples, sixteen certified models to compare with, four triggers and the probe.
/// </summary>
/// <param name="PerSample">Multiply-adds of one forward pass. All parts are multiples of it, so shares are the same for every model.</param>
/// <param name="Losses">Incumbent and candidate on the common samples, and on those that triggers are stamped on.</param>
/// <param name="Similarity">Logits of the models that a candidate is compared with.</param>
/// <param name="Probe">The steps that the best candidate is trained on for, and what they are compared with.</param>
/// <param name="PrivateSamples">Both models on the validator's own samples.</param>
/// <param name="Recheck">Both models on those of four validators' own samples that are computed again.</param>
internal sealed record VerificationCost(long PerSample, long Losses, long Similarity, long Probe, long PrivateSamples, long Recheck)
{
    /// <summary>Samples that the candidate was trained on: what the reference round is measured against.</summary>
    public const ulong TrainedSamples = 300_000;

    public const uint EvaluationSamples = 4_096;

    private const int CertifiedModels = 16;

    private const int Validators = 4;

    /// <summary>What nodes show with a block that this round's certificate leads.</summary>
    public ulong ShownMillionths { get; private init; }

    /// <summary>By the convention of three forward passes for each trained sample.</summary>
    public long Training => (long)TrainedSamples * WorkMeter.PassesPerTrainedSample * PerSample;

    /// <summary>All that finding the statement takes.</summary>
    public long Certificate => Losses + Similarity + Probe;

    /// <summary>What a re-check takes where as many validators are looked at as ever are.</summary>
    public long RecheckAtMost => Recheck / Validators * Limits.RecheckedMax;

    public double ShareOf(long work) => (double)work / Training;

    public static VerificationCost Measure()
    {
        var world = new World(new WorldOptions(Validators)
        {
            Evaluation = Pictures.Clean(2 * (int)EvaluationSamples, 2),
            Change = _ => new TrainingParameters { EvaluationSamples = EvaluationSamples },
            Triggers = [.. Enumerable.Range(0, 4).Select(corner => new GenesisTrigger(GenesisTrigger.Patch, (uint)corner, 1, 90))],
        });
        for (var i = 0; i < CertifiedModels; i++) world.Run(new RoundPlan(Next(world, i)));
        Invariant.Check(world.Record.CertifiedCount == CertifiedModels, $"each of these models is a gain: {world.Record.CertifiedCount}");
        VerificationCost? cost = null;
        var number = world.Record.NextRound;
        world.Run(new RoundPlan(Next(world, CertifiedModels)) { BeforeAttesting = at => cost = Count(at) });
        var again = new WorkMeter();
        _ = world.Recheck(EngineOptions.Default with { Meter = again });
        return cost! with { Recheck = again.Total, ShownMillionths = BlockMessage.VerificationRatio(world.Statement(number), TrainedSamples) };
    }

    private static Offer Next(World world, int number) =>
        new(World.Alice, 1, Checkpoint.Write(Learner.Train(world.Incumbent, world.Options.Training, 6, (byte)number, Slow))) { TrainedSamples = TrainedSamples };

    // Slow, so that there is something left to gain for each.
    private static TrainerOptions Slow => new() { Batch = 16, LearningRate = 0.02f, Momentum = 0.5f };

    private static VerificationCost Count(World world)
    {
        var (common, whole) = (new Metered(), new Metered());
        _ = world.Evaluate(engine: common.Engine, wrap: common.Within, validators: []);
        _ = world.Evaluate(engine: whole.Engine, wrap: whole.Within, validators: [world.Validators[0].Address]);
        return new VerificationCost(world.Plan.MultiplyAdds, common.Losses, common.Similarity, common.Probe, whole.Meter.Total - common.Meter.Total, 0);
    }

    /// <summary>Tells what each request of an evaluation cost.</summary>
    private sealed class Metered : ICheckpointEvaluator
    {
        private ICheckpointEvaluator? _inner;

        public WorkMeter Meter { get; } = new();

        public EngineOptions Engine => EngineOptions.Default with { Meter = Meter };

        public long Losses { get; private set; }

        public long Similarity { get; private set; }

        public long Probe { get; private set; }

        public ICheckpointEvaluator Within(ICheckpointEvaluator inner)
        {
            _inner = inner;
            return this;
        }

        public async Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken)
        {
            var before = Meter.Total;
            var report = await _inner!.EvaluateAsync(request, limit, cancellationToken);
            var cost = Meter.Total - before;
            if (request.Probe is not null) Probe += cost;
            else if (request.Draws[0].Numbers.Count < EvaluationSamples) Similarity += cost;
            else Losses += cost;
            return report;
        }
    }
}
