using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A store that forgets: for tests and for the simulator, with the same meaning as <see cref="RocksStore"/> and with crashes that
/// can be repeated from a seed.
/// </summary>
public sealed class MemoryStore(IReadOnlyList<Column> columns) : IKeyValueStore
{
    // A crash can go back this many batches at most; older ones count as durable, so that memory stays bounded.
    private const int NotDurableMax = 64;

    private readonly Lock _gate = new();
    private readonly List<MemoryState> _sinceDurable = [new(columns)];
    private readonly Dictionary<Column, ulong> _expiries = [];
    private volatile MemoryState _state = new(columns);
    private volatile bool _disposed;

    public byte[]? Get(Column column, ReadOnlySpan<byte> key) => Current().Get(column, key);

    public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value) => (value = Get(column, key)) is not null;

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false)
    {
        foreach (var entry in Current().Scan(column, range, reverse)) yield return entry;
    }

    public void Write(WriteBatch batch, bool durable)
    {
        lock (_gate)
        {
            _state = Current().With(batch);
            if (durable) _sinceDurable.Clear();
            if (_sinceDurable.Count > NotDurableMax) _sinceDurable.RemoveAt(0);
            _sinceDurable.Add(_state);
        }
    }

    public ISnapshot Snapshot() => new MemorySnapshot(Current());

    public void Expire(Column column, ulong below)
    {
        Invariant.Check(column.Expires, "only what expires has an expiry");
        lock (_gate) _expiries[column] = Math.Max(below, _expiries.GetValueOrDefault(column));
    }

    // There are no files; what was not deleted durably must not be dropped, and here is where that would be seen.
    public void DropFiles(Column column, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        var range = KeyRange.Between(first.ToArray(), [.. last, 0]);
        lock (_gate)
        {
            foreach (var state in _sinceDurable)
                Invariant.Check(!state.Scan(column, range, reverse: false).Any(), "files are dropped when the deletion of what is in them is durable");
        }
    }

    // What is deleted in memory is the garbage collector's; what has expired goes here, and nowhere else.
    public void Compact(Column column, KeyRange range)
    {
        Invariant.Check(!_disposed, "a store that is closed has nothing to compact");
        lock (_gate)
        {
            if (!_expiries.TryGetValue(column, out var below)) return;
            var gone = new WriteBatch();
            foreach (var (key, value) in _state.Scan(column, range, reverse: false))
                if (ExpiryFilter.NumberOf(value) < below)
                    gone.Delete(column, key);
            Write(gone, durable: false);
        }
    }

    /// <summary>
    /// The machine dies: everything up to the last durable write stays, and of the batches after it a random number of the first ones.
    /// </summary>
    public void Crash(SeededStream stream)
    {
        lock (_gate)
        {
            _state = _sinceDurable[(int)stream.NextBelow((ulong)_sinceDurable.Count)];
            _sinceDurable.Clear();
            _sinceDurable.Add(_state);
            _expiries.Clear();
        }
    }

    public void Dispose() => _disposed = true;

    private MemoryState Current()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _state;
    }

    private sealed class MemorySnapshot(MemoryState state) : ISnapshot
    {
        private volatile MemoryState? _state = state;

        public byte[]? Get(Column column, ReadOnlySpan<byte> key) => Current().Get(column, key);

        public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value) =>
            (value = Get(column, key)) is not null;

        public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false)
        {
            foreach (var entry in Current().Scan(column, range, reverse)) yield return entry;
        }

        public void Dispose() => _state = null;

        private MemoryState Current() => _state ?? throw new ObjectDisposedException(nameof(ISnapshot));
    }
}
