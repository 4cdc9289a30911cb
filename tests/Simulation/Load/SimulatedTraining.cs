using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Simulation;

/// <summary>
/// The learning of a run, without any: a checkpoint is a name with a quality, and its losses are drawn from the seed of the samples. Everybody
/// who evaluates finds the same bits, as the real evaluator promises; all else about training is real.
/// </summary>
/// <param name="task">What is trained.</param>
/// <param name="trainers">Who brings candidates.</param>
public sealed class SimulatedTraining(GenesisTask task, IReadOnlyList<PrivateKey> trainers)
{
    private const long Nat = (long)Loss.UnitsPerNat;

    private readonly Dictionary<BlobHash, Checkpoint> _checkpoints = new() { [new BlobHash(task.InitialModel)] = new Checkpoint(default, 0, IsFinite: true, 0) };

    public Hash256 Task { get; } = task.Id;

    public Hash256 TrainingSet { get; } = task.TrainingSet;

    public IReadOnlyList<PrivateKey> Trainers => trainers;

    public Checkpoint this[BlobHash model] => _checkpoints[model];

    public void Add(BlobHash model, Checkpoint checkpoint) => _checkpoints.Add(model, checkpoint);

    /// <summary>Whether the node of that number can get a checkpoint: of some nobody serves the bytes, or only to some.</summary>
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

    /// <summary>A validator's losses on its own samples: zeros for a model that has none.</summary>
    public IReadOnlyList<uint> PrivateLosses(Hash256 samples, uint count, BlobHash model) =>
        _checkpoints[model].IsFinite ? Losses(samples, count, model) : new uint[count];

    /// <summary>Whose private losses are wrong, as everybody finds who computes them again.</summary>
    public uint Recheck(IStateReader state, RecheckRecord recheck)
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

    /// <summary>What everybody finds who evaluates a round as it is.</summary>
    public TrainingStatement Evaluate(LedgerState state, EvaluationJob job)
    {
        var outcomes = job.Candidates.Select(candidate => _checkpoints[candidate.Model].IsFinite
            ? (CandidateOutcome)new CandidateOutcome.Evaluated(Losses(job.CommonSampleSeed, job.Samples, candidate.Model))
            : new CandidateOutcome.Refused(CandidateVerdict.NotFinite)).ToList();
        var samples = SampleDraw.Draw(job.CommonSampleSeed, (int)job.Samples, (int)job.EvaluationSetSamples);
        return StatementBuilder.Build(state, state.GenesisHash, job.Task, samples, Losses(job.CommonSampleSeed, job.Samples, job.Incumbent), outcomes);
    }
}

/// <summary>What stands behind the name of a checkpoint.</summary>
/// <param name="Maker">The trainer whose work it is.</param>
/// <param name="Quality">How much lower its losses are than those of the first one, in 2^-20 nats; negative where they are higher.</param>
/// <param name="IsFinite">Whether it can be evaluated.</param>
/// <param name="MissingAt">Bits of the numbers of nodes that cannot get it.</param>
public sealed record Checkpoint(Address Maker, long Quality, bool IsFinite, uint MissingAt);
