using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// The learning of a run, without any: a checkpoint is a name with a quality, and its losses are drawn from the seed of the samples. Everybody
/// who evaluates finds the same bits, as the real evaluator promises; all else about training is real.
/// </summary>
/// <param name="task">What is trained.</param>
/// <param name="trainers">Who brings candidates.</param>
/// <param name="shelf">Sealed samples that the task is judged on besides; null for none.</param>
public sealed class SimulatedTraining(GenesisTask task, IReadOnlyList<PrivateKey> trainers, SealedShelf? shelf = null) : ITraining
{
    /// <summary>Of every checkpoint.</summary>
    public const ulong ModelBytes = 1_000;

    /// <summary>Samples of every data set.</summary>
    public const uint Population = 10_000;

    private const long Nat = (long)Loss.UnitsPerNat;

    private readonly Dictionary<BlobHash, SimulatedCheckpoint> _checkpoints = new() { [new BlobHash(task.InitialModel)] = new SimulatedCheckpoint(default, 0, IsFinite: true, 0) };

    public Hash256 Task { get; } = task.Id;

    public Hash256 TrainingSet { get; } = task.TrainingSet;

    public IReadOnlyList<PrivateKey> Trainers => trainers;

    public void Add(BlobHash model, SimulatedCheckpoint checkpoint) => _checkpoints.Add(model, checkpoint);

    public OfferedCheckpoint Make(LedgerState state, Address maker, SeededStream draw)
    {
        var chunk = draw.NextHash();
        var model = BlobManifest.HashOf(ModelBytes, [chunk]);
        Add(model, Draw(maker, _checkpoints[TrainingQueries.Task(state, Task)!.BestModel], draw));
        return new OfferedCheckpoint(model, ModelBytes, [chunk], [new Tensor { Name = "weight", Shape = { 10, 10 } }]);
    }

    public bool IsHeld(BlobHash model, int node) => (_checkpoints[model].MissingAt >> (node % 32) & 1) == 0;

    /// <summary>One loss for each sample, in 2^-20 nats: two nats, more or less, and less by the quality.</summary>
    public IReadOnlyList<uint> Losses(Hash256 samples, uint count, BlobHash model)
    {
        var (common, own) = (new SeededStream(samples), new SeededStream(Hash256.Sha256([.. samples.ToArray(), .. model.Value.ToArray()])));
        var quality = _checkpoints[model].Quality;
        var losses = new uint[count];
        for (var i = 0; i < losses.Length; i++)
            losses[i] = (uint)Math.Clamp((2 * Nat) + (long)common.NextBelow(Loss.UnitsPerNat / 4) + (long)own.NextBelow(Loss.UnitsPerNat / 64) - quality, 0, (long)Loss.UnitsMax);
        return losses;
    }

    public uint Recheck(LedgerState state, RecheckRecord recheck, int node)
    {
        uint wrong = 0;
        for (var i = 0; i < recheck.Targets.Length; i++)
        {
            var target = recheck.Targets[i];
            var samples = TrainingSeed.PrivateSamples(recheck.Seed, KeyRotations.Identity(state, recheck.AttesterOf(target).Key));
            var models = recheck.Candidates.Select(candidate => candidate.Model).Prepend(recheck.Incumbent);
            var derived = models.Select(model => PrivateLosses(samples, recheck.PrivateSamples, model)).SelectMany(losses => recheck.Places.Select(place => losses[place]));
            if (!target.Losses.SequenceEqual(derived)) wrong |= 1u << i;
        }

        return wrong;
    }

    public Finding? Evaluate(LedgerState state, EvaluationJob job, Address validator, int node)
    {
        if (SealedSamples.Blobs(state, Task).Any(set => Read(set) is null)) return null;
        var opened = SealedSamples.Of(state, Task, Read);
        var judged = Judged(job.CommonSampleSeed, opened.Samples);
        var outcomes = job.Candidates.Select(candidate => _checkpoints[candidate.Model].IsFinite
            ? (CandidateOutcome)new CandidateOutcome.Evaluated(Losses(judged, job.Samples, candidate.Model))
            : new CandidateOutcome.Refused(CandidateVerdict.NotFinite)).ToList();
        var drawn = SampleDraw.Draw(job.CommonSampleSeed, (int)job.Samples - opened.Count, (int)job.EvaluationSetSamples);
        var samples = SealedOrder.Mix(job.Seed, opened.Count, drawn);
        var statement = StatementBuilder.Build(state, state.GenesisHash, job.Task, samples, Losses(judged, job.Samples, job.Incumbent), outcomes, opened.Names);
        var models = job.Candidates.Select(candidate => candidate.Model).Prepend(job.Incumbent);
        return new Finding(statement, [.. models.SelectMany(model => PrivateLosses(job.PrivateSampleSeed, job.PrivateSamples, model))]);

        byte[]? Read(BlobHash set) => shelf?.Read(set, node);
    }

    public string? FaultOf(TrainingStatement statement, LedgerState? judged)
    {
        var samples = TrainingSeed.CommonSamples(statement.Seed);
        if (shelf is not null)
        {
            if (judged is null) return null; // which sealed samples judge, only the round itself says
            var opened = shelf.Judging(judged);
            var mixed = SealedOrder.Mix(statement.Seed, opened.Count, SampleDraw.Draw(samples, (int)statement.Samples - opened.Count, (int)Population));
            var root = CandidateBinding.SampleList(task.SampleSource, task.EvaluationSet, Population, mixed, [.. opened.Select(sample => (sample.Set, sample.Sample))]);
            if (statement.SampleRoot != root) return "is about other samples than its round has drawn and opened";
            samples = Judged(samples, [.. opened.Select(sample => sample.Content)]);
        }

        return LossSums.FaultOf(statement, model => _checkpoints[model].IsFinite ? Losses(samples, statement.Samples, model) : null);
    }

    public bool IsBetter(BlobHash model, BlobHash than) => _checkpoints[model].Quality > _checkpoints[than].Quality;

    public Address MakerOf(BlobHash model) => _checkpoints[model].Maker;

    // What the losses are drawn from: whoever opens other sealed samples than it should finds others.
    private static Hash256 Judged(Hash256 samples, IReadOnlyList<byte[]> opened) =>
        opened.Count == 0 ? samples : Hash256.Sha256([.. samples.ToArray(), .. opened.SelectMany(sample => sample)]);

    // A validator's losses on its own samples: zeros for a model that has none.
    private IReadOnlyList<uint> PrivateLosses(Hash256 samples, uint count, BlobHash model) =>
        _checkpoints[model].IsFinite ? Losses(samples, count, model) : new uint[count];

    // Most are better than the best; some are not, some are no numbers, and of some the bytes are not to be had.
    private static SimulatedCheckpoint Draw(Address maker, SimulatedCheckpoint best, SeededStream draw)
    {
        var gain = draw.NextChance(3, 4) ? (long)(Loss.UnitsPerNat / 8) : (long)draw.NextBelow(Loss.UnitsPerNat / 16) - (long)(Loss.UnitsPerNat / 32);
        return new SimulatedCheckpoint(maker, best.Quality + gain, IsFinite: draw.NextChance(15, 16), draw.NextChance(7, 8) ? 0 : (uint)draw.NextBelow(1UL << 32));
    }
}

/// <summary>What stands behind the name of a checkpoint.</summary>
/// <param name="Maker">The trainer whose work it is.</param>
/// <param name="Quality">How much lower its losses are than those of the first one, in 2^-20 nats; negative where they are higher.</param>
/// <param name="IsFinite">Whether it can be evaluated.</param>
/// <param name="MissingAt">Bits of the numbers of nodes that cannot get it.</param>
public sealed record SimulatedCheckpoint(Address Maker, long Quality, bool IsFinite, uint MissingAt);
