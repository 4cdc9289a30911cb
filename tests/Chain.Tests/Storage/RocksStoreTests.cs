namespace NeuroChain.Chain.Tests;

public sealed class RocksStoreTests : KeyValueStoreContract
{
    private readonly TemporaryFolder _folder = new();

    protected override IKeyValueStore Open() => RocksStore.Open(_folder["db"], [A, B, Expiring]);

    protected override IKeyValueStore Reopen(IKeyValueStore store)
    {
        store.Dispose();
        return Open();
    }

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void EverythingIsThereAfterReopening()
    {
        Put(A, [1], [1]);
        Store.Write(new WriteBatch().Put(B, [2], [2]), durable: true);
        using var again = Reopen(Store);
        Assert.Equal([("0x01", "0x01")], Model(again, A));
        Assert.Equal([("0x02", "0x02")], Model(again, B));
    }

    [Fact]
    public void ADurableWriteSurvivesAKilledProcess()
    {
        Store.Write(new WriteBatch().Put(A, [1], [1]), durable: false);
        Store.Write(new WriteBatch().Put(A, [2], [2]), durable: true);
        TemporaryFolder.Copy(_folder["db"], _folder["killed"]);
        using var survivor = RocksStore.Open(_folder["killed"], [A, B, Expiring]);
        Assert.Equal([("0x01", "0x01"), ("0x02", "0x02")], Model(survivor, A));
    }

    [Fact]
    public void ATornLogEndsAtItsLastWholeBatch()
    {
        Store.Write(new WriteBatch().Put(A, [1], [1]).Put(B, [1], [1]), durable: true);
        TemporaryFolder.Copy(_folder["db"], _folder["before"]);
        Store.Write(new WriteBatch().Put(A, [2], new byte[100]).Put(B, [2], new byte[100]), durable: true);
        TemporaryFolder.Copy(_folder["db"], _folder["torn"]);
        var log = Directory.GetFiles(_folder["torn"], "*.log").MaxBy(path => new FileInfo(path).Length)!;
        var whole = new FileInfo(_folder["before/" + Path.GetFileName(log)]).Length;
        using (var file = File.OpenWrite(log)) file.SetLength(whole + 50);
        using var survivor = RocksStore.Open(_folder["torn"], [A, B, Expiring]);
        Assert.Equal([("0x01", "0x01")], Model(survivor, A));
        Assert.Equal([("0x01", "0x01")], Model(survivor, B));
    }

    /// <summary>Whole files of what was deleted go without a compaction, and one that holds the next key stays.</summary>
    [Fact]
    public void DroppedFilesGiveTheirRoomBackAtOnce()
    {
        static byte[] Key(int i) => new ByteWriter().UInt64((ulong)i).ToArray();
        static byte[] Noise(SeededStream stream)
        {
            var bytes = new byte[10_000];
            stream.Fill(bytes);
            return bytes;
        }

        var noise = new SeededStream(7);
        for (var file = 0; file < 8; file++)
        {
            var batch = new WriteBatch();
            for (var i = file * 100; i < (file + 1) * 100; i++) batch.Put(A, Key(i), Noise(noise));
            Store.Write(batch, durable: false);
            Store.Compact(A, KeyRange.Between(Key(file * 100), Key((file + 1) * 100))); // one file of a lower level for each hundred
        }

        var full = ((RocksStore)Store).FileBytes(A);
        Store.Write(new WriteBatch().DeleteRange(A, KeyRange.Between(Key(0), Key(700))), durable: true);
        Store.DropFiles(A, Key(0), Key(699));
        Assert.InRange(((RocksStore)Store).FileBytes(A), full / 16, full / 4); // of the eighth at least, and not of much else
        Assert.Equal(100, Store.Scan(A, KeyRange.All).Count());
        using var again = Reopen(Store);
        Assert.Equal(100, again.Scan(A, KeyRange.All).Count());
    }

    [Fact]
    public void ASecondOpeningIsRefusedInOneLine()
    {
        Put(A, [1], [1]);
        var refusal = Assert.Throws<OperatorException>(Open);
        Assert.Contains("in use", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal([1], Store.Get(A, [1]));
    }

    [Fact]
    public void ColumnsMayBeAddedButNotForgotten()
    {
        Put(A, [1], [1]);
        Store.Dispose();
        var column = new Column("c-2");
        using (var more = RocksStore.Open(_folder["db"], [B, column, A, Expiring]))
        {
            more.Write(new WriteBatch().Put(column, [1], [2]), durable: false);
            Assert.Equal([1], more.Get(A, [1]));
        }

        var refusal = Assert.Throws<OperatorException>(Open);
        Assert.Contains("another version", refusal.Message);
        Assert.Contains("c-2", refusal.Message);
    }

    [Fact]
    public void ADamagedFolderIsRefusedInOneLine()
    {
        Put(A, [1], [1]);
        Store.Dispose();
        File.WriteAllText(Path.Combine(_folder["db"], "CURRENT"), "rubbish");
        var refusal = Assert.Throws<OperatorException>(Open);
        Assert.Contains("cannot be opened", refusal.Message);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsRefusedInOneLine()
    {
        File.WriteAllText(_folder["file"], "");
        Assert.Throws<OperatorException>(() => RocksStore.Open(_folder["file/db"], [A]));
    }

    [Fact]
    public void AfterAFailedWriteTheStoreRefusesEverything()
    {
        using var store = RocksStore.Open(_folder["small"], [A], new RocksStoreOptions { WriteBufferBytes = 128 << 10 });
        store.Write(new WriteBatch().Put(A, [1], [1]), durable: true);
        Directory.Delete(_folder["small"], recursive: true); // the next log or table file has no folder to be made in
        var value = new byte[64 << 10];
        Assert.Throws<StoreFailedException>(() =>
        {
            for (var i = 0; i < 1_000; i++) store.Write(new WriteBatch().Put(A, [2], value), durable: true);
        });
        Assert.Throws<StoreFailedException>(() => store.Get(A, [1]));
        Assert.Throws<StoreFailedException>(() => store.Scan(A, KeyRange.All).Any());
        Assert.Throws<StoreFailedException>(store.Snapshot);
        Assert.Throws<StoreFailedException>(() => store.Write(new WriteBatch(), durable: false));
    }

    [Fact]
    public void ACheckpointIsAStoreOfItsOwn()
    {
        Put(A, [1], [1]);
        var rocks = (RocksStore)Store;
        rocks.Checkpoint(_folder["copy"]);
        Put(A, [2], [2]);
        using var copy = RocksStore.Open(_folder["copy"], [A, B, Expiring]);
        Assert.Equal([("0x01", "0x01")], Model(copy, A));
        Assert.Throws<StoreFailedException>(() => rocks.Checkpoint(_folder["copy"]));
        Assert.Equal([2], Store.Get(A, [2]));
    }

    [Fact]
    public void CompactingGivesBackTheRoomOfWhatWasDeletedAndNothingElse()
    {
        var rocks = (RocksStore)Store;
        var noise = new byte[1_000];
        var noises = new SeededStream(1);
        for (var i = 0; i < 2_000; i++)
        {
            noises.Fill(noise);
            Put(A, [(byte)(i / 256), (byte)(i % 256)], noise);
        }

        rocks.Flush();
        var full = rocks.FileBytes(A);
        rocks.Write(new WriteBatch().DeleteRange(A, KeyRange.Between([0], [7])), durable: false);
        rocks.Compact(A, KeyRange.All.Before([7]));
        Assert.True(full > 1_900_000, $"{full}");
        Assert.True(rocks.FileBytes(A) < full / 5, $"{rocks.FileBytes(A)} of {full}");
        Assert.Equal(2_000 - (7 * 256), Store.Scan(A, KeyRange.All).Count());
        Assert.Equal(noise, Store.Get(A, [7, 207]));
    }

    [Fact]
    public void WhatHasExpiredLeavesTheDiskAsTheStoreWritesOn()
    {
        using var rocks = RocksStore.Open(_folder["small"], [Expiring], new RocksStoreOptions { WriteBufferBytes = 1 << 20 });
        const int steps = 200;
        for (var step = 1; step <= steps; step++)
        {
            Fill(rocks, from: step * 500, count: 500);
            rocks.Expire(Expiring, (ulong)Math.Max(0, step - 10) * 500);
        }

        rocks.Flush();
        var (kept, written) = (rocks.Scan(Expiring, KeyRange.All).Count(), steps * 500);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kept} of {written} entries");
        Assert.InRange(kept, 5_000, written / 2);
    }

    [Fact]
    public void ACompactionThatWasStoppedSaysSo()
    {
        Put(A, [1], [1]);
        var rocks = (RocksStore)Store;
        rocks.StopCompacting();
        Assert.Throws<OperationCanceledException>(() => rocks.Compact(A, KeyRange.All));
        Assert.Equal([1], Store.Get(A, [1]));
    }

    [Fact]
    public void AForgottenWalkDoesNotBreakTheClosing()
    {
        Put(A, [1], [1]);
        BeginWalk(Store);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var again = Reopen(Store);
        Assert.Equal([1], again.Get(A, [1]));

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void BeginWalk(IKeyValueStore store) => Assert.True(store.Scan(A, KeyRange.All).GetEnumerator().MoveNext());
    }
}
