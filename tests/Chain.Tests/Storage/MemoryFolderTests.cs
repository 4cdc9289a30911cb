namespace NeuroChain.Chain.Tests;

public sealed class MemoryFolderTests : FolderContract
{
    protected override IFolder Folder { get; } = new MemoryFolder();

    [Fact]
    public void ACrashKeepsWhatWasFlushedAndSomeOfTheRest()
    {
        var lengths = new HashSet<int>();
        var rubbish = false;
        for (ulong seed = 0; seed < 200; seed++)
        {
            var folder = new MemoryFolder();
            var log = folder.OpenAppend("log");
            log.Append([1, 2]);
            log.Flush();
            log.Append([3, 4, 5, 6]);
            folder.Crash(new SeededStream(seed));
            Assert.Throws<SimulatedCrashException>(() => log.Length);
            log.Dispose();
            using var again = folder.OpenAppend("log");
            var bytes = again.ReadAll();
            Assert.Equal([1, 2], bytes[..2]);
            lengths.Add(bytes.Length);
            rubbish |= !bytes.AsSpan().SequenceEqual(new byte[] { 1, 2, 3, 4, 5, 6 }.AsSpan(0, bytes.Length));
        }

        Assert.Equal([2, 3, 4, 5, 6], lengths.Order());
        Assert.True(rubbish);
    }

    [Fact]
    public void ACrashRepeatsFromItsSeed()
    {
        byte[] Run(ulong seed)
        {
            var folder = new MemoryFolder();
            using var log = folder.OpenAppend("log");
            log.Append(new byte[1000]);
            folder.Crash(new SeededStream(seed));
            using var again = folder.OpenAppend("log");
            return again.ReadAll();
        }

        Assert.Equal(Run(5), Run(5));
        Assert.NotEqual(Run(5), Run(6));
    }

    [Fact]
    public void ATruncationIsDurable()
    {
        var folder = new MemoryFolder();
        var log = folder.OpenAppend("log");
        log.Append([1, 2, 3]);
        log.Truncate(2);
        folder.Crash(new SeededStream(1));
        Assert.Equal([1, 2], folder.OpenAppend("log").ReadAll());
    }

    [Fact]
    public void ACrashComesInsideTheCallThatWasChosen()
    {
        var folder = new MemoryFolder();
        var log = folder.OpenAppend("log");
        folder.CrashAfter(2, new SeededStream(1));
        log.Append([1]);
        log.Flush();
        Assert.Throws<SimulatedCrashException>(() => log.Append([2]));
        Assert.Throws<SimulatedCrashException>(() => log.Append([3]));
        Assert.Equal(1, folder.OpenAppend("log").ReadAll()[0]);
        folder.OpenAppend("other").Append([1]); // the machine is up again
    }

    /// <summary>A disk writes sectors in the order that it likes: a later one may be there and an earlier one not.</summary>
    [Fact]
    public void SectorsThatWereNotFlushedSurviveOneByOne()
    {
        var isOutOfOrder = false;
        for (ulong seed = 0; seed < 200; seed++)
        {
            var folder = new MemoryFolder();
            var log = folder.OpenAppend("log");
            var bytes = new byte[700];
            Array.Fill(bytes, (byte)1);
            log.Append(bytes);
            log.Flush();
            bytes = new byte[4000];
            Array.Fill(bytes, (byte)2);
            log.Append(bytes);
            folder.Crash(new SeededStream(seed));
            var left = folder.OpenAppend("log").ReadAll();
            Assert.All(left[..700], b => Assert.Equal(1, b));
            var (hole, last) = (Array.IndexOf(left, (byte)0, 700), Array.LastIndexOf(left, (byte)2));
            isOutOfOrder |= left.Length == 4700 && hole >= 0 && hole < last;
        }

        Assert.True(isOutOfOrder);
    }

    /// <summary>What a killed process had written the machine still has, and may still lose.</summary>
    [Fact]
    public void AKilledProcessLeavesWhatItWroteAndNothingMoreDurable()
    {
        var lost = false;
        for (ulong seed = 0; seed < 50; seed++)
        {
            var folder = new MemoryFolder();
            var log = folder.OpenAppend("log");
            log.Append([1, 2, 3]);
            folder.Kill();
            Assert.Throws<SimulatedCrashException>(() => log.Length);
            Assert.Equal([1, 2, 3], folder.OpenAppend("log").ReadAll());
            folder.Crash(new SeededStream(seed));
            lost |= folder.OpenAppend("log").Length < 3;
        }

        Assert.True(lost);
    }

    [Fact]
    public void AFullDiskTakesAFirstPartAndRefusesFurtherUse()
    {
        var folder = new MemoryFolder();
        var log = folder.OpenAppend("log");
        log.Append([1, 2]);
        folder.Limit(4);
        Assert.Throws<StoreFailedException>(() => log.Append([3, 4, 5]));
        Assert.Throws<StoreFailedException>(() => log.Append([6]));
        Assert.Throws<StoreFailedException>(() => log.Flush());
        folder.Kill();
        folder.Limit(long.MaxValue);
        Assert.Equal([1, 2, 3, 4], folder.OpenAppend("log").ReadAll());
    }

    [Fact]
    public void AFullDiskStillWritesInPlace()
    {
        var folder = new MemoryFolder();
        var slots = folder.OpenSlots("slots");
        slots.WriteDurably(0, [1, 2, 3, 4]);
        folder.Limit(4);
        slots.WriteDurably(1, [9, 9, 9]);
        Assert.Throws<StoreFailedException>(() => slots.WriteDurably(3, [7, 7]));
    }

    [Fact]
    public void ABadSectorIsInOneFileThatIsNotEmpty()
    {
        var folder = new MemoryFolder();
        Assert.Null(folder.Corrupt(new SeededStream(1)));
        folder.OpenAppend("empty").Dispose();
        var log = folder.OpenAppend("log");
        log.Append(new byte[2000]);
        log.Dispose();
        var changed = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            Assert.Equal("log", folder.Corrupt(new SeededStream(seed)));
            using var again = folder.OpenAppend("log");
            Assert.Equal(2000, again.Length);
            if (again.ReadAll().Any(b => b != 0)) changed++;
        }

        Assert.True(changed > 0);
    }
}
