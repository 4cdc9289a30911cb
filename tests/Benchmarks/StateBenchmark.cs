using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Commits of batches of changed accounts, as a full block makes them: the tree with all its hashes, and one atomic, durable write. The limit
/// is what the store alone takes of the same writes.
/// </summary>
internal static class StateBenchmark
{
    private const int BatchSize = 20_000;

    private static readonly Column State = new("state");

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        using var folder = new TemporaryFolder();
        using var store = RocksStore.Open(folder.Path, [State]);
        Progress.Say($"a state of {options.Accounts:N0} accounts");
        var keys = Keys(options.Accounts);
        var loading = Stopwatch.StartNew();
        var tree = StateTree.Empty.Update(keys.Select(key => KeyValuePair.Create(key, (byte[]?)new Account(0, Amount.FromNtk(1)).Encode())));
        var loadSeconds = loading.Elapsed.TotalSeconds;
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        Progress.Say($"batches of {BatchSize:N0} changes for {options.Seconds:F0} s");
        var limit = Writes(store, keys, TimeSpan.FromSeconds(Math.Min(5, options.Seconds / 4)));
        var (updates, seconds, hashing) = (0L, 0.0, 0.0);
        var clock = Stopwatch.StartNew();
        for (ulong round = 1; clock.Elapsed.TotalSeconds < options.Seconds; round++)
        {
            var batch = Batch(keys, round);
            var committing = Stopwatch.StartNew();
            tree = tree.Update(batch);
            hashing += committing.Elapsed.TotalSeconds;
            Write(store, batch, tree.Root);
            seconds += committing.Elapsed.TotalSeconds;
            updates += BatchSize;
        }

        return BenchmarkResult.Of(
            "state",
            updates / seconds,
            "key updates/s",
            limit,
            seconds,
            ("accounts", options.Accounts),
            ("tree_updates_per_second", updates / hashing),
            ("load_seconds", loadSeconds),
            ("bytes_per_account", (double)memory / options.Accounts));
    }

    private static double Writes(IKeyValueStore store, StateKey[] keys, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var (written, seconds) = (0L, 0.0);
        for (ulong round = 1; clock.Elapsed < duration; round++)
        {
            var batch = Batch(keys, round);
            var writing = Stopwatch.StartNew();
            Write(store, batch, default);
            seconds += writing.Elapsed.TotalSeconds;
            written += BatchSize;
        }

        return written / seconds;
    }

    private static void Write(IKeyValueStore store, KeyValuePair<StateKey, byte[]?>[] batch, Hash256 root)
    {
        var write = new WriteBatch();
        foreach (var (key, value) in batch) write.Put(State, key.Bytes, value);
        store.Write(write.Put(State, "root"u8, root.ToArray()), durable: true);
    }

    // Keys as the ledger makes them, spread by a fixed stream.
    private static StateKey[] Keys(int count)
    {
        var keys = new StateKey[count];
        Parallel.For(0, count, i => keys[i] = AccountsModule.Key(Address.FromBytes(Hash256.Sha256(BitConverter.GetBytes(i)).ToArray().AsSpan(0, Address.Size))));
        return keys;
    }

    private static KeyValuePair<StateKey, byte[]?>[] Batch(StateKey[] keys, ulong round)
    {
        var batch = new KeyValuePair<StateKey, byte[]?>[BatchSize];
        var start = round * 7_919 * BatchSize;
        for (var i = 0; i < BatchSize; i++)
        {
            // A stride that shares no factor with the count touches each key once in a batch.
            var place = (start + ((ulong)i * 48_271)) % (ulong)keys.Length;
            batch[i] = KeyValuePair.Create(keys[place], (byte[]?)new Account(round, new Amount(round)).Encode());
        }

        return batch;
    }
}
