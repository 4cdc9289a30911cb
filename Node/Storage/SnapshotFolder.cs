using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Snapshots of the state on the disk: one folder per height, with a manifest, the chunks that it names and the last few blocks. A folder
/// gets its name when everything in it is on the disk, and loses it before anything in it is deleted: whatever has a height for a name is whole.
/// </summary>
/// <remarks>
/// The blocks are <see cref="SnapshotBlocks"/>. What a folder says it proves by itself only as far as its validators can be believed:
/// <see cref="SnapshotAnchor"/> has the rest.
/// </remarks>
/// <param name="path">Of all of them.</param>
/// <param name="chunkBytes">What a chunk should have on average at most.</param>
internal sealed class SnapshotFolder(string path, int chunkBytes = SnapshotWriter.DefaultChunkBytes)
{
    internal const string Manifest = "manifest";
    private const string BlocksFile = "blocks";
    private const string Unfinished = ".unfinished";

    private const int PieceBytes = 1024 * 1024;

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
        if (SnapshotBlocks.Around(state.Height, chain)?.Encode() is not { Length: <= SnapshotBlocks.BytesMax } blocks || !SnapshotWriter.TryCreate(state, chunkBytes, out var writer)) return null;
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

        if (!SnapshotBlocks.TryDecode(Bytes(folder, BlocksFile, SnapshotBlocks.BytesMax), out var around))
        {
            fault = "the blocks are missing or malformed";
            return null;
        }

        fault = around.FaultOf(state);
        return fault.Length == 0 ? new StoredSnapshot(state, around.Blocks, around.Transactions) : null;
    }

    /// <summary>The manifest of a height as it was written; null where there is none.</summary>
    public byte[]? ManifestOf(Height height) => Served(height, Manifest, SnapshotManifest.BytesMax);

    /// <summary>One chunk; null where there is none.</summary>
    public byte[]? ChunkOf(Height height, int index) => Served(height, ChunkName(index), SnapshotChunk.BytesMax);

    /// <summary>The blocks around it in pieces, each read when it is taken: a peer that asks often holds little here. Nothing where there are none.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> BlocksOf(Height height)
    {
        using var file = Opened(Path.Combine(PathOf(height), BlocksFile));
        if (file is null || file.Length > SnapshotBlocks.BytesMax) yield break;
        while (file.Position < file.Length)
        {
            var piece = new byte[Math.Min(PieceBytes, file.Length - file.Position)];
            file.ReadExactly(piece);
            yield return piece;
        }
    }

    internal static string ChunkName(int index) => $"chunk-{index:D5}";

    private static FileStream? Opened(string file)
    {
        try
        {
            return File.OpenRead(file);
        }
        catch (IOException)
        {
            return null; // there is none
        }
    }

    // It may be deleted while it is read: there is a newer one then.
    private byte[]? Served(Height height, string name, int most)
    {
        try
        {
            return Bytes(PathOf(height), name, most) is { Length: > 0 } bytes ? bytes : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

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
