using System.Collections.Frozen;
using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// An open database with its column handles. RocksDB must not be closed under a living iterator or snapshot, so those hold a
/// reference, and the database closes when the last of them is gone.
/// </summary>
internal sealed class RocksDatabase : SafeHandle
{
    private readonly FrozenDictionary<Column, nint> _columns;
    private readonly FrozenDictionary<Column, ExpiryFilter> _filters;
    private readonly nint _defaultColumn;

    public RocksDatabase(nint database, nint defaultColumn, FrozenDictionary<Column, nint> columns, FrozenDictionary<Column, ExpiryFilter> filters) : base(0, ownsHandle: true)
    {
        SetHandle(database);
        _defaultColumn = defaultColumn;
        _columns = columns;
        _filters = filters;
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>A write failed, as on a full disk: the log's writer must not be touched again, or an assertion of Debian's build ends the process.</summary>
    public bool HasFailed { get; set; }

    public IReadOnlyList<Column> Columns => _columns.Keys;

    public nint this[Column column]
    {
        get
        {
            var known = _columns.TryGetValue(column, out var native);
            Invariant.Check(known, "a store is used with the columns that it was opened with");
            return native;
        }
    }

    public ExpiryFilter ExpiryOf(Column column)
    {
        var known = _filters.TryGetValue(column, out var filter);
        Invariant.Check(known, "only what expires has an expiry");
        return filter!;
    }

    protected override bool ReleaseHandle()
    {
        nint error = 0;
        if (!HasFailed) RocksDbNative.rocksdb_flush_wal(handle, 1, ref error);
        var unflushed = RocksDbNative.TakeError(ref error);
        foreach (var column in _columns.Values) RocksDbNative.rocksdb_column_family_handle_destroy(column);
        RocksDbNative.rocksdb_column_family_handle_destroy(_defaultColumn);
        RocksDbNative.rocksdb_close(handle); // it waits for its compactions, which still ask the filters
        foreach (var filter in _filters.Values) filter.Dispose();
        return unflushed is null;
    }
}

/// <summary>Something native that must be gone before its database closes.</summary>
internal abstract class RocksChild : SafeHandle
{
    private readonly bool _holds;

    protected RocksChild(RocksDatabase database) : base(0, ownsHandle: true)
    {
        Database = database;
        database.DangerousAddRef(ref _holds);
    }

    public RocksDatabase Database { get; }

    // Never invalid: the reference to the database has to be given back even where nothing native was made.
    public override bool IsInvalid => false;

    protected nint NativeDatabase => Database.DangerousGetHandle();

    protected sealed override bool ReleaseHandle()
    {
        if (!_holds) return true; // the database was closed already, and the constructor threw
        Destroy();
        Database.DangerousRelease();
        return true;
    }

    protected abstract void Destroy();
}

/// <summary>Read options, and the snapshot that they read from where there is one.</summary>
internal sealed class RocksView : RocksChild
{
    public RocksView(RocksDatabase database, bool atSnapshot) : base(database)
    {
        SetHandle(RocksDbNative.rocksdb_readoptions_create());
        if (!atSnapshot) return;
        Snapshot = RocksDbNative.rocksdb_create_snapshot(NativeDatabase);
        RocksDbNative.rocksdb_readoptions_set_snapshot(handle, Snapshot);
    }

    /// <summary>The native snapshot, or 0 for the newest state.</summary>
    public nint Snapshot { get; }

    protected override void Destroy()
    {
        RocksDbNative.rocksdb_readoptions_destroy(handle);
        if (Snapshot != 0) RocksDbNative.rocksdb_release_snapshot(NativeDatabase, Snapshot);
    }
}

/// <summary>An iterator between two bounds. RocksDB reads the bounds from our memory for as long as the iterator lives.</summary>
internal sealed unsafe class RocksIterator : RocksChild
{
    private readonly nint _readOptions;
    private readonly byte* _from;
    private readonly byte* _to;

    public RocksIterator(RocksView view, Column column, KeyRange range) : base(view.Database)
    {
        _readOptions = RocksDbNative.rocksdb_readoptions_create();
        if (view.Snapshot != 0) RocksDbNative.rocksdb_readoptions_set_snapshot(_readOptions, view.Snapshot);
        if (!range.From.IsEmpty)
        {
            _from = Copy(range.From);
            RocksDbNative.rocksdb_readoptions_set_iterate_lower_bound(_readOptions, _from, (nuint)range.From.Length);
        }

        if (range.HasEnd)
        {
            _to = Copy(range.To);
            RocksDbNative.rocksdb_readoptions_set_iterate_upper_bound(_readOptions, _to, (nuint)range.To.Length);
        }

        SetHandle(RocksDbNative.rocksdb_create_iterator_cf(NativeDatabase, _readOptions, Database[column]));
    }

    /// <summary>Goes to the first entry within the bounds, or to the last; false where there is none.</summary>
    public bool Start(bool reverse)
    {
        if (reverse) RocksDbNative.rocksdb_iter_seek_to_last(handle);
        else RocksDbNative.rocksdb_iter_seek_to_first(handle);
        return RocksDbNative.rocksdb_iter_valid(handle) != 0;
    }

    public bool Move(bool reverse)
    {
        if (reverse) RocksDbNative.rocksdb_iter_prev(handle);
        else RocksDbNative.rocksdb_iter_next(handle);
        return RocksDbNative.rocksdb_iter_valid(handle) != 0;
    }

    public StoreEntry Current()
    {
        var key = RocksDbNative.rocksdb_iter_key(handle, out var keyLength);
        var value = RocksDbNative.rocksdb_iter_value(handle, out var valueLength);
        return new StoreEntry(
            new ReadOnlySpan<byte>(key, checked((int)keyLength)).ToArray(),
            new ReadOnlySpan<byte>(value, checked((int)valueLength)).ToArray());
    }

    /// <summary>Why the iterator stopped, or null where it came to its end.</summary>
    public string? Error()
    {
        nint error = 0;
        RocksDbNative.rocksdb_iter_get_error(handle, ref error);
        return RocksDbNative.TakeError(ref error);
    }

    protected override void Destroy()
    {
        if (handle != 0) RocksDbNative.rocksdb_iter_destroy(handle);
        RocksDbNative.rocksdb_readoptions_destroy(_readOptions);
        NativeMemory.Free(_from);
        NativeMemory.Free(_to);
    }

    private static byte* Copy(ReadOnlySpan<byte> key)
    {
        var copy = (byte*)NativeMemory.Alloc((nuint)Math.Max(1, key.Length));
        key.CopyTo(new Span<byte>(copy, key.Length));
        return copy;
    }
}
