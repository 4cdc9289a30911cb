using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The records of one part of a state, proved complete and true against the state root alone. It exists only verified.
/// <code>encoding = siblings (as in <see cref="StateProof"/>) || count (4) || records; record = key length (2) || key || value length (4) || value</code>
/// The records stand in the order of their paths. The siblings lead from the root down to the part; they are fewer than the snapshot's
/// depth only where a single record stands further up.
/// </summary>
public sealed class SnapshotChunk
{
    public const int BytesMax = 8 * 1024 * 1024;

    /// <summary>With account records, which are the smallest and most, about as many as the bytes allow.</summary>
    public const int RecordsMax = 1 << 17;

    /// <summary>The longest keys are those of a task and a model, with 66 bytes.</summary>
    public const int KeyBytesMax = 256;

    /// <summary>Bytes that a record takes beside its key and value.</summary>
    internal const int RecordOverhead = 2 + 4;

    private const int KeyBytesMin = 2;

    private readonly Hash256[] _siblings;

    private SnapshotChunk(int index, Hash256[] siblings, StateNode subtree)
    {
        Index = index;
        _siblings = siblings;
        Subtree = subtree;
    }

    public int Index { get; }

    /// <summary>In the order of the paths.</summary>
    public IEnumerable<KeyValuePair<StateKey, byte[]>> Records => StateNode.LeavesOf(Subtree).Select(leaf => KeyValuePair.Create(leaf.Key, leaf.Value));

    internal StateNode Subtree { get; }

    /// <summary>Reads chunk <paramref name="index"/> of 2^<paramref name="depth"/> of the state with that root.</summary>
    public static bool TryVerify(
        ReadOnlySpan<byte> bytes, StateRoot root, int depth, int index, [NotNullWhen(true)] out SnapshotChunk? chunk, out SnapshotFault fault)
    {
        Invariant.Check(depth is >= 0 and <= SnapshotManifest.DepthMax, "the depth is that of a manifest");
        Invariant.Check(index >= 0 && index < 1 << depth, "the index is one of the manifest's");
        chunk = null;
        fault = Read(bytes, out var siblings, out var records);
        if (fault == SnapshotFault.None) fault = CheckPlaces(records, siblings.Length, depth, index);
        if (fault != SnapshotFault.None) return false;

        var path = records[0].Path;
        var subtree = StateUpdate.Apply(null, records, siblings.Length);
        if (StateHash.Root(subtree!.Hash, path, siblings) == root.Value) chunk = new SnapshotChunk(index, siblings, subtree);
        else fault = SnapshotFault.RootDiffers;
        return chunk is not null;
    }

    /// <summary>Whether the neighbours on the way to the root are there and missing as the manifest says.</summary>
    internal bool Agrees(SnapshotManifest manifest)
    {
        for (var bits = 1; bits <= _siblings.Length; bits++)
        {
            var neighbour = (Index >> (manifest.Depth - bits)) ^ 1;
            if (manifest.HasRecords(neighbour, bits) == _siblings[bits - 1].IsZero) return false;
        }

        // A record that stands further up is alone below that place.
        for (var bits = _siblings.Length + 1; bits <= manifest.Depth; bits++)
            if (manifest.HasRecords((Index >> (manifest.Depth - bits)) ^ 1, bits))
                return false;
        return true;
    }

    internal static byte[] Encode(ReadOnlySpan<Hash256> siblings, StateNode subtree)
    {
        var count = StateNode.LeavesOf(subtree).Count();
        var writer = StateProof.WriteSiblings(new ByteWriter(), siblings).UInt32((uint)count);
        foreach (var leaf in StateNode.LeavesOf(subtree))
            writer.UInt16((ushort)leaf.Key.Bytes.Length).Bytes(leaf.Key.Bytes).LengthAndBytes(leaf.Value);
        return writer.ToArray();
    }

    private static SnapshotFault Read(ReadOnlySpan<byte> bytes, out Hash256[] siblings, out PathChange[] records)
    {
        (siblings, records) = ([], []);
        if (bytes.Length > BytesMax) return SnapshotFault.TooLarge;
        var reader = new ByteReader(bytes);
        if (!StateProof.TryReadSiblings(ref reader, out siblings)) return SnapshotFault.Malformed;
        var count = reader.UInt32();
        if (count > RecordsMax) return SnapshotFault.TooManyRecords;
        if (count == 0 || reader.Remaining < count * (RecordOverhead + KeyBytesMin)) return SnapshotFault.Malformed;

        var read = new PathChange[count];
        foreach (ref var record in read.AsSpan())
        {
            int length = reader.UInt16();
            if (length is < KeyBytesMin or > KeyBytesMax) return reader.Failed ? SnapshotFault.Malformed : SnapshotFault.MalformedKey;
            var key = reader.Bytes(length);
            if (reader.Failed) return SnapshotFault.Malformed;
            record.Key = StateKey.FromBytes(key);
            record.Value = reader.LengthAndBytes(BytesMax).ToArray();
        }

        if (!reader.IsWhole) return SnapshotFault.Malformed;
        StateUpdate.FindPaths(read);
        records = read;
        return SnapshotFault.None;
    }

    private static SnapshotFault CheckPlaces(PathChange[] records, int siblings, int depth, int index)
    {
        if (siblings > depth || (siblings < depth && records.Length != 1)) return SnapshotFault.WrongDepth;
        for (var i = 0; i < records.Length; i++)
        {
            if (i > 0 && records[i - 1].Path.CompareTo(records[i].Path) >= 0) return SnapshotFault.OutOfOrder;
            if (IndexOf(records[i].Path, depth) != index) return SnapshotFault.OutsideItsPart;
        }

        return SnapshotFault.None;
    }

    /// <summary>The chunk in which a record stands: the first bits of its path.</summary>
    internal static int IndexOf(Hash256 path, int depth)
    {
        var index = 0;
        for (var bit = 0; bit < depth; bit++) index = (index << 1) | (path.Bit(bit) ? 1 : 0);
        return index;
    }
}
