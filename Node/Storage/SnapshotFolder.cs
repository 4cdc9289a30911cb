using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Snapshots of the state on the disk: one folder per height, with a manifest, the chunks that it names and the last few blocks. A folder
/// gets its name when everything in it is on the disk, and loses it before anything in it is deleted: whatever has a height for a name is whole.
/// </summary>
/// <remarks>
/// The blocks are those whose precommits the next leader may still show, and the block after the state: only its header has the state's root,
/// and its certificate more than two thirds of the power. Layout of the file: transactions since genesis 8 | blocks, as <see cref="KeptBlock"/>.
/// </remarks>
internal sealed class SnapshotFolder(string path)
{
    private const string Manifest = "manifest";
    private const string BlocksFile = "blocks";
    private const string Unfinished = ".unfinished";

    /// <summary>Heights of the snapshots that are there, ascending.</summary>
    public IReadOnlyList<Height> Heights => !Directory.Exists(path)
        ? []
        : [.. Directory.EnumerateDirectories(path).Select(folder => ulong.TryParse(Path.GetFileName(folder), out var height) ? new Height(height) : default).Where(height => height > Height.Genesis).Order()];

    public string PathOf(Height height) => Path.Combine(path, height.ToString());

    /// <summary>Writes a snapshot of a state after which there is a block; does nothing where there is one of that height.</summary>
    /// <returns>Bytes that were written; null where the state cannot be cut, or the blocks are not kept.</returns>
    /// <exception cref="StoreFailedException">The disk refused.</exception>
    public long? Write(LedgerState state, ChainStore chain, CancellationToken cancellationToken)
    {
        if (Directory.Exists(PathOf(state.Height))) return 0;
        if (BlocksAround(state.Height, chain) is not { } blocks || !SnapshotWriter.TryCreate(state, SnapshotWriter.DefaultChunkBytes, out var writer)) return null;
        var unfinished = PathOf(state.Height) + Unfinished;
        if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        var folder = new DiskFolder(unfinished);
        var written = WriteFile(folder, Manifest, writer.Manifest.Encode()) + WriteFile(folder, BlocksFile, blocks);
        foreach (var (index, bytes) in writer.Chunks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            written += WriteFile(folder, ChunkName(index), bytes);
        }

        DiskFolder.Rename(unfinished, PathOf(state.Height));
        return written;
    }

    /// <summary>Deletes all but the newest, and what a crash left unfinished.</summary>
    public void Keep(int count)
    {
        foreach (var height in Heights.SkipLast(count)) DiskFolder.Rename(PathOf(height), PathOf(height) + Unfinished);
        if (!Directory.Exists(path)) return;
        foreach (var unfinished in Directory.EnumerateDirectories(path, "*" + Unfinished)) Directory.Delete(unfinished, recursive: true);
    }

    /// <summary>Reads a snapshot and checks all of it: chunks against the state root, that against the next header, that against its certificate.</summary>
    /// <param name="folder">The folder of one snapshot.</param>
    /// <param name="genesis">The chain.</param>
    /// <param name="fault">What is wrong where the result is null.</param>
    public static StoredSnapshot? TryRead(string folder, GenesisDocument genesis, out string fault)
    {
        if (!SnapshotManifest.TryDecode(Bytes(folder, Manifest, SnapshotManifest.BytesMax), out var manifest))
        {
            fault = "the manifest is missing or malformed";
            return null;
        }

        var reader = new SnapshotReader(genesis, manifest);
        foreach (var index in reader.Missing.ToList())
        {
            var chunk = reader.Add(index, Bytes(folder, ChunkName(index), SnapshotChunk.BytesMax));
            if (chunk == SnapshotFault.None) continue;
            fault = $"{ChunkName(index)}: {chunk}";
            return null;
        }

        if (!reader.TryFinish(out var state, out var unfinished))
        {
            fault = unfinished.ToString();
            return null;
        }

        var blocks = ReadBlocks(Bytes(folder, BlocksFile, int.MaxValue), out var transactions);
        fault = blocks is null ? "the blocks are missing or malformed" : FaultOf(state, blocks);
        return fault.Length == 0 ? new StoredSnapshot(state, blocks!, transactions) : null;
    }

    private static byte[]? BlocksAround(Height height, ChainStore chain)
    {
        var writer = new ByteWriter();
        ulong after = 0;
        for (var at = height.MinusOrGenesis(Limits.LatePrecommitBlocks); at <= height.Next(); at = at.Next())
        {
            if (at == Height.Genesis || at < chain.EarliestBlock) continue;
            if (chain.Kept(at) is not { } kept) return null;
            // What the block after the state leaves is not yet in any header: whoever restores executes it.
            (at > height ? kept with { Receipts = [], Events = [] } : kept).Write(writer);
        }

        // The count is of the newest height: what came after the snapshot does not belong to it.
        var mark = LedgerMark.TryDecode(chain.Mark, out var newest) ? newest.Height : height;
        var total = chain.TransactionsTotal;
        for (var at = height.Next(); at <= mark; at = at.Next()) after += (ulong)(chain.Get(at)?.Block.Transactions.Length ?? 0);
        return new ByteWriter().UInt64(total > after ? total - after : 0).Bytes(writer.ToArray()).ToArray();
    }

    private static List<KeptBlock>? ReadBlocks(byte[] bytes, out ulong transactions)
    {
        var reader = new ByteReader(bytes);
        transactions = reader.UInt64();
        var blocks = new List<KeptBlock>();
        while (reader.Remaining > 0 && KeptBlock.Read(ref reader) is { } kept) blocks.Add(kept);
        return reader.IsWhole && blocks.Count > 0 ? blocks : null;
    }

    private static string FaultOf(LedgerState state, List<KeptBlock> blocks)
    {
        var next = blocks[^1].Block;
        if (next.Height != state.Height.Next()) return $"the last block is of height {next.Height}, not of the one after the state";
        if (blocks.Count < 2 || blocks[^2].Block.Ref != state.LastBlock || blocks[^2].Block.Header.Time != state.Time) return "the block of the state is not the one before it";
        for (var i = 1; i < blocks.Count; i++)
            if (blocks[i].Block.Header.Parent != blocks[i - 1].Block.Hash || !blocks[i - 1].Fits(blocks[i].Block.Header))
                return $"block {blocks[i].Block.Height} does not follow the one before it, with its receipts and events";
        if (blocks[^1].Receipts.Length > 0 || blocks[^1].Events.Length > 0) return "the last block comes with receipts or events, which nothing shows to be right";
        var refusal = BlockValidator.Check(state, next, NoTransactions.Instance, out _);
        if (!refusal.IsNone) return $"the block after it does not follow: {refusal}";
        foreach (var (block, certificate, _, _) in blocks)
        {
            if (certificate.Block != block.Ref || certificate.Height != block.Height) return $"the certificate of block {block.Height} is of another";
            if (block.Height.Plus(Limits.LatePrecommitBlocks) < state.Height) return $"block {block.Height} is further back than is asked for";
            var fault = certificate.Check(state.GenesisHash, state.ContextOf(block.Height).Validators);
            if (fault != CertificateFault.None) return $"the certificate of block {block.Height}: {fault}";
        }

        return "";
    }

    private static string ChunkName(int index) => $"chunk-{index:D5}";

    private static int WriteFile(DiskFolder folder, string name, byte[] bytes)
    {
        using var file = folder.OpenAppend(name);
        file.Append(bytes);
        file.Flush();
        return bytes.Length;
    }

    // Nothing where there is no file, or more than it may have: the checks then say what is missing.
    private static byte[] Bytes(string folder, string name, int most)
    {
        var file = new FileInfo(Path.Combine(folder, name));
        return file.Exists && file.Length <= most ? File.ReadAllBytes(file.FullName) : [];
    }
}
