using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>A training set in two: what is trained on, and what only measures. Which samples are which is the trainer's own secret draw.</summary>
internal sealed record TrainerData(Dataset Learning, Dataset Measuring)
{
    private const int MeasuringShare = 10;

    /// <summary>Samples of one stretch of learning, where they are generated: about what a stretch takes, a second's work.</summary>
    private const int GeneratedStretch = 8192;

    private const int GeneratedMeasuring = 8192;

    /// <summary>Whether the samples are drawn by a generator, fresh for each stretch.</summary>
    private bool IsGenerated { get; init; }

    /// <summary>What a generator draws from a seed of the trainer's own: nothing is stored, and no sample is learned from in two stretches.</summary>
    public static TrainerData Generate(Hash256 seed)
    {
        var generator = DigitsAndLetters.Instance;
        // Far ahead in the stream, so that what measures is never learned from, not even under an equal seed.
        return new TrainerData(generator.Samples(SampleStream.Training, seed, 0, GeneratedStretch), generator.Samples(SampleStream.Training, seed, 1UL << 40, GeneratedMeasuring)) { IsGenerated = true };
    }

    /// <summary>What a stretch of learning takes its mini-batches from.</summary>
    public Dataset LearningFor(Hash256 batches) =>
        IsGenerated ? DigitsAndLetters.Instance.Samples(SampleStream.Training, batches, 0, GeneratedStretch) : Learning;

    public static TrainerData Split(Dataset training, Hash256 seed)
    {
        var held = new bool[training.Count];
        foreach (var sample in SampleDraw.Draw(seed, training.Count / MeasuringShare, training.Count)) held[sample] = true;
        return new TrainerData(Take(training, sample => !held[sample]), Take(training, sample => held[sample]));
    }

    private static Dataset Take(Dataset all, Predicate<int> isTaken)
    {
        var samples = Enumerable.Range(0, all.Count).Where(sample => isTaken(sample)).ToArray();
        return samples.Length > 0 ? all.Take(samples) : throw new OperatorException($"the training set has {all.Count} samples, too few to learn from: choose a larger one");
    }
}

/// <summary>Seeds of a trainer's own draws: trainers differ by their address, rounds and attempts by their number.</summary>
internal sealed class TrainerSeeds(Address trainer, Hash256 task)
{
    public Hash256 Split => Of("split", 0, 0);

    public Hash256 Measuring(ulong round) => Of("measuring", round, 0);

    public Hash256 Batches(ulong round, int attempt) => Of("batches", round, attempt);

    private Hash256 Of(string purpose, ulong round, int attempt)
    {
        var tag = System.Text.Encoding.ASCII.GetBytes($"NeuroChain trainer {purpose} v1");
        return Hash256.Sha256(new ByteWriter().Bytes(tag).Address(trainer).Hash(task).UInt64(round).UInt32((uint)attempt).ToArray());
    }
}
