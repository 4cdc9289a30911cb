using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>A key and its value; the arrays belong to whoever received them.</summary>
public readonly record struct StoreEntry(byte[] Key, byte[] Value);

/// <summary>What can be read, from the store as it is now or from a <see cref="ISnapshot"/>. Safe to call from any thread.</summary>
public interface IStoreReader
{
    /// <summary>The value under the key, or null; an empty value is an empty array.</summary>
    /// <exception cref="StoreFailedException">The store cannot be read, or failed before.</exception>
    byte[]? Get(Column column, ReadOnlySpan<byte> key);

    bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value);

    /// <summary>
    /// Walks the entries of a range in the order of their keys, upwards or downwards, reading as it goes. Every enumeration sees
    /// the store as it was when that enumeration began: later writes neither appear in it nor disturb it.
    /// </summary>
    IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false);
}

/// <summary>The store as it was at one moment. It stays readable when its store has been disposed.</summary>
public interface ISnapshot : IStoreReader, IDisposable;

/// <summary>
/// An ordered key-value store with columns, atomic batches and snapshots. This is the seam that RocksDbSharp would fill; here
/// <see cref="RocksStore"/> and <see cref="MemoryStore"/> do.
/// </summary>
public interface IKeyValueStore : IStoreReader, IDisposable
{
    /// <summary>
    /// Applies the whole batch or nothing of it, in its order, so that the last word on a key wins. A durable write is on the disk
    /// when the call returns, together with every write before it; any other survives the death of the process but not of the machine.
    /// </summary>
    /// <exception cref="StoreFailedException">The write failed: the store refuses everything from now on and the process must stop.</exception>
    void Write(WriteBatch batch, bool durable);

    ISnapshot Snapshot();

    /// <summary>
    /// Lets the entries of an expiring column go whose numbers are below one. Each goes at a time of the store's own, whole snapshots or not:
    /// until then it can still be read, and whoever reads compares its number. It costs nothing where deleting would cost a write for each
    /// entry, and is forgotten when the store is closed.
    /// </summary>
    /// <param name="column">One that <see cref="Column.Expires"/>.</param>
    /// <param name="below">Entries with this number and greater ones stay. A lesser one than before changes nothing.</param>
    void Expire(Column column, ulong below);

    /// <summary>
    /// Gives back the room of files in which there is nothing but keys from the first to the last, both included, at once and for next to
    /// nothing. The caller has deleted that range by a write that is durable: the files are gone for good, whatever snapshots there are, and a
    /// store that came back without the deletion would have lost entries. Nor does the caller read in that range again: where a file stays
    /// whose deletions stood in a file that went, what was deleted shows again.
    /// </summary>
    void DropFiles(Column column, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last);

    /// <summary>Gives back the room of what was deleted or replaced in the range. It changes nothing that can be read, takes its time, and reads and writes go on.</summary>
    void Compact(Column column, KeyRange range);
}
