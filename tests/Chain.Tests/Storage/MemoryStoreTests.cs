namespace NeuroChain.Chain.Tests;

public sealed class MemoryStoreTests : KeyValueStoreContract
{
    protected override IKeyValueStore Open() => new MemoryStore([A, B, Expiring]);

    /// <summary>A file that is gone does not come back with the log: the simulator would never see the loss, so the store itself looks.</summary>
    [Fact]
    public void FilesAreNotDroppedBeforeTheirDeletionIsDurable()
    {
        Put(A, [1], [1]);
        Store.Write(new WriteBatch().Delete(A, [1]), durable: false);
        Assert.Throws<InvariantException>(() => Store.DropFiles(A, [0], [2]));
        Store.Write(new WriteBatch().Put(B, [1], [1]), durable: true);
        Store.DropFiles(A, [0], [2]);
    }

    [Fact]
    public void ACrashKeepsAllThatWasDurableAndAPrefixOfTheRest()
    {
        var kept = new HashSet<int>();
        for (ulong seed = 0; seed < 64; seed++)
        {
            using var store = new MemoryStore([A, B, Expiring]);
            for (byte i = 0; i < 8; i++) store.Write(new WriteBatch().Put(A, [i], [i]), durable: i == 3);
            store.Crash(new SeededStream(seed));
            var keys = store.Scan(A, KeyRange.All).Select(entry => (int)entry.Key[0]).ToList();
            Assert.Equal(Enumerable.Range(0, keys.Count), keys);
            kept.Add(keys.Count);
        }

        Assert.Equal([4, 5, 6, 7, 8], kept.Order());
    }

    [Fact]
    public void ACrashBeforeAnyDurableWriteMayLoseEverything()
    {
        var kept = new HashSet<bool>();
        for (ulong seed = 0; seed < 16; seed++)
        {
            using var store = new MemoryStore([A, B, Expiring]);
            store.Write(new WriteBatch().Put(A, [1], [1]), durable: false);
            store.Crash(new SeededStream(seed));
            kept.Add(store.TryGet(A, [1], out _));
        }

        Assert.Equal(2, kept.Count);
    }
}
