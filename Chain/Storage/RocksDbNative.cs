using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// The part of RocksDB's C API (rocksdb/c.h, 7.8) that the store uses. Functions with an error parameter leave it alone on success
/// and allocate a text on failure, which <see cref="TakeError"/> turns into a string.
/// </summary>
internal static unsafe partial class RocksDbNative
{
    private const string Library = "librocksdb.so.7.8";

    /// <summary>The text of a failed call in one line, or null where the call succeeded.</summary>
    public static string? TakeError(ref nint error)
    {
        if (error == 0) return null;
        var text = Marshal.PtrToStringUTF8(error) ?? "no reason given";
        rocksdb_free(error);
        error = 0;
        return text.ReplaceLineEndings(" ");
    }

    public static OperatorException Missing(DllNotFoundException missing) =>
        new($"{Library} is missing: install Debian's package librocksdb7.8 (./setup.sh does it)", missing);

    [LibraryImport(Library)]
    public static partial void rocksdb_free(nint memory);

    // Options of a database and of its columns.
    [LibraryImport(Library)]
    public static partial nint rocksdb_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_options_destroy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_create_if_missing(nint options, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_create_missing_column_families(nint options, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compression(nint options, int type);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_db_write_buffer_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_write_buffer_size(nint options, nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_level0_file_num_compaction_trigger(nint options, int files);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_total_wal_size(nint options, ulong bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_open_files(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_max_background_jobs(nint options, int count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_keep_log_file_num(nint options, nuint count);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_info_log_level(nint options, int level);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_stats_dump_period_sec(nint options, uint seconds);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_stats_persist_period_sec(nint options, uint seconds);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_bytes_per_sync(nint options, ulong bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_level_compaction_dynamic_level_bytes(nint options, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_wal_recovery_mode(nint options, int mode);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_block_based_table_factory(nint options, nint tableOptions);

    [LibraryImport(Library)]
    public static partial nint rocksdb_options_create_copy(nint options);

    [LibraryImport(Library)]
    public static partial void rocksdb_options_set_compaction_filter(nint options, nint filter);

    [LibraryImport(Library)]
    public static partial nint rocksdb_compactionfilter_create(
        ulong* state,
        delegate* unmanaged[Cdecl]<ulong*, void> destroy,
        delegate* unmanaged[Cdecl]<ulong*, int, byte*, nuint, byte*, nuint, byte**, nuint*, byte*, byte> filter,
        delegate* unmanaged[Cdecl]<ulong*, byte*> name);

    [LibraryImport(Library)]
    public static partial void rocksdb_compactionfilter_destroy(nint filter);

    [LibraryImport(Library)]
    public static partial nint rocksdb_block_based_options_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_destroy(nint tableOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_block_cache(nint tableOptions, nint cache);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_cache_index_and_filter_blocks(nint tableOptions, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_block_based_options_set_filter_policy(nint tableOptions, nint policy);

    [LibraryImport(Library)]
    public static partial nint rocksdb_filterpolicy_create_bloom_full(double bitsPerKey);

    [LibraryImport(Library)]
    public static partial nint rocksdb_cache_create_lru(nuint bytes);

    [LibraryImport(Library)]
    public static partial void rocksdb_cache_destroy(nint cache);

    [LibraryImport(Library)]
    public static partial void rocksdb_set_perf_level(int level);

    // The database itself. The names are an array of C strings by hand: the generated marshalling of a string[] first reads the array
    // that it is about to fill, and checked arithmetic throws on whatever lay in that memory.
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint rocksdb_open_column_families(
        nint options, string path, int count, nint* names, nint* columnOptions, nint* columns, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_column_family_handle_destroy(nint column);

    [LibraryImport(Library)]
    public static partial void rocksdb_close(nint database);

    [LibraryImport(Library)]
    public static partial void rocksdb_flush_wal(nint database, byte sync, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_write(RocksDatabase database, nint writeOptions, nint batch, ref nint error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_writeoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_destroy(nint writeOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_writeoptions_set_sync(nint writeOptions, byte value);

    [LibraryImport(Library)]
    public static partial nint rocksdb_writebatch_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_destroy(nint batch);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_put_cf(nint batch, nint column, byte* key, nuint keyLength, byte* value, nuint valueLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_delete_cf(nint batch, nint column, byte* key, nuint keyLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_writebatch_delete_range_cf(
        nint batch, nint column, byte* from, nuint fromLength, byte* to, nuint toLength);

    // Reading.
    [LibraryImport(Library)]
    public static partial nint rocksdb_readoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_destroy(nint readOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_set_snapshot(nint readOptions, nint snapshot);

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_set_iterate_lower_bound(nint readOptions, byte* key, nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_readoptions_set_iterate_upper_bound(nint readOptions, byte* key, nuint length);

    [LibraryImport(Library)]
    public static partial nint rocksdb_create_snapshot(nint database);

    [LibraryImport(Library)]
    public static partial void rocksdb_release_snapshot(nint database, nint snapshot);

    [LibraryImport(Library)]
    public static partial nint rocksdb_get_pinned_cf(nint database, RocksView view, nint column, byte* key, nuint length, ref nint error);

    [LibraryImport(Library)]
    public static partial byte* rocksdb_pinnableslice_value(nint slice, out nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_pinnableslice_destroy(nint slice);

    [LibraryImport(Library)]
    public static partial nint rocksdb_create_iterator_cf(nint database, nint readOptions, nint column);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_destroy(nint iterator);

    [LibraryImport(Library)]
    public static partial byte rocksdb_iter_valid(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek_to_first(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_seek_to_last(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_next(nint iterator);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_prev(nint iterator);

    [LibraryImport(Library)]
    public static partial byte* rocksdb_iter_key(nint iterator, out nuint length);

    [LibraryImport(Library)]
    public static partial byte* rocksdb_iter_value(nint iterator, out nuint length);

    [LibraryImport(Library)]
    public static partial void rocksdb_iter_get_error(nint iterator, ref nint error);

    // Room on the disk: what was deleted is given back when the files that held it are written anew.
    [LibraryImport(Library)]
    public static partial nint rocksdb_flushoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_flushoptions_destroy(nint flushOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_flushoptions_set_wait(nint flushOptions, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_flush_cf(RocksDatabase database, nint flushOptions, nint column, ref nint error);

    [LibraryImport(Library)]
    public static partial nint rocksdb_compactoptions_create();

    [LibraryImport(Library)]
    public static partial void rocksdb_compactoptions_destroy(nint compactOptions);

    [LibraryImport(Library)]
    public static partial void rocksdb_compactoptions_set_exclusive_manual_compaction(nint compactOptions, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_compactoptions_set_bottommost_level_compaction(nint compactOptions, byte value);

    [LibraryImport(Library)]
    public static partial void rocksdb_compact_range_cf_opt(
        RocksDatabase database, nint column, nint compactOptions, byte* from, nuint fromLength, byte* to, nuint toLength);

    [LibraryImport(Library)]
    public static partial void rocksdb_delete_file_in_range_cf(
        RocksDatabase database, nint column, byte* first, nuint firstLength, byte* last, nuint lastLength, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_disable_manual_compaction(RocksDatabase database);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int rocksdb_property_int_cf(RocksDatabase database, nint column, string property, out ulong value);

    // Checkpoints: hard links of the immutable files and a copy of the log.
    [LibraryImport(Library)]
    public static partial nint rocksdb_checkpoint_object_create(RocksDatabase database, ref nint error);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void rocksdb_checkpoint_create(nint checkpoint, string path, ulong logSizeForFlush, ref nint error);

    [LibraryImport(Library)]
    public static partial void rocksdb_checkpoint_object_destroy(nint checkpoint);
}
