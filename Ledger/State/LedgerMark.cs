using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Where a state stands in the chain, stored beside its records in the same write. Layout: height 8 | block hash 32 | its bridge root 32 |
/// its next validators 32 | time 8 | state root 32 | receipts root 32 | events root 32 | bridge root 32.
/// </summary>
/// <param name="Height">Height of the last block that was executed; 0 at genesis.</param>
/// <param name="Block">That block, as precommits name it. At genesis its hash is that of the genesis document: the parent of the first block.</param>
/// <param name="Time">Time of that block.</param>
/// <param name="StateRoot">Root of all records after it.</param>
/// <param name="ReceiptsRoot">Root of its receipts.</param>
/// <param name="EventsRoot">Root of its events.</param>
/// <param name="BridgeRoot">Root of what is to be shown to the vault after it; zero where there is no bridge.</param>
public sealed record LedgerMark(
    Height Height, BlockRef Block, Timestamp Time, StateRoot StateRoot, Hash256 ReceiptsRoot, Hash256 EventsRoot, Hash256 BridgeRoot)
{
    /// <summary>The mark that two headers fix: that of the height, and the one after it, which has the roots of what its block left behind.</summary>
    public static LedgerMark Of(Header block, Header after)
    {
        Invariant.Check(after.Height == block.Height.Next(), "the roots after a block stand in the header after it");
        return new LedgerMark(block.Height, block.Ref, block.Time, after.StateRoot, after.ReceiptsRoot, after.EventsRoot, after.BridgeRoot);
    }

    public byte[] Encode() => new ByteWriter()
        .Height(Height)
        .Hash(Block.Hash.Value)
        .Hash(Block.BridgeRoot)
        .Hash(Block.NextValidatorsRoot)
        .UInt64(Time.Milliseconds)
        .Hash(StateRoot.Value)
        .Hash(ReceiptsRoot)
        .Hash(EventsRoot)
        .Hash(BridgeRoot)
        .ToArray();

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LedgerMark? mark)
    {
        var reader = new ByteReader(bytes);
        var read = new LedgerMark(
            reader.Height(),
            new BlockRef(new BlockHash(reader.Hash()), reader.Hash(), reader.Hash()),
            new Timestamp(reader.UInt64()),
            new StateRoot(reader.Hash()),
            reader.Hash(),
            reader.Hash(),
            reader.Hash());
        mark = reader.IsWhole && read.Time <= Timestamp.Last ? read : null;
        return mark is not null;
    }
}
