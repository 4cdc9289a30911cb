using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// The blocks that go with a snapshot: those whose precommits the next leader may still show, and the block after the state, whose header
/// alone has the state's root. Layout: transactions since genesis 8 | blocks, as <see cref="KeptBlock"/>.
/// </summary>
/// <param name="Blocks">Ascending, the one after the state last.</param>
/// <param name="Transactions">As the node that wrote it counted: a figure for screens, which nothing proves.</param>
internal sealed record SnapshotBlocks(IReadOnlyList<KeptBlock> Blocks, ulong Transactions)
{
    /// <summary>Twice as much as the greatest blocks have, for what receipts and events take.</summary>
    public const int BytesMax = 2 * CountMax * Limits.BlockBytesMax;

    private const int CountMax = Limits.LatePrecommitBlocks + 2;

    /// <summary>What a chain keeps around a height; null where it does not keep all of them.</summary>
    public static SnapshotBlocks? Around(Height height, ChainStore chain)
    {
        var blocks = new List<KeptBlock>();
        for (var at = height.MinusOrGenesis(Limits.LatePrecommitBlocks); at <= height.Next(); at = at.Next())
        {
            if (at == Height.Genesis || at < chain.EarliestBlock) continue;
            if (chain.Kept(at) is not { } kept) return null;
            // What the block after the state leaves is not yet in any header: whoever restores executes it.
            blocks.Add(at > height ? kept with { Receipts = [], Events = [] } : kept);
        }

        // The count is of the newest height: what came after the snapshot does not belong to it.
        ulong after = 0;
        var mark = LedgerMark.TryDecode(chain.Mark, out var newest) ? newest.Height : height;
        var total = chain.TransactionsTotal;
        for (var at = height.Next(); at <= mark; at = at.Next()) after += (ulong)(chain.Get(at)?.Block.Transactions.Length ?? 0);
        return new SnapshotBlocks(blocks, total > after ? total - after : 0);
    }

    public byte[] Encode()
    {
        var writer = new ByteWriter().UInt64(Transactions);
        foreach (var kept in Blocks) kept.Write(writer);
        return writer.ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SnapshotBlocks? around)
    {
        around = null;
        if (bytes.Length > BytesMax) return false;
        var reader = new ByteReader(bytes);
        var transactions = reader.UInt64();
        var blocks = new List<KeptBlock>();
        while (reader.Remaining > 0 && blocks.Count < CountMax && KeptBlock.Read(ref reader) is { } kept) blocks.Add(kept);
        if (reader.IsWhole && blocks.Count > 0) around = new SnapshotBlocks(blocks, transactions);
        return around is not null;
    }

    /// <summary>What is wrong with them as the blocks around a state; empty where nothing is. Their certificates are checked against the state's own sets.</summary>
    public string FaultOf(LedgerState state)
    {
        var next = Blocks[^1].Block;
        if (next.Height != state.Height.Next()) return $"the last block is of height {next.Height}, not of the one after the state";
        if (Blocks.Count < 2 || Blocks[^2].Block.Ref != state.LastBlock || Blocks[^2].Block.Header.Time != state.Time) return "the block of the state is not the one before it";
        for (var i = 1; i < Blocks.Count; i++)
            if (Blocks[i].Block.Header.Parent != Blocks[i - 1].Block.Hash || !Blocks[i - 1].Fits(Blocks[i].Block.Header))
                return $"block {Blocks[i].Block.Height} does not follow the one before it, with its receipts and events";
        if (Blocks[^1].Receipts.Length > 0 || Blocks[^1].Events.Length > 0) return "the last block comes with receipts or events, which nothing shows to be right";
        var refusal = BlockValidator.Check(state, next, NoTransactions.Instance, out _);
        if (!refusal.IsNone) return $"the block after it does not follow: {refusal}";
        foreach (var (block, certificate, _, _) in Blocks)
        {
            if (certificate.Block != block.Ref || certificate.Height != block.Height) return $"the certificate of block {block.Height} is of another";
            if (block.Height.Plus(Limits.LatePrecommitBlocks) < state.Height) return $"block {block.Height} is further back than is asked for";
            var fault = certificate.Check(state.GenesisHash, state.ContextOf(block.Height).Validators);
            if (fault != CertificateFault.None) return $"the certificate of block {block.Height}: {fault}";
        }

        return "";
    }
}
