using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>A store in memory whose machine may die before a batch is written, or after it and before anybody knows.</summary>
public sealed class FaultyStore(IReadOnlyList<Column> columns) : IKeyValueStore
{
    private readonly MemoryStore _store = new(columns);
    private SeededStream? _crashStream;
    private ulong _writesBeforeCrash;

    public byte[]? Get(Column column, ReadOnlySpan<byte> key) => _store.Get(column, key);

    public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value) => _store.TryGet(column, key, out value);

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false) => _store.Scan(column, range, reverse);

    public void Write(WriteBatch batch, bool durable)
    {
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

    public void Dispose() => _store.Dispose();
}
