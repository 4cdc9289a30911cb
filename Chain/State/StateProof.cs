using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace NeuroChain.Chain;

/// <summary>
/// The way from a state root down to where a key stands or would stand: the hash beside every step, and what is at its end. It proves that
/// a key has a value, or that it has none, to whoever holds the root alone.
/// <code>encoding = depth (2, big-endian) || bitmap (depth / 8, rounded up) || siblings (32 each) || end (1) || path (32) || value hash (32)</code>
/// A bit of the bitmap, the highest of the first byte at the root, says that the sibling of that step is there; the others are zero and not
/// written. The end is 0 where there is nothing, and the last two are missing; it is 1 at a leaf. Every proof has exactly one encoding.
/// </summary>
/// <remarks>
/// The key's own bits choose the side of every step. As a branch's hash covers both sides, the root admits one node at the end of the way:
/// where that is nothing, or the leaf of another key, the key has no record.
/// </remarks>
public sealed class StateProof
{
    public const int SizeMax = 2 + (StateHash.DepthMax / 8) + (StateHash.DepthMax * Hash256.Size) + 1 + LeafBytes;

    private const int LeafBytes = 2 * Hash256.Size;

    private readonly Hash256[] _siblings;

    /// <param name="siblings">From the root downwards; zero where the other side is empty. At most <see cref="StateHash.DepthMax"/>.</param>
    /// <param name="leaf">The leaf at the end; null where there is nothing.</param>
    public StateProof(ReadOnlySpan<Hash256> siblings, StateProofLeaf? leaf)
    {
        Invariant.Check(siblings.Length <= StateHash.DepthMax, "a way has no more steps than a path has bits");
        (_siblings, Leaf) = (siblings.ToArray(), leaf);
    }

    /// <summary>From the root downwards; zero where the other side is empty.</summary>
    public IReadOnlyList<Hash256> Siblings => _siblings;

    /// <summary>What is at the end of the way; null where there is nothing.</summary>
    public StateProofLeaf? Leaf { get; }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out StateProof? proof)
    {
        proof = null;
        var reader = new ByteReader(bytes);
        if (!TryReadSiblings(ref reader, out var siblings)) return false;
        StateProofLeaf? leaf = null;
        var end = reader.Byte();
        if (end > 1) return false;
        if (end == 1) leaf = new StateProofLeaf(reader.Hash(), reader.Hash());
        if (!reader.IsWhole) return false;
        proof = new StateProof(siblings, leaf);
        return true;
    }

    public byte[] Encode()
    {
        var writer = WriteSiblings(new ByteWriter(), _siblings).Byte(Leaf is null ? (byte)0 : (byte)1);
        if (Leaf is { } leaf) writer.Hash(leaf.Path).Hash(leaf.ValueHash);
        return writer.ToArray();
    }

    /// <summary>True where the state with this root has exactly this value at the key.</summary>
    public bool ProvesInclusion(Hash256 root, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var path = StateHash.Path(key);
        return Leaf is { } leaf && leaf.Path == path && leaf.ValueHash == Hash256.Sha256(value) && LeadsFrom(root, path);
    }

    /// <summary>True where the state with this root has no record at the key.</summary>
    public bool ProvesExclusion(Hash256 root, ReadOnlySpan<byte> key)
    {
        var path = StateHash.Path(key);
        if (Leaf is { } other && (other.Path == path || !other.Path.SharesBits(path, _siblings.Length))) return false;
        return LeadsFrom(root, path);
    }

    /// <summary>Depth, bitmap and the siblings that are not zero: the layout above, for whatever else carries such a way.</summary>
    public static ByteWriter WriteSiblings(ByteWriter writer, ReadOnlySpan<Hash256> siblings)
    {
        writer.UInt16((ushort)siblings.Length);
        Span<byte> bitmap = stackalloc byte[(siblings.Length + 7) / 8];
        bitmap.Clear();
        for (var i = 0; i < siblings.Length; i++)
            if (!siblings[i].IsZero)
                bitmap[i / 8] |= (byte)(0x80 >> (i % 8));
        writer.Bytes(bitmap);
        foreach (var sibling in siblings)
            if (!sibling.IsZero)
                writer.Hash(sibling);
        return writer;
    }

    /// <summary>Reads what <see cref="WriteSiblings"/> wrote; false where it could have been written shorter, or nobody could have written it.</summary>
    public static bool TryReadSiblings(ref ByteReader reader, out Hash256[] siblings)
    {
        siblings = [];
        var depth = reader.UInt16();
        if (reader.Failed || depth > StateHash.DepthMax) return false;
        var bitmap = reader.Bytes((depth + 7) / 8);
        if (reader.Failed || (depth % 8 != 0 && (bitmap[^1] & (0xff >> (depth % 8))) != 0)) return false;
        var present = 0;
        foreach (var bits in bitmap) present += BitOperations.PopCount(bits);
        if (reader.Remaining < present * Hash256.Size) return false;

        siblings = new Hash256[depth];
        for (var i = 0; i < depth; i++)
        {
            if ((bitmap[i / 8] & (0x80 >> (i % 8))) == 0) continue;
            siblings[i] = reader.Hash();
            if (siblings[i].IsZero) return false;
        }

        return true;
    }

    private bool LeadsFrom(Hash256 root, Hash256 path)
    {
        var end = Leaf is { } leaf ? StateHash.Leaf(leaf.Path, leaf.ValueHash) : Hash256.Zero;
        return StateHash.Root(end, path, _siblings) == root;
    }
}
