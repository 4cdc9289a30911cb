using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>
/// A store in memory whose machine may die before a batch is written, or after it and before anybody knows; whose disk may be full, and of
/// which a sector may go bad. A store that failed once refuses everything until it is opened anew, as RocksDB does.
/// </summary>
public sealed class FaultyStore(IReadOnlyList<Column> columns) : IKeyValueStore
{
    private readonly MemoryStore _store = new(columns);
    private SeededStream? _crashStream;
    private ulong _writesBeforeCrash;
    private string? _failure;

    /// <summary>No batch fits any more: the disk has no room.</summary>
    public bool IsFull { get; set; }

    /// <summary>The column of which nothing can be read, its check sums being wrong; null where the disk is in order.</summary>
    public Column? Spoilt { get; set; }

    public byte[]? Get(Column column, ReadOnlySpan<byte> key)
    {
        Read(column);
        return _store.Get(column, key);
    }

    public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value)
    {
        Read(column);
        return _store.TryGet(column, key, out value);
    }

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false)
    {
        Read(column);
        return _store.Scan(column, range, reverse);
    }

    public void Write(WriteBatch batch, bool durable)
    {
        if (IsFull || _failure is not null) throw Failed("no space left in the store");
        if (_crashStream is not { } stream || _writesBeforeCrash > 0)
        {
            if (_writesBeforeCrash > 0) _writesBeforeCrash--;
            _store.Write(batch, durable);
            return;
        }

        _crashStream = null;
        if (stream.NextChance(1, 2)) _store.Write(batch, durable);
        throw new SimulatedCrashException();
    }

    public ISnapshot Snapshot() => _store.Snapshot();

    public void Expire(Column column, ulong below) => _store.Expire(column, below);

    public void DropFiles(Column column, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) => _store.DropFiles(column, first, last);

    public void Compact(Column column, KeyRange range) => _store.Compact(column, range);

    /// <summary>The machine dies at the write that comes after that many more.</summary>
    public void CrashAfter(ulong writes, SeededStream stream) => (_writesBeforeCrash, _crashStream) = (writes, stream);

    public void Disarm() => _crashStream = null;

    /// <summary>The machine died: what was not durable is lost, but for some first batches.</summary>
    public void Crash(SeededStream stream)
    {
        _crashStream = null;
        _store.Crash(stream);
    }

    /// <summary>A process opens it: what failed for the one before is tried again.</summary>
    public void Open() => _failure = null;

    public void Dispose() => _store.Dispose();

    private void Read(Column column)
    {
        if (_failure is not null || column == Spoilt) throw Failed($"what {column} has cannot be read: a check sum is wrong");
    }

    private StoreFailedException Failed(string failure) => new(_failure ??= failure);
}
