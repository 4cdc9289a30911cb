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
}
