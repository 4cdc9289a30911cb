namespace NeuroChain.Chain.Tests;

/// <summary>A full disk says what to do, harms nothing that was there, and is forgotten when there is room again.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public void ALogOnAFullDiskKeepsWhatWasFlushedAndSaysWhatToDo()
    {
        using var disk = SmallDisk.Mount(2);
        var folder = new DiskFolder(disk["wal"]);
        var record = new byte[1000];
        var flushed = 0L;
        using (var log = folder.OpenAppend("log"))
        {
            log.Append(record);
            log.Flush();
            flushed = log.Length;
            disk.Fill(pagesLeft: 2);
            var failure = Assert.Throws<StoreFailedException>(() =>
            {
                for (var i = 0; i < 100; i++)
                {
                    log.Append(record);
                    log.Flush();
                    flushed = log.Length;
                }
            });
            Assert.Equal($"no space left in {disk["wal"]}: free some and start again", failure.Message);
            disk.Free();
            Assert.Throws<StoreFailedException>(() => log.Append(record)); // what was half written is unknown: it is not used again
        }

        using var again = folder.OpenAppend("log");
        Assert.InRange(again.Length, flushed, flushed + record.Length);
        again.Truncate(flushed);
        again.Append(record);
        again.Flush();
        Assert.Equal(flushed + record.Length, again.Length);
    }

    [Fact]
    public void ASlotFileOnAFullDiskKeepsWhatItHad()
    {
        using var disk = SmallDisk.Mount(1);
        var folder = new DiskFolder(disk["signer"]);
        using (var fresh = new TwoSlotFile(folder, "old", 100)) fresh.Write([1]);
        disk.Fill();
        using (var old = new TwoSlotFile(folder, "old", 100))
        {
            old.Write([2]); // its place was taken with the first write
            Assert.True(old.TryRead(out var payload, out _));
            Assert.Equal([2], payload);
        }

        using (var young = new TwoSlotFile(folder, "new", 100))
            Assert.Contains("no space left in", Assert.Throws<StoreFailedException>(() => young.Write([1])).Message, StringComparison.Ordinal);
        disk.Free();
        using var again = new TwoSlotFile(folder, "new", 100);
        again.Write([1]);
    }

    [Fact]
    public void AStoreOnAFullDiskKeepsWhatWasDurableAndSaysWhatToDo()
    {
        var column = new Column("numbers");
        using var disk = SmallDisk.Mount(24);
        var value = new byte[20_000];
        new Random(1).NextBytes(value);
        byte written = 0;
        using (var store = RocksStore.Open(disk["store"], [column]))
        {
            Put(store, written++);
            disk.Fill(pagesLeft: 20);
            var failure = Assert.Throws<StoreFailedException>(() =>
            {
                for (; written < 200; written++) Put(store, written);
            });
            Assert.Equal($"no space left in {disk["store"]}: free some and start again", failure.Message);
        }

        Assert.InRange(written, 1, 100);
        var refused = Assert.Throws<StoreFailedException>(() => RocksStore.Open(disk["store"], [column]));
        Assert.Equal($"no space left in {disk["store"]}: free some and start again", refused.Message);
        disk.Free();
        using var again = RocksStore.Open(disk["store"], [column]);
        for (byte i = 0; i < written; i++) Assert.Equal(value, again.Get(column, [i]));
        Put(again, written);

        void Put(RocksStore store, byte key)
        {
            var batch = new WriteBatch();
            batch.Put(column, [key], value);
            store.Write(batch, durable: true);
        }
    }

    [Theory]
    [InlineData(28, true)]
    [InlineData(122, true)]
    [InlineData(5, false)] // EIO: no room would help
    [InlineData(11, false)]
    public void AFullDiskIsKnownByItsNumber(int error, bool isFull)
    {
        var failure = new IOException("it failed", error);
        Assert.Equal(isFull, StoreFailure.IsFull(failure));
        Assert.Equal(isFull ? "no space left in /data: free some and start again" : "writing: it failed", StoreFailure.From(failure, "/data", "writing").Message);
    }

    [Fact]
    public void OnlyAFileThatAnotherHasIsSaidToBeInUse()
    {
        using var temporary = new TemporaryFolder();
        var folder = new DiskFolder(temporary.Path);
        using (folder.OpenAppend("log"))
            Assert.Contains("is another node using it?", Assert.Throws<OperatorException>(() => folder.OpenAppend("log")).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(temporary["folder"]);
        Assert.DoesNotContain("another node", Assert.Throws<OperatorException>(() => folder.OpenAppend("folder")).Message, StringComparison.Ordinal);
    }
}
