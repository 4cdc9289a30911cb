using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>
/// A training set in two: what is trained on, and what only measures. Which samples are which follows from the trainer's address: no secret, and
/// nothing that others could use.
/// </summary>
internal sealed record TrainerData(Dataset Learning, Dataset Measuring)
{
    private const int MeasuringShare = 10;

    /// <summary>Samples of one stretch of learning at most, where they are generated: some seconds' work. A longer one takes them again.</summary>
    private const int GeneratedMax = 65_536;

    /// <summary>Far ahead in the stream, so that what measures is never learned from, not even under an equal seed.</summary>
    private const ulong MeasuringFrom = 1UL << 40;

    /// <summary>Of a stretch, where samples are generated; 0 where they are stored.</summary>
    private int Stretch { get; init; }

    /// <summary>What a generator draws from a seed of the trainer's own: nothing is stored, and no sample is learned from in two stretches.</summary>
    /// <param name="seed">Of the first samples; each stretch and each measuring has a seed of its own.</param>
    /// <param name="stretch">Samples that a stretch learns from.</param>
    /// <param name="measuring">Samples that measure.</param>
    public static TrainerData Generate(Hash256 seed, long stretch, int measuring)
    {
        var generator = DigitsAndLetters.Instance;
        var size = (int)Math.Clamp(stretch, 1, GeneratedMax);
        return new TrainerData(
            generator.Samples(SampleStream.Training, seed, 0, size),
            generator.Samples(SampleStream.Training, seed, MeasuringFrom, measuring))
        { Stretch = size };
    }

    /// <summary>What a stretch of learning takes its mini-batches from.</summary>
    public Dataset LearningFor(Hash256 batches) =>
        Stretch > 0 ? DigitsAndLetters.Instance.Samples(SampleStream.Training, batches, 0, Stretch) : Learning;

    /// <summary>What a candidate is probed with: so many samples of a seed's own where they are generated, else all that there are to draw from.</summary>
    public Dataset ProbeFor(Hash256 seed, int samples) =>
        Stretch > 0 ? DigitsAndLetters.Instance.Samples(SampleStream.Training, seed, 0, Math.Clamp(samples, 1, GeneratedMax)) : Learning;

    /// <summary>What a round is measured on. Where fresh samples cost nothing the best of many snapshots must not be the best on the same ones for ever.</summary>
    public Dataset MeasuringFor(Hash256 measuring) =>
        Stretch > 0 ? DigitsAndLetters.Instance.Samples(SampleStream.Training, measuring, MeasuringFrom, Measuring.Count) : Measuring;

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

    public Hash256 Probe(ulong round) => Of("probe", round, 0);

    public Hash256 Batches(ulong round, int attempt) => Of("batches", round, attempt);

    private Hash256 Of(string purpose, ulong round, int attempt)
    {
        var tag = System.Text.Encoding.ASCII.GetBytes($"NeuroChain trainer {purpose} v1");
        return Hash256.Sha256(new ByteWriter().Bytes(tag).Address(trainer).Hash(task).UInt64(round).UInt32((uint)attempt).ToArray());
    }
}
