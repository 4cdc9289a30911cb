using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// The hashes beside the way from one leaf to the root (RFC 6962 2.1.1), lowest first.
/// <code>encoding = index (4, big-endian) || count (4, big-endian) || path (32 each)</code>
/// The length of the path follows from index and count, so that every proof has exactly one encoding.
/// </summary>
public sealed class MerkleProof
{
    /// <summary>Leaves of the greatest tree; its paths have 30 hashes.</summary>
    public const int CountMax = 1 << 30;

    public const int SizeMax = 8 + (30 * Hash256.Size);

    private readonly Hash256[] _path;

    internal MerkleProof(int index, int count, Hash256[] path)
    {
        Invariant.Check(path.Length == PathLength(index, count), "the path has the length that its place in the tree asks for");
        (Index, Count, _path) = (index, count, path);
    }

    public int Index { get; }

    public int Count { get; }

    public IReadOnlyList<Hash256> Path => _path;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out MerkleProof? proof)
    {
        proof = null;
        if (bytes.Length is < 8 or > SizeMax) return false;
        var index = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var count = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        if (count > CountMax || index >= count) return false;
        var path = new Hash256[PathLength((int)index, (int)count)];
        if (bytes.Length != 8 + (path.Length * Hash256.Size)) return false;
        for (var i = 0; i < path.Length; i++) path[i] = Hash256.FromBytes(bytes.Slice(8 + (i * Hash256.Size), Hash256.Size));
        proof = new MerkleProof((int)index, (int)count, path);
        return true;
    }

    public byte[] Encode()
    {
        var bytes = new byte[8 + (_path.Length * Hash256.Size)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)Index);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), (uint)Count);
        for (var i = 0; i < _path.Length; i++) _path[i].CopyTo(bytes.AsSpan(8 + (i * Hash256.Size)));
        return bytes;
    }

    /// <summary>
    /// True where this proof leads from the leaf to the root, and speaks of the very place that the caller means. The place is the
    /// caller's word on purpose: a proof of another leaf of the same tree is valid too, and whoever lets the proof say where the leaf
    /// stands accepts part 3 in the place of part 5. The count is too, because a root alone does not bind it.
    /// </summary>
    public bool Proves(Hash256 root, int index, int count, Hash256 leafHash)
    {
        if (index != Index || count != Count) return false;
        var hash = leafHash;
        var used = 0;
        var at = Index;
        for (var last = Count - 1; last > 0; at /= 2, last /= 2)
        {
            if (at % 2 == 1) hash = Domain.MerkleNode.Hash(_path[used++], hash);
            else if (at < last) hash = Domain.MerkleNode.Hash(hash, _path[used++]);
        }

        return hash == root;
    }

    // A level has a neighbour for the leaf's ancestor unless that is the odd last one.
    private static int PathLength(int index, int count)
    {
        var length = 0;
        for (var (at, last) = (index, count - 1); last > 0; at /= 2, last /= 2)
            if (at % 2 == 1 || at < last)
                length++;
        return length;
    }
}
