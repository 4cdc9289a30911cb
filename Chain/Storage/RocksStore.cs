using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// A store in a folder of the disk, by Debian's RocksDB over its C API. One process opens a folder at a time. A folder that is still
/// read by a snapshot or a walk when the store is disposed closes when that reader is done.
/// </summary>
public sealed unsafe class RocksStore : IKeyValueStore
{
    /// <summary>Less room than this is none: opening writes a log and perhaps files, and the library ends the process where it cannot (<see cref="RocksStoreOptions"/>).</summary>
    private const long RoomMin = 16L << 20;

    /// <summary>The library counts every comparison of keys, for each thread that does not tell it otherwise, and nobody asks for the counts.</summary>
    private const int CountNothing = 1;

    private readonly Lock _writing = new();
    private readonly FailureLatch _latch;
    private readonly RocksDatabase _database;
    private readonly RocksReader _newest;
    private volatile bool _noCompactions;
    private volatile bool _disposed; // a database that readers still hold is not closed yet, but it is ours no more

    private RocksStore(RocksDatabase database, string path)
    {
        _latch = new FailureLatch($"the store in {path}", path);
        _database = database;
        _newest = new RocksReader(new RocksView(database, atSnapshot: false), _latch);
    }

    /// <param name="path">A folder; made where it is missing, with its parents.</param>
    /// <param name="columns">Every column that the folder has or shall have.</param>
    /// <param name="options">Bounds of memory and files; the defaults where none are given.</param>
    /// <exception cref="OperatorException">The library is missing, or the folder is in use, unreadable, damaged or of another version.</exception>
    /// <exception cref="StoreFailedException">The disk is full.</exception>
    public static RocksStore Open(string path, IReadOnlyList<Column> columns, RocksStoreOptions? options = null)
    {
        Invariant.Check(columns.Distinct().Count() == columns.Count, "a column is listed once");
        options ??= new RocksStoreOptions();
        try
        {
            PosixDirectory.Create(path);
            if (new DriveInfo(Path.GetFullPath(path)).AvailableFreeSpace < RoomMin) throw StoreFailure.Full(path);
            var database = TryOpen(path, columns, options, compressed: true, out var failure);
            if (database is null && failure.Contains("is not linked with the binary", StringComparison.Ordinal))
                database = TryOpen(path, columns, options, compressed: false, out failure);
            return database is null ? throw Refusal(path, failure) : new RocksStore(database, path);
        }
        catch (DllNotFoundException missing)
        {
            throw RocksDbNative.Missing(missing);
        }
        catch (Exception denied) when (denied is UnauthorizedAccessException or IOException)
        {
            if (StoreFailure.IsFull(denied)) throw StoreFailure.Full(path, denied);
            throw new OperatorException($"the store folder {path} cannot be made: {denied.Message}", denied);
        }
    }

    public byte[]? Get(Column column, ReadOnlySpan<byte> key) => _newest.Get(column, key);

    public bool TryGet(Column column, ReadOnlySpan<byte> key, [NotNullWhen(true)] out byte[]? value) => _newest.TryGet(column, key, out value);

    public IEnumerable<StoreEntry> Scan(Column column, KeyRange range, bool reverse = false) => _newest.Scan(column, range, reverse);

    public void Write(WriteBatch batch, bool durable)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var options = RocksDbNative.rocksdb_writeoptions_create();
        var native = RocksDbNative.rocksdb_writebatch_create();
        var held = false;
        try
        {
            _database.DangerousAddRef(ref held); // the batch below refers to column handles, which die with the database
            RocksDbNative.rocksdb_writeoptions_set_sync(options, durable ? (byte)1 : (byte)0);
            lock (_writing)
            {
                _latch.Check();
                foreach (var operation in batch.Operations) Add(native, operation, batch);
                RocksDbNative.rocksdb_set_perf_level(CountNothing);
                nint error = 0;
                RocksDbNative.rocksdb_write(_database, options, native, ref error);
                if (RocksDbNative.TakeError(ref error) is { } failure) throw Failed(failure);
            }
        }
        finally
        {
            RocksDbNative.rocksdb_writebatch_destroy(native);
            RocksDbNative.rocksdb_writeoptions_destroy(options);
            if (held) _database.DangerousRelease();
        }
    }

    public ISnapshot Snapshot()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.Check();
        return new RocksReader(new RocksView(_database, atSnapshot: true), _latch);
    }

    public void Expire(Column column, ulong below)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_writing) _database.ExpiryOf(column).Raise(below);
    }

    /// <summary>Makes a consistent copy that can be opened as a store of its own; on the same file system it costs hard links.</summary>
    /// <param name="path">A folder that does not exist yet, below one that does.</param>
    /// <exception cref="StoreFailedException">The copy could not be made. The store itself goes on.</exception>
    public void Checkpoint(string path)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.Check();
        nint error = 0;
        var checkpoint = RocksDbNative.rocksdb_checkpoint_object_create(_database, ref error);
        if (RocksDbNative.TakeError(ref error) is { } refused) throw new StoreFailedException($"no checkpoint in {path}: {refused}");
        try
        {
            RocksDbNative.rocksdb_checkpoint_create(checkpoint, path, 0, ref error);
            if (RocksDbNative.TakeError(ref error) is { } failure) throw new StoreFailedException($"no checkpoint in {path}: {failure}");
        }
        finally
        {
            RocksDbNative.rocksdb_checkpoint_object_destroy(checkpoint);
        }
    }

    /// <summary>
    /// Writes what the column holds in memory to a file, and the files of the range anew without what was deleted. It runs in the
    /// caller's thread, beside RocksDB's own compactions.
    /// </summary>
    /// <exception cref="OperationCanceledException"><see cref="StopCompacting"/> was called: it is not done, or only in part.</exception>
    public void Compact(Column column, KeyRange range)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.Check();
        Flush(column);
        const byte forceOptimized = 3; // the lowest level too, but no file that this very run has made
        var options = RocksDbNative.rocksdb_compactoptions_create();
        RocksDbNative.rocksdb_compactoptions_set_exclusive_manual_compaction(options, 0);
        RocksDbNative.rocksdb_compactoptions_set_bottommost_level_compaction(options, forceOptimized);
        fixed (byte* from = range.From, to = range.To)
        {
            RocksDbNative.rocksdb_compact_range_cf_opt(_database, _database[column], options, from, (nuint)range.From.Length, to, (nuint)range.To.Length);
        }

        RocksDbNative.rocksdb_compactoptions_destroy(options);
        if (_noCompactions) throw new OperationCanceledException("the store takes no more compactions");
    }

    public void DropFiles(Column column, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.Check();
        nint error = 0;
        fixed (byte* from = first, to = last)
        {
            RocksDbNative.rocksdb_delete_file_in_range_cf(_database, _database[column], from, (nuint)first.Length, to, (nuint)last.Length, ref error);
        }

        if (RocksDbNative.TakeError(ref error) is { } failure) throw Failed(failure);
    }

    /// <summary>Ends the compactions of <see cref="Compact"/> at the next place where they can end, and lets no other begin: the process is about to stop.</summary>
    public void StopCompacting()
    {
        _noCompactions = true;
        if (!_disposed) RocksDbNative.rocksdb_disable_manual_compaction(_database);
    }

    /// <summary>Writes what every column holds in memory to files, so that the log before is not needed any more and goes.</summary>
    /// <exception cref="StoreFailedException">The disk refused; the store is not used again.</exception>
    public void Flush()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _latch.Check();
        foreach (var column in _database.Columns) Flush(column);
    }

    /// <summary>Bytes of the column's files; what is still in memory and in the log is not among them.</summary>
    public ulong FileBytes(Column column) => Property(column, "rocksdb.live-sst-files-size");

    /// <summary>About how many entries the column has.</summary>
    public ulong KeysEstimate(Column column) => Property(column, "rocksdb.estimate-num-keys");

    public void Dispose()
    {
        _disposed = true;
        _newest.Dispose();
        _database.Dispose();
    }

    private StoreFailedException Failed(string failure)
    {
        _database.HasFailed = true;
        return _latch.Fail(failure);
    }

    private void Flush(Column column)
    {
        var options = RocksDbNative.rocksdb_flushoptions_create();
        RocksDbNative.rocksdb_flushoptions_set_wait(options, 1);
        nint error = 0;
        RocksDbNative.rocksdb_flush_cf(_database, options, _database[column], ref error);
        RocksDbNative.rocksdb_flushoptions_destroy(options);
        if (RocksDbNative.TakeError(ref error) is { } failure) throw Failed(failure);
    }

    private ulong Property(Column column, string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return RocksDbNative.rocksdb_property_int_cf(_database, _database[column], name, out var value) == 0 ? value : 0;
    }

    private static RocksDatabase? TryOpen(
        string path, IReadOnlyList<Column> columns, RocksStoreOptions options, bool compressed, out string failure)
    {
        // RocksDB always has a column 'default'; ours stays empty.
        nint[] names = [.. columns.Select(column => column.Name).Prepend("default").Select(Marshal.StringToCoTaskMemUTF8)];
        var native = options.CreateNative(compressed);
        var filters = columns.Where(column => column.Expires).ToFrozenDictionary(column => column, _ => new ExpiryFilter());
        var columnOptions = new nint[names.Length];
        columnOptions.AsSpan().Fill(native);
        try
        {
            options.ShareCache(native);
            var handles = new nint[names.Length];
            foreach (var (index, column) in columns.Index().Where(column => column.Item.Expires || column.Item.IsQueue))
            {
                var own = columnOptions[index + 1] = RocksDbNative.rocksdb_options_create_copy(native);
                if (column.Expires) filters[column].AddTo(own);
                if (column.IsQueue) RocksDbNative.rocksdb_options_set_level0_file_num_compaction_trigger(own, 1);
            }

            nint error = 0;
            nint database;
            fixed (nint* n = names, o = columnOptions, h = handles)
            {
                database = RocksDbNative.rocksdb_open_column_families(native, path, names.Length, n, o, h, ref error);
            }

            failure = RocksDbNative.TakeError(ref error) ?? "";
            if (database == 0)
            {
                foreach (var filter in filters.Values) filter.Dispose();
                return null;
            }

            var byColumn = columns.Index().ToFrozenDictionary(c => c.Item, c => handles[c.Index + 1]);
            return new RocksDatabase(database, handles[0], byColumn, filters);
        }
        finally
        {
            foreach (var own in columnOptions.Where(own => own != native)) RocksDbNative.rocksdb_options_destroy(own);
            RocksDbNative.rocksdb_options_destroy(native);
            foreach (var name in names) Marshal.FreeCoTaskMem(name);
        }
    }

    private static Exception Refusal(string path, string failure)
    {
        if (StoreFailure.IsFull(failure)) return StoreFailure.Full(path);
        if (failure.Contains("/LOCK:", StringComparison.Ordinal))
            return new OperatorException($"the store in {path} is in use by another process: stop that node or choose another folder");
        if (failure.Contains("Column families not opened", StringComparison.Ordinal))
            return new OperatorException($"the store in {path} was written by another version: {failure}");
        return new OperatorException($"the store in {path} cannot be opened: {failure}");
    }

    private void Add(nint native, WriteBatch.Operation operation, WriteBatch batch)
    {
        var column = _database[operation.Column];
        var from = operation.Kind == WriteBatch.Kind.DeleteRange ? operation.Range.From : operation.Key.Span;
        fixed (byte* k = from)
        {
            switch (operation.Kind)
            {
                case WriteBatch.Kind.Put:
                    fixed (byte* v = operation.Value.Span)
                        RocksDbNative.rocksdb_writebatch_put_cf(native, column, k, (nuint)from.Length, v, (nuint)operation.Value.Length);
                    break;
                case WriteBatch.Kind.Delete:
                    RocksDbNative.rocksdb_writebatch_delete_cf(native, column, k, (nuint)from.Length);
                    break;
                case WriteBatch.Kind.DeleteRange:
                    var to = operation.Range.HasEnd ? operation.Range.To : AfterEveryKey(operation.Column, from, batch);
                    fixed (byte* t = to)
                        RocksDbNative.rocksdb_writebatch_delete_range_cf(native, column, k, (nuint)from.Length, t, (nuint)to.Length);
                    break;
                default:
                    Invariant.Fail("a batch has puts, deletes and range deletes");
                    break;
            }
        }
    }

    // RocksDB knows no range without an end, and there is no greatest key; but while we hold the lock, what the column and the batch
    // have is known, and the successor of a key is that key with a zero behind it.
    private byte[] AfterEveryKey(Column column, ReadOnlySpan<byte> from, WriteBatch batch)
    {
        var last = from.ToArray();
        foreach (var entry in Scan(column, KeyRange.All.StartingAt(from), reverse: true))
        {
            last = entry.Key;
            break;
        }

        foreach (var operation in batch.Operations)
            if (operation.Column == column && operation.Key.Span.SequenceCompareTo(last) > 0)
                last = operation.Key.ToArray();
        return [.. last, 0];
    }
}
