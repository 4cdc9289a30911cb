using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A block as its leader proposes it: whoever has its transactions already needs their hashes only (the idea of BIP 152). Layout: all that a
/// block has before its transactions | count 4 | the leaf hash of each, 32.
/// </summary>
/// <remarks>
/// The hashes are the leaves of the header's transactions root, over the whole bytes with the signature: decoding checks all three roots, so
/// that nothing is looked for in the name of a block that cannot be, and what is found under a hash is the very transaction. An empty block is
/// the same bytes in both forms.
/// </remarks>
public sealed class CompactBlock
{
    private readonly BlockFrame _frame;

    private CompactBlock(BlockFrame frame, ImmutableArray<Hash256> leafHashes)
    {
        _frame = frame;
        LeafHashes = leafHashes;
        Hash = frame.Header.Hash;
    }

    public Header Header => _frame.Header;

    public BlockHash Hash { get; }

    public Height Height => Header.Height;

    public BlockRef Ref => new(Hash, Header.BridgeRoot, Header.NextValidatorsRoot);

    /// <summary>Of each transaction in its order.</summary>
    public ImmutableArray<Hash256> LeafHashes { get; }

    public static CompactBlock Of(Block block) => new(block.Frame, [.. block.Transactions.Select(transaction => MerkleTree.LeafHash(transaction.Span))]);

    /// <summary>The same where the transactions were decoded.</summary>
    public static CompactBlock Of(Block block, ImmutableArray<Transaction> transactions) => new(block.Frame, [.. transactions.Select(transaction => transaction.LeafHash)]);

    /// <summary>Bounded like a block; a fault where a root of the header is not that of the content.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out CompactBlock? block, out BlockFault fault)
    {
        block = null;
        fault = BlockFault.TooLarge;
        if (bytes.Length > Limits.BlockBytesMax) return false;
        fault = BlockFault.Malformed;
        var reader = new ByteReader(bytes);
        if (!BlockFrame.TryRead(ref reader, out var frame)) return false;
        var count = reader.Count32(Limits.TransactionsPerBlockMax, Hash256.Size);
        var hashes = ImmutableArray.CreateBuilder<Hash256>(count);
        for (var i = 0; i < count; i++) hashes.Add(reader.Hash());
        if (!reader.IsWhole) return false;
        fault = frame.RootFault(MerkleTree.Root(hashes));
        if (fault == BlockFault.None) block = new CompactBlock(frame, hashes.MoveToImmutable());
        return fault == BlockFault.None;
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter(_frame.Size + 4 + (Hash256.Size * LeafHashes.Length));
        _frame.Write(writer);
        writer.UInt32((uint)LeafHashes.Length);
        foreach (var hash in LeafHashes) writer.Hash(hash);
        return writer.ToArray();
    }

    /// <summary>The block itself.</summary>
    /// <param name="transactions">Those of the leaf hashes, in their order.</param>
    /// <param name="block">Null where it is greater than a block may be.</param>
    public bool TryExpand(ImmutableArray<ReadOnlyMemory<byte>> transactions, [NotNullWhen(true)] out Block? block)
    {
        Invariant.Check(transactions.Length == LeafHashes.Length, "a block is expanded with all its transactions");
        block = Block.SizeOf(_frame, transactions) <= Limits.BlockBytesMax ? Block.Assemble(_frame, transactions) : null;
        return block is not null;
    }
}
