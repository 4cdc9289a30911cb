using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Sealed samples that have judged: they are public, judge no more, and are as good to learn from as any. A delta puts them into the training set.</summary>
internal static class Graduates
{
    /// <summary>Samples of one set that were opened and are not in the training set yet; null where there are none.</summary>
    /// <param name="set">The set.</param>
    /// <param name="keys">All that were opened of it.</param>
    /// <param name="bytes">Its blob.</param>
    /// <param name="training">The present version of the training set.</param>
    public static Dataset? Of(SealedSetRecord set, ImmutableArray<ReleasedKey> keys, byte[] bytes, Dataset training)
    {
        if (!SealedSet.TryDecode(bytes, out var blob) || !blob.Terms.Equals(set.Terms)) return null;
        return Of(blob, keys, training);
    }

    /// <inheritdoc cref="Of(SealedSetRecord, ImmutableArray{ReleasedKey}, byte[], Dataset)"/>
    public static Dataset? Of(SealedSet blob, ImmutableArray<ReleasedKey> keys, Dataset training)
    {
        var known = SealedSetCheck.HashesOf(training);
        var opened = keys.OrderBy(key => key.Sample).Where(key => key.Sample < blob.Terms.Samples && !known.Contains(blob.SampleHash(key.Sample)))
            .Select(key => blob.Open(key.Sample, key.Key)).OfType<byte[]>().ToList();
        if (opened.Count == 0 || blob.Terms.Pixels != training.Shape.Count) return null;
        byte[] images = [.. opened.SelectMany(sample => sample.Skip(1))];
        byte[] labels = [.. opened.Select(sample => sample[0])];
        return Dataset.TryCreate(training.Shape, images, labels, training.Classes, out var dataset, out _) ? dataset : null;
    }
}
