using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// How a state is cut: chunk i of 2^depth has the records whose path begins with the depth bits of i.
/// <code>encoding = depth (1) || size of every chunk in bytes (4 each, 0 where it is empty) || ledger mark</code>
/// </summary>
/// <param name="Mark">Where the state stands. Whoever takes a snapshot checks this against a header that it trusts: all else follows from the root in it.</param>
/// <param name="Depth">Bits by which the state is cut.</param>
/// <param name="Sizes">Bytes of every chunk; 0 where there are no records.</param>
public sealed record SnapshotManifest(LedgerMark Mark, int Depth, ImmutableArray<int> Sizes)
{
    /// <summary>65,536 chunks: 64 GiB in chunks of 1 MiB.</summary>
    public const int DepthMax = 16;

    /// <summary>What a manifest has at most: the sizes and a mark.</summary>
    public const int BytesMax = 1 + (4 << DepthMax) + 1_024;

    public Height Height => Mark.Height;

    public StateRoot Root => Mark.StateRoot;

    public int ChunkCount => Sizes.Length;

    /// <summary>Bytes of all chunks together.</summary>
    public long TotalBytes => Sizes.Sum(size => (long)size);

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SnapshotManifest? manifest)
    {
        manifest = null;
        if (bytes.Length > BytesMax) return false;
        var reader = new ByteReader(bytes);
        int depth = reader.Byte();
        if (depth > DepthMax || reader.Remaining < 4 << depth) return false;
        var sizes = new int[1 << depth];
        foreach (ref var size in sizes.AsSpan())
        {
            var read = reader.UInt32();
            if (read > SnapshotChunk.BytesMax) return false;
            size = (int)read;
        }

        if (!LedgerMark.TryDecode(reader.Bytes(reader.Remaining), out var mark)) return false;
        manifest = new SnapshotManifest(mark, depth, [.. sizes]);
        return true;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().Byte((byte)Depth);
        foreach (var size in Sizes) writer.UInt32((uint)size);
        return writer.Bytes(Mark.Encode()).ToArray();
    }

    public bool HasRecords(int index) => index >= 0 && index < Sizes.Length && Sizes[index] > 0;

    /// <summary>Whether any chunk has records whose index begins, in its first bits, with these.</summary>
    public bool HasRecords(int prefix, int bits)
    {
        var below = Depth - bits;
        for (var i = prefix << below; i < (prefix + 1) << below; i++)
            if (Sizes[i] > 0)
                return true;
        return false;
    }
}
