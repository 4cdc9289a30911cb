using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>A custodian as a sealed set names it.</summary>
/// <param name="Address">Who shows shares.</param>
/// <param name="ShareRoot">Root over its shares of all keys, <see cref="SealedKeys.ShareLeaf"/>: what is shown later is held against it.</param>
public sealed record SealedCustodian(Address Address, Hash256 ShareRoot);

/// <summary>What of a sealed set stands on chain, and must stand in its blob too.</summary>
/// <param name="Task">What it is for.</param>
/// <param name="Pixels">Values of a sample.</param>
/// <param name="Classes">Samples of each class.</param>
/// <param name="Threshold">Custodians whose shares give a key.</param>
/// <param name="Custodians">In the order of their numbers, from 1 on.</param>
public sealed record SealedSetTerms(Hash256 Task, uint Pixels, ImmutableArray<uint> Classes, int Threshold, ImmutableArray<SealedCustodian> Custodians)
{
    public int Samples => Classes.Aggregate(0, (sum, count) => sum + (int)count);

    /// <summary>Length of the blob of such a set.</summary>
    public long BlobBytes => BytesOf(Samples, Pixels, Classes.Length, Custodians.Length);

    /// <summary>Length of the greatest one for samples of so many values and classes.</summary>
    public static long LargestBlob(uint pixels, int classes) => BytesOf(SealedLimits.SamplesMax, pixels, classes, SealedLimits.CustodiansMax);

    /// <summary>Whether counts are within the bounds of the protocol.</summary>
    public bool IsWithinBounds =>
        Pixels is > 0 and <= SealedLimits.PixelsMax
        && Classes.Length is >= 2 and <= SealedLimits.ClassesMax
        && Classes.All(count => count <= SealedLimits.SamplesMax)
        && Samples is >= SealedLimits.SamplesMin and <= SealedLimits.SamplesMax
        && Custodians.Length is >= 1 and <= SealedLimits.CustodiansMax
        && Threshold >= 1 && Threshold <= Custodians.Length
        && BlobBytes <= BlobLimits.BlobBytesMax;

    private static long BytesOf(int samples, uint pixels, int classes, int custodians) =>
        Hash256.Size + 4 + 2 + (4L * classes) + 1 + 1 + (custodians * (Address.Size + Hash256.Size + (long)SealedSet.BoxBytes))
        + (samples * (Hash256.Size + 1L + pixels + (custodians * (long)Hash256.Size)));

    public bool Equals(SealedSetTerms? other) =>
        other is not null && Task == other.Task && Pixels == other.Pixels && Threshold == other.Threshold
        && Classes.AsSpan().SequenceEqual(other.Classes.AsSpan()) && Custodians.AsSpan().SequenceEqual(other.Custodians.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Task, Pixels, Threshold, Classes.Length, Custodians.Length);
}

/// <summary>
/// A sealed hold-out: samples, each under a key of its own, in the order of their classes. Layout: task 32 | pixels 4 | classes, count 2, samples of each 4 |
/// threshold 1 | custodians, count 1, each address 20, share root 32, box 112 | for each sample: hash 32 | label and pixels under its key | for each
/// custodian its share of the key under its pad 32.
/// </summary>
/// <remarks>
/// The hash of a sample is that of label and pixels without any secret, so that everybody sees duplicates before anything is opened. Whoever has a sample can
/// therefore see whether it is in the set; what is sealed must not be public elsewhere.
/// </remarks>
public sealed class SealedSet
{
    /// <summary>A custodian's secret, encrypted to its key.</summary>
    public const int BoxBytes = Hash256.Size + Ecies.Overhead;

    private readonly byte[] _bytes;
    private readonly int _samplesFrom;
    private readonly ImmutableArray<byte[]> _boxes;

    private SealedSet(byte[] bytes, int samplesFrom, SealedSetTerms terms, ImmutableArray<byte[]> boxes) =>
        (_bytes, _samplesFrom, Terms, _boxes) = (bytes, samplesFrom, terms, boxes);

    public SealedSetTerms Terms { get; }

    /// <summary>The blob. Not to be changed.</summary>
    public byte[] Bytes => _bytes;

    private int SampleBytes => Hash256.Size + 1 + (int)Terms.Pixels + (Terms.Custodians.Length * Hash256.Size);

    /// <summary>Seals samples.</summary>
    /// <param name="task">What they are for.</param>
    /// <param name="samples">Label, then pixels, all of one length; their order is lost.</param>
    /// <param name="classes">Labels are below this number.</param>
    /// <param name="custodians">Address and public point of each.</param>
    /// <param name="threshold">Of them give a key.</param>
    /// <param name="master">Secret and never used before; who has it has every key.</param>
    /// <returns>Null where a custodian's point is none.</returns>
    public static SealedSet? Seal(
        Hash256 task, IReadOnlyList<byte[]> samples, int classes, IReadOnlyList<(Address Address, byte[] Point)> custodians, int threshold, Hash256 master)
    {
        var keys = new SealedKeys(master, threshold);
        var ordered = samples.OrderBy(sample => sample[0]).ThenBy(sample => Hash256.Sha256(sample)).ToList();
        var counts = Enumerable.Range(0, classes).Select(label => (uint)ordered.Count(sample => sample[0] == label)).ToImmutableArray();
        var named = ImmutableArray.CreateBuilder<SealedCustodian>();
        var boxes = new List<byte[]>();
        for (var i = 0; i < custodians.Count; i++)
        {
            var number = i + 1;
            named.Add(new SealedCustodian(custodians[i].Address, MerkleTree.Root(ordered.Count, sample => SealedKeys.ShareLeaf(sample, keys.Share(sample, number)))));
            if (!Ecies.TrySeal(custodians[i].Point, keys.CustodianSecret(number).ToArray(), Domain.CustodianSecret, keys.BoxKey(number), out var box)) return null;
            boxes.Add(box);
        }

        var terms = new SealedSetTerms(task, (uint)(samples[0].Length - 1), counts, threshold, named.ToImmutable());
        Invariant.Check(terms.IsWithinBounds, "whoever seals has looked at the bounds");
        var writer = new ByteWriter().Hash(task).UInt32(terms.Pixels).UInt16((ushort)classes);
        foreach (var count in counts) writer.UInt32(count);
        writer.Byte((byte)threshold).Byte((byte)custodians.Count);
        for (var i = 0; i < boxes.Count; i++) writer.Address(terms.Custodians[i].Address).Hash(terms.Custodians[i].ShareRoot).Bytes(boxes[i]);
        for (var sample = 0; sample < ordered.Count; sample++)
        {
            writer.Hash(Hash256.Sha256(ordered[sample])).Bytes(SealedKeys.Apply(keys.Key(sample), ordered[sample]));
            for (var number = 1; number <= boxes.Count; number++) writer.Hash(SealedKeys.Covered(keys.CustodianSecret(number), sample, keys.Share(sample, number)));
        }

        var isRead = TryDecode(writer.ToArray(), out var set);
        Invariant.Check(isRead, "what was sealed is a sealed set");
        return set;
    }

    /// <summary>Bounded by the bytes that are there.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SealedSet? set)
    {
        set = null;
        var reader = new ByteReader(bytes);
        var task = reader.Hash();
        var pixels = reader.UInt32();
        var classes = new uint[reader.Count16(SealedLimits.ClassesMax, 4)];
        for (var i = 0; i < classes.Length; i++) classes[i] = reader.UInt32();
        int threshold = reader.Byte(), count = reader.Byte();
        if (count > SealedLimits.CustodiansMax) reader.Fail();
        var custodians = ImmutableArray.CreateBuilder<SealedCustodian>();
        var boxes = ImmutableArray.CreateBuilder<byte[]>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            custodians.Add(new SealedCustodian(reader.Address(), reader.Hash()));
            boxes.Add(reader.Bytes(BoxBytes).ToArray());
        }

        if (reader.Failed) return false;
        var terms = new SealedSetTerms(task, pixels, [.. classes], threshold, custodians.ToImmutable());
        if (!terms.IsWithinBounds || terms.BlobBytes != bytes.Length) return false;
        set = new SealedSet(bytes.ToArray(), bytes.Length - reader.Remaining, terms, boxes.ToImmutable());
        return true;
    }

    /// <summary>SHA-256 of label and pixels, as its supplier says.</summary>
    public Hash256 SampleHash(int sample) => Hash256.FromBytes(Sample(sample)[..Hash256.Size]);

    /// <summary>The class that a sample must have by its place.</summary>
    public int LabelOf(int sample)
    {
        var label = 0;
        for (var end = (int)Terms.Classes[0]; sample >= end; end += (int)Terms.Classes[label]) label++;
        return label;
    }

    /// <summary>Label and pixels; null where the key does not give what the set says of this sample.</summary>
    public byte[]? Open(int sample, Hash256 key)
    {
        var opened = SealedKeys.Apply(key, Sample(sample).Slice(Hash256.Size, 1 + (int)Terms.Pixels));
        return opened[0] == LabelOf(sample) && Hash256.Sha256(opened) == SampleHash(sample) ? opened : null;
    }

    /// <summary>What a custodian was given; null where the key is not that custodian's.</summary>
    /// <param name="custodian">Its number, from 1 on.</param>
    /// <param name="key">Its key.</param>
    public Hash256? SecretOf(int custodian, PrivateKey key) =>
        Ecies.TryOpen(key, _boxes[custodian - 1], Domain.CustodianSecret, out var secret) ? Hash256.FromBytes(secret) : null;

    /// <summary>A custodian's share of a sample's key.</summary>
    public Hash256 ShareOf(int custodian, Hash256 secret, int sample)
    {
        var at = Hash256.Size + 1 + (int)Terms.Pixels + ((custodian - 1) * Hash256.Size);
        return SealedKeys.Covered(secret, sample, Hash256.FromBytes(Sample(sample).Slice(at, Hash256.Size)));
    }

    /// <summary>Whether the shares under a custodian's pads are those that the set commits to: who accepts without can be made to fail later.</summary>
    public bool HasItsShares(int custodian, Hash256 secret) =>
        MerkleTree.Root(Terms.Samples, sample => SealedKeys.ShareLeaf(sample, ShareOf(custodian, secret, sample))) == Terms.Custodians[custodian - 1].ShareRoot;

    private ReadOnlySpan<byte> Sample(int sample)
    {
        Invariant.Check(sample >= 0 && sample < Terms.Samples, "a sealed set has the samples from 0 to its count");
        return _bytes.AsSpan(_samplesFrom + (sample * SampleBytes), SampleBytes);
    }
}
