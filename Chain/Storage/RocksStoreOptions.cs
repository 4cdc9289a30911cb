namespace NeuroChain.Chain;

/// <summary>
/// Memory and file bounds of a RocksDB store, for a validator that shares a small machine with an evaluator. RocksDB's own defaults
/// (64 MiB of write buffer per column, unlimited open files, logs kept by the thousand) fit a database server instead.
/// </summary>
public sealed record RocksStoreOptions
{
    /// <summary>Bytes of the cache of blocks, indexes and filters, which all columns share.</summary>
    public long BlockCacheBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of writes that all columns together hold in memory before the greatest of them is written to a file.</summary>
    public long WriteBufferBytes { get; init; } = 64L << 20;

    /// <summary>Files that stay open.</summary>
    public int MaxOpenFiles { get; init; } = 256;

    /// <summary>Native options of the database and of each column; the caller destroys them.</summary>
    internal nint CreateNative(bool compressed)
    {
        const int lz4 = 4;
        const int headersOnly = 5; // the options at the beginning of its log
        const int upToTheFirstGap = 2; // kPointInTimeRecovery: replay the log to the first torn record and no further
        var options = RocksDbNative.rocksdb_options_create();
        RocksDbNative.rocksdb_options_set_create_if_missing(options, 1);
        RocksDbNative.rocksdb_options_set_create_missing_column_families(options, 1);
        RocksDbNative.rocksdb_options_set_compression(options, compressed ? lz4 : 0);
        RocksDbNative.rocksdb_options_set_db_write_buffer_size(options, (nuint)WriteBufferBytes);
        RocksDbNative.rocksdb_options_set_write_buffer_size(options, (nuint)(WriteBufferBytes / 2));
        RocksDbNative.rocksdb_options_set_max_total_wal_size(options, (ulong)WriteBufferBytes);
        RocksDbNative.rocksdb_options_set_max_open_files(options, MaxOpenFiles);
        RocksDbNative.rocksdb_options_set_max_background_jobs(options, 2);
        // Debian's build has its assertions on, and the second line that its own log cannot write, on a full disk, ends the process by one of
        // them. So it writes none while it runs: what is wrong comes back with the call that it concerns.
        RocksDbNative.rocksdb_options_set_info_log_level(options, headersOnly);
        RocksDbNative.rocksdb_options_set_keep_log_file_num(options, 4);
        RocksDbNative.rocksdb_options_set_stats_dump_period_sec(options, 0);
        RocksDbNative.rocksdb_options_set_stats_persist_period_sec(options, 0);
        RocksDbNative.rocksdb_options_set_bytes_per_sync(options, 1u << 20); // spreads the disk's work instead of one burst per file
        RocksDbNative.rocksdb_options_set_level_compaction_dynamic_level_bytes(options, 1);
        RocksDbNative.rocksdb_options_set_wal_recovery_mode(options, upToTheFirstGap);
        return options;
    }

    /// <summary>Gives the options one cache and one filter: indexes and filters count against the cache, so that memory stays bounded.</summary>
    internal void ShareCache(nint options)
    {
        var cache = RocksDbNative.rocksdb_cache_create_lru((nuint)BlockCacheBytes);
        var table = RocksDbNative.rocksdb_block_based_options_create();
        RocksDbNative.rocksdb_block_based_options_set_block_cache(table, cache);
        RocksDbNative.rocksdb_block_based_options_set_cache_index_and_filter_blocks(table, 1);
        RocksDbNative.rocksdb_block_based_options_set_filter_policy(table, RocksDbNative.rocksdb_filterpolicy_create_bloom_full(10));
        RocksDbNative.rocksdb_options_set_block_based_table_factory(options, table);
        RocksDbNative.rocksdb_block_based_options_destroy(table);
        RocksDbNative.rocksdb_cache_destroy(cache);
    }
}
