using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>Decides when a running node writes a snapshot: at every multiple of a height, once there is a block after it.</summary>
/// <param name="folder">Where they go.</param>
/// <param name="chain">The store.</param>
/// <param name="newest">Gives the state after the last block.</param>
/// <param name="every">Heights from one to the next; 0 writes none.</param>
/// <param name="kept">The newest ones that stay.</param>
internal sealed class Snapshotter(SnapshotFolder folder, ChainStore chain, Func<LedgerState> newest, int every, int kept)
{
    private Height _last = folder.Heights.LastOrDefault();

    /// <summary>Writes the snapshot that is due.</summary>
    /// <returns>Its height; null where none is due, or none could be made.</returns>
    /// <exception cref="StoreFailedException">The disk refused.</exception>
    public Height? Write(CancellationToken cancellationToken)
    {
        var state = newest();
        if (every == 0 || state.Height == Height.Genesis) return null;
        var due = new Height((state.Height.Value - 1) / (ulong)every * (ulong)every);
        if (due == Height.Genesis || due <= _last || due < chain.EarliestState) return null;
        _last = due;
        if (chain.MarkOf(due) is not { } mark || !state.TryRewind(mark, chain.UndoBetween(state.Height, due), out var then, out _)) return null;
        if (folder.Write(then, chain, cancellationToken) is null) return null;
        folder.Keep(kept);
        return due;
    }
}
