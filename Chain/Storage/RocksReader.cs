using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>Reads one view of a RocksDB store: the newest state or a snapshot.</summary>
internal sealed unsafe class RocksReader(RocksView view, FailureLatch latch) : ISnapshot
{
    public byte[]? Get(Column column, ReadOnlySpan<byte> key)
    {
        latch.Check();
        nint error = 0;
        nint slice;
        fixed (byte* k = key)
        {
            // The marshaller holds the view open during the call, and the view holds the database.
            slice = RocksDbNative.rocksdb_get_pinned_cf(
                view.Database.DangerousGetHandle(), view, view.Database[column], k, (nuint)key.Length, ref error);
        }

        if (RocksDbNative.TakeError(ref error) is { } failure) throw latch.Fail(failure);
        if (slice == 0) return null;
        try
        {
            var value = RocksDbNative.rocksdb_pinnableslice_value(slice, out var length);
            return new ReadOnlySpan<byte>(value, checked((int)length)).ToArray();
        }
        finally
        {
            RocksDbNative.rocksdb_pinnableslice_destroy(slice);
        }
    }

    public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value) => (value = Get(column, key)) is not null;

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false)
    {
        latch.Check();
        if (range.IsEmpty) yield break;
        using var iterator = Open(column, range);
        for (var valid = iterator.Start(reverse); valid; valid = iterator.Move(reverse)) yield return iterator.Current();
        if (iterator.Error() is { } failure) throw latch.Fail(failure);
    }

    public void Dispose() => view.Dispose();

    private RocksIterator Open(Column column, KeyRange range)
    {
        var held = false;
        try
        {
            view.DangerousAddRef(ref held);
            return new RocksIterator(view, column, range);
        }
        finally
        {
            if (held) view.DangerousRelease();
        }
    }
}
