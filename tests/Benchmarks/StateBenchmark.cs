using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Commits of batches of changed accounts, by the way that a full block goes: set in an overlay over the state before, taken from it as changes and
/// as what undoes them, the tree with all its hashes, and one atomic, durable write of the records, the undo record and the mark. (The block's
/// own bytes are in the figures of replay and network.) As in a node, one thread writes while the next batch is made. The limit is what the store
/// alone takes of the same writes, before and after.
/// </summary>
internal static class StateBenchmark
{
    private const int BatchSize = 20_000;

    private static readonly Column State = new("state");
    private static readonly Column Undo = new("undo");

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        using var folder = new TemporaryFolder();
        using var store = RocksStore.Open(folder.Path, [State, Undo]);
        Progress.Say($"a state of {options.Accounts:N0} accounts");
        var keys = Keys(options.Accounts);
        var loading = Stopwatch.StartNew();
        var tree = StateTree.Empty.Update(keys.Select(key => KeyValuePair.Create(key, (byte[]?)new Account(0, Amount.FromNtk(1)).Encode())));
        var loadSeconds = loading.Elapsed.TotalSeconds;
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        Progress.Say($"batches of {BatchSize:N0} changes for {options.Seconds:F0} s");
        var limitTime = TimeSpan.FromSeconds(Math.Min(5, options.Seconds / 8));
        var before = Writes(store, keys, limitTime);
        var (updates, hashing) = (0L, 0.0);
        var (clock, writing) = (Stopwatch.StartNew(), Task.CompletedTask);
        for (ulong round = 1; clock.Elapsed.TotalSeconds < options.Seconds; round++)
        {
            var batch = Batch(keys, round);
            var overlay = new StateOverlay(tree, BatchSize);
            foreach (var (key, value) in batch) overlay.Set(key, value!);
            var (changes, undo) = (overlay.Changes, overlay.Undo);
            var updating = Stopwatch.StartNew();
            tree = tree.Update(changes);
            hashing += updating.Elapsed.TotalSeconds;
            writing.Wait(); // at most one batch behind
            var (number, root) = (round, tree.Root);
            writing = Task.Run(() => Write(store, changes, UndoRecord.Encode(undo), number, root));
            updates += BatchSize;
        }

        writing.Wait();
        var seconds = clock.Elapsed.TotalSeconds; // what it takes to make the batches is in it
        var after = Writes(store, keys, limitTime);
        return BenchmarkResult.Of(
            "state",
            updates / seconds,
            "key updates/s",
            (before + after) / 2,
            seconds,
            ("accounts", options.Accounts),
            ("limit_before", before),
            ("limit_after", after),
            ("tree_updates_per_second", updates / hashing),
            ("load_seconds", loadSeconds),
            ("bytes_per_account", (double)memory / options.Accounts));
    }

    // The same bytes to the store: records, and as much again for what undoes them.
    private static double Writes(IKeyValueStore store, StateKey[] keys, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var (written, seconds) = (0L, 0.0);
        for (ulong round = 1; clock.Elapsed < duration; round++)
        {
            var batch = Batch(keys, round);
            var undo = UndoRecord.Encode(batch);
            var writing = Stopwatch.StartNew();
            Write(store, batch, undo, round, default);
            seconds += writing.Elapsed.TotalSeconds;
            written += BatchSize;
        }

        return written / seconds;
    }

    private static void Write(IKeyValueStore store, IReadOnlyList<KeyValuePair<StateKey, byte[]?>> changes, ReadOnlyMemory<byte> undo, ulong round, Hash256 root)
    {
        var write = new WriteBatch().PutKept(Undo, new ByteWriter().UInt64(round).ToArray(), undo);
        foreach (var (key, value) in changes) write.PutKept(State, key.Bytes, value);
        store.Write(write.Put(State, "mark"u8, root.ToArray()), durable: true);
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
