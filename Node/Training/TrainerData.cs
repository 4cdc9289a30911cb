using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>A training set in two: what is trained on, and what only measures. Which samples are which is the trainer's own secret draw.</summary>
internal sealed record TrainerData(Dataset Learning, Dataset Measuring)
{
    private const int MeasuringShare = 10;

    public static TrainerData Split(Dataset training, Hash256 seed)
    {
        var held = new bool[training.Count];
        foreach (var sample in SampleDraw.Draw(seed, training.Count / MeasuringShare, training.Count)) held[sample] = true;
        return new TrainerData(Take(training, sample => !held[sample]), Take(training, sample => held[sample]));
    }

    private static Dataset Take(Dataset all, Predicate<int> isTaken)
    {
        var samples = Enumerable.Range(0, all.Count).Where(sample => isTaken(sample)).ToArray();
        var size = (int)all.Shape.Count;
        var images = new byte[(long)samples.Length * size];
        var labels = new byte[samples.Length];
        for (var i = 0; i < samples.Length; i++)
        {
            all.Image(samples[i]).CopyTo(images.AsSpan(i * size));
            labels[i] = all.Label(samples[i]);
        }

        return Dataset.TryCreate(all.Shape, images, labels, all.Classes, out var part, out var error)
            ? part
            : throw new OperatorException($"the training set has {all.Count} samples, too few to learn from ({error}): choose a larger one");
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
