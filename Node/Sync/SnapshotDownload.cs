using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// One snapshot on its way, of a height whose headers are trusted. A manifest is believed where its mark is what the headers say; how it cuts
/// the state is its maker's choice, so peers are put together by the manifest that they show, and each chunk is asked of who shows the manifest
/// that is followed: what does not fit to it is then its sender's own lie.
/// </summary>
internal sealed class SnapshotDownload(GenesisDocument genesis, SnapshotAnchor anchor)
{
    private readonly HashSet<Address> _asked = [];
    private readonly SortedDictionary<Address, Hash256> _shown = [];
    private readonly SortedDictionary<Hash256, (SnapshotManifest Manifest, ReadOnlyMemory<byte> Bytes)> _manifests = [];
    private Hash256? _followed;
    private SnapshotReader? _reader;
    private LedgerState? _state;

    public Height Height => anchor.Block.Height;

    /// <summary>The one that is followed; null while there is none.</summary>
    public SnapshotManifest? Manifest => _reader?.Manifest;

    /// <summary>Its bytes, as they came.</summary>
    public ReadOnlyMemory<byte> ManifestBytes => _followed is { } hash ? _manifests[hash].Bytes : default;

    /// <summary>Whether the disk still gives what was kept.</summary>
    public bool IsRecalling { get; set; }

    /// <summary>Numbers of the chunks that are still to come, ascending.</summary>
    public IEnumerable<int> Missing => _reader?.Missing ?? [];

    public bool IsComplete => _reader is { IsComplete: true };

    /// <summary>Whether the peer was asked for its manifest; from here on it was.</summary>
    public bool TryAskManifest(Address peer) => _asked.Add(peer);

    public bool WasAsked(Address peer) => _asked.Contains(peer);

    /// <summary>It did not answer: it may be asked again.</summary>
    public void ForgetAsked(Address peer) => _asked.Remove(peer);

    /// <summary>Whether the peer shows the manifest that is followed.</summary>
    public bool IsMember(Address peer) => _shown.TryGetValue(peer, out var hash) && hash == _followed;

    /// <summary>Takes what a peer shows; says what is wrong with it, or null.</summary>
    public string? TakeManifest(Address peer, ReadOnlyMemory<byte> bytes)
    {
        if (!SnapshotManifest.TryDecode(bytes.Span, out var manifest)) return $"its manifest of height {Height} is malformed";
        if (anchor.FaultOf(manifest.Mark) is { } field) return $"its snapshot of height {Height} has another {field} than certified headers say";
        var hash = Hash256.Sha256(bytes.Span);
        _shown[peer] = hash;
        _manifests.TryAdd(hash, (manifest, bytes));
        return null;
    }

    /// <summary>Follows the manifest that most peers show; one of which a part is kept goes first. False where nobody shows any.</summary>
    public bool TryFollow(Predicate<Address> isThere, ReadOnlySpan<byte> kept)
    {
        var keptHash = Hash256.Sha256(kept);
        var best = _shown.Where(shown => isThere(shown.Key) && _manifests.ContainsKey(shown.Value))
            .GroupBy(shown => shown.Value)
            .OrderByDescending(group => group.Key == keptHash)
            .ThenByDescending(group => group.Count())
            .ThenBy(group => group.Key)
            .FirstOrDefault();
        if (best is null) return false;
        _followed = best.Key;
        _reader = new SnapshotReader(genesis, _manifests[best.Key].Manifest);
        return true;
    }

    /// <summary>The manifest is a lie, or nobody is left who shows it.</summary>
    public void Unfollow()
    {
        if (_followed is { } hash) _manifests.Remove(hash);
        (_followed, _reader, IsRecalling) = (null, null, false);
    }

    public SnapshotFault TakeChunk(int index, ReadOnlySpan<byte> bytes) => _reader!.Add(index, bytes);

    /// <summary>Puts the state together once all chunks are there.</summary>
    public bool TryFinish(out SnapshotFault fault)
    {
        fault = SnapshotFault.None;
        if (_state is null && _reader!.TryFinish(out var state, out fault)) _state = state;
        return _state is not null;
    }

    /// <summary>Takes the blocks around the height, once the state is there; says what is wrong with them, or null.</summary>
    public string? TakeBlocks(ReadOnlySpan<byte> bytes, out StoredSnapshot? whole)
    {
        whole = null;
        if (!SnapshotBlocks.TryDecode(bytes, out var around)) return $"its blocks around height {Height} are malformed";
        if (around.FaultOf(_state!) is { Length: > 0 } fault) return fault;
        var snapshot = new StoredSnapshot(_state!, around.Blocks, around.Transactions);
        if (anchor.FaultOf(snapshot) is { } part) return $"its blocks around height {Height} have another {part} than certified headers say";
        whole = snapshot;
        return null;
    }
}
