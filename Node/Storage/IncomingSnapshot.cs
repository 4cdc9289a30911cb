using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// The parts of a snapshot that is on its way, beside the whole ones, so that a node that is stopped meanwhile goes on where it was. They are
/// proved again when they are read: nothing is flushed, and what the disk harmed is fetched again.
/// </summary>
/// <param name="path">The folder of the snapshots.</param>
internal sealed class IncomingSnapshot(string path)
{
    private const string Prefix = "incoming-";

    /// <summary>The snapshot that is there in parts, with its manifest as it was kept; null where there is none.</summary>
    public (Height Height, ReadOnlyMemory<byte> Manifest)? Find()
    {
        foreach (var folder in Folders())
            if (ulong.TryParse(Path.GetFileName(folder)[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var height)
                && Read(folder, SnapshotFolder.Manifest, SnapshotManifest.BytesMax) is { } manifest)
                return (new Height(height), manifest);
        return null;
    }

    /// <summary>Begins one; of all others nothing is kept.</summary>
    /// <exception cref="StoreFailedException">The disk refused.</exception>
    public void Begin(Height height, ReadOnlyMemory<byte> manifest)
    {
        Forget();
        Write(height, SnapshotFolder.Manifest, manifest);
    }

    /// <exception cref="StoreFailedException">The disk refused.</exception>
    public void Keep(Height height, int index, ReadOnlyMemory<byte> chunk) => Write(height, SnapshotFolder.ChunkName(index), chunk);

    /// <summary>Null where it is not kept.</summary>
    public ReadOnlyMemory<byte>? Chunk(Height height, int index) => Read(PathOf(height), SnapshotFolder.ChunkName(index), SnapshotChunk.BytesMax);

    /// <exception cref="StoreFailedException">The disk refused.</exception>
    public void Forget() => Try(() =>
    {
        foreach (var folder in Folders().ToList()) Directory.Delete(folder, recursive: true);
    });

    private string PathOf(Height height) => Path.Combine(path, Prefix + height);

    private IEnumerable<string> Folders() => Directory.Exists(path) ? Directory.EnumerateDirectories(path, Prefix + "*").Order(StringComparer.Ordinal) : [];

    private void Write(Height height, string name, ReadOnlyMemory<byte> bytes) => Try(() =>
    {
        Directory.CreateDirectory(PathOf(height));
        File.WriteAllBytes(Path.Combine(PathOf(height), name), bytes.Span);
    });

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw StoreFailure.From(failure, path, $"a snapshot could not be kept in {path}");
        }
    }

    private static ReadOnlyMemory<byte>? Read(string folder, string name, int most)
    {
        try
        {
            var file = new FileInfo(Path.Combine(folder, name));
            return file.Exists && file.Length <= most ? File.ReadAllBytes(file.FullName) : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
