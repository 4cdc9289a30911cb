using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>A store that remembers how it stood after every single write: wherever the machine dies, the next life finds one of these.</summary>
internal sealed class RecordingStore : IKeyValueStore
{
    private readonly MemoryStore _store = new(ChainStore.Columns);

    public List<ISnapshot> Moments { get; } = [];

    /// <summary>A store as it stood at a moment, for the next life to go on with.</summary>
    public static MemoryStore Reopen(ISnapshot moment)
    {
        var store = new MemoryStore(ChainStore.Columns);
        var batch = new WriteBatch();
        foreach (var column in ChainStore.Columns)
            foreach (var (key, value) in moment.Scan(column, KeyRange.All))
                batch.Put(column, key, value);
        store.Write(batch, durable: true);
        return store;
    }

    public void Write(WriteBatch batch, bool durable)
    {
        _store.Write(batch, durable);
        Moments.Add(_store.Snapshot());
    }

    public byte[]? Get(Column column, ReadOnlySpan<byte> key) => _store.Get(column, key);

    public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value) => _store.TryGet(column, key, out value);

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false) => _store.Scan(column, range, reverse);

    public ISnapshot Snapshot() => _store.Snapshot();

    public void Expire(Column column, ulong below) => _store.Expire(column, below);

    public void DropFiles(Column column, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last) => _store.DropFiles(column, first, last);

    public void Compact(Column column, KeyRange range) => _store.Compact(column, range);

    public void Dispose() => _store.Dispose();
}
