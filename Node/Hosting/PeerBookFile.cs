using System.Collections.Immutable;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// The book of peers on the disk, so that a node that starts again finds more of them than its configuration names. Its entries are signed
/// and can be had again: what is harmed is left out, and nothing depends on it.
/// </summary>
internal sealed class PeerBookFile(string path)
{
    /// <summary>What was saved last; nothing where that cannot be read.</summary>
    public ImmutableArray<SignedEndpoint> Load()
    {
        try
        {
            return SignedEndpoint.TryDecodeAll(File.ReadAllBytes(path), PeerBook.EntriesMax + 1, out var entries) ? entries : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <exception cref="IOException">The disk is full, or is no more.</exception>
    public void Save(IEnumerable<SignedEndpoint> entries)
    {
        var temporary = path + ".new";
        File.WriteAllBytes(temporary, SignedEndpoint.EncodeAll(entries));
        File.Move(temporary, path, overwrite: true);
    }
}
