using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Learning;

/// <summary>
/// A change of a data set: samples that go, by their hashes, and samples that come. One encoding for one change: base root 32 | removes, count
/// 4, sample hash 32 each, ascending | adds, count 4 | pixels of a sample 4 | label 1 and pixels each, ascending by sample hash.
/// </summary>
public sealed class DatasetDelta
{
    private readonly Hash256[] _removes;
    private readonly Hash256[] _addHashes;
    private readonly byte[] _adds;

    private DatasetDelta(Hash256 baseRoot, int pixels, Hash256[] removes, Hash256[] addHashes, byte[] adds)
    {
        BaseRoot = baseRoot;
        Pixels = pixels;
        (_removes, _addHashes, _adds) = (removes, addHashes, adds);
    }

    /// <summary>Root of the set that it changes.</summary>
    public Hash256 BaseRoot { get; }

    /// <summary>Bytes of an image.</summary>
    public int Pixels { get; }

    /// <summary>Every sample of the set with one of these hashes goes.</summary>
    public IReadOnlyList<Hash256> Removes => _removes;

    public int Adds => _addHashes.Length;

    /// <param name="from">What is changed.</param>
    /// <param name="removes">Samples of it, by their numbers.</param>
    /// <param name="adds">Null where nothing comes.</param>
    public static DatasetDelta Between(Dataset from, IEnumerable<int> removes, Dataset? adds)
    {
        var size = 1 + (int)from.Shape.Count;
        Invariant.Check(adds is null || adds.Shape == from.Shape, "samples that come have the shape of the set");
        var order = Enumerable.Range(0, adds?.Count ?? 0).Select(i => (Hash: adds!.SampleHash(i), Sample: i)).OrderBy(one => one.Hash).DistinctBy(one => one.Hash).ToArray();
        var bytes = new byte[order.Length * size];
        for (var i = 0; i < order.Length; i++)
        {
            bytes[i * size] = adds!.Label(order[i].Sample);
            adds.Image(order[i].Sample).CopyTo(bytes.AsSpan((i * size) + 1));
        }

        return new DatasetDelta(from.Root, size - 1, [.. removes.Select(from.SampleHash).Distinct().Order()], [.. order.Select(one => one.Hash)], bytes);
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Hash(BaseRoot).UInt32((uint)_removes.Length);
        foreach (var hash in _removes) writer.Hash(hash);
        return writer.UInt32((uint)_addHashes.Length).UInt32((uint)Pixels).Bytes(_adds).ToArray();
    }

    /// <summary>Bounded by the bytes that are there: nothing is taken for a promise.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DatasetDelta? delta, out DatasetDeltaError error)
    {
        delta = null;
        error = DatasetDeltaError.Malformed;
        var reader = new ByteReader(bytes);
        var root = reader.Hash();
        var removes = new Hash256[reader.Count32(Dataset.SamplesMax, Hash256.Size)];
        for (var i = 0; i < removes.Length; i++) removes[i] = reader.Hash();
        var adds = reader.UInt32();
        var pixels = reader.UInt32();
        if (reader.Failed || adds > Dataset.SamplesMax || pixels > Dataset.BytesMax || adds * (1L + pixels) != reader.Remaining) return false;
        error = DatasetDeltaError.Empty;
        if (pixels == 0 || removes.Length + (int)adds == 0) return false;
        var content = reader.Bytes(reader.Remaining);
        var size = 1 + (int)pixels;
        var hashes = new Hash256[adds];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = Hash256.FromBytes(SHA256.HashData(content.Slice(i * size, size)));
        error = DatasetDeltaError.NotAscending;
        if (!IsAscending(removes) || !IsAscending(hashes)) return false;
        error = DatasetDeltaError.None;
        delta = new DatasetDelta(root, (int)pixels, removes, hashes, content.ToArray());
        return true;
    }

    /// <summary>The set without what goes, in its order, then what comes, ascending by hash.</summary>
    public bool TryApply(Dataset from, [NotNullWhen(true)] out Dataset? result, out DatasetDeltaError error)
    {
        result = null;
        error = DatasetDeltaError.OtherBase;
        if (from.Root != BaseRoot) return false;
        error = DatasetDeltaError.OtherShape;
        if (from.Shape.Count != Pixels) return false;
        var size = 1 + Pixels;
        error = DatasetDeltaError.LabelOutOfRange;
        for (var i = 0; i < Adds; i++)
            if (_adds[i * size] >= from.Classes)
                return false;
        if (!TryKeep(from, out var kept, out error)) return false;
        error = DatasetDeltaError.TooLarge;
        var count = kept.Count + Adds;
        if (count == 0 || count > Dataset.SamplesMax || (long)count * Pixels > Dataset.BytesMax) return false;

        var (images, labels) = (new byte[count * Pixels], new byte[count]);
        for (var i = 0; i < count; i++)
        {
            var added = i < kept.Count ? default : _adds.AsSpan((i - kept.Count) * size, size);
            labels[i] = i < kept.Count ? from.Label(kept[i]) : added[0];
            (i < kept.Count ? from.Image(kept[i]) : added[1..]).CopyTo(images.AsSpan(i * Pixels));
        }

        var isMade = Dataset.TryCreate(from.Shape, images, labels, from.Classes, out var made, out _);
        Invariant.Check(isMade, "size and labels were checked");
        (result, error) = (made!, DatasetDeltaError.None);
        return true;
    }

    private bool TryKeep(Dataset from, out List<int> kept, out DatasetDeltaError error)
    {
        kept = [];
        var (found, added) = (new bool[_removes.Length], false);
        for (var i = 0; i < from.Count; i++)
        {
            var hash = from.SampleHash(i);
            added |= Array.BinarySearch(_addHashes, hash) >= 0;
            if (Array.BinarySearch(_removes, hash) is >= 0 and var at) found[at] = true;
            else kept.Add(i);
        }

        error = added ? DatasetDeltaError.SampleRepeated : DatasetDeltaError.UnknownSample;
        return !added && Array.TrueForAll(found, one => one);
    }

    private static bool IsAscending(Hash256[] hashes)
    {
        for (var i = 1; i < hashes.Length; i++)
            if (hashes[i].CompareTo(hashes[i - 1]) <= 0)
                return false;
        return true;
    }
}
