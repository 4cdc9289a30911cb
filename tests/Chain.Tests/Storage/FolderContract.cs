namespace NeuroChain.Chain.Tests;

/// <summary>What every folder of logs and slots keeps to.</summary>
public abstract class FolderContract
{
    protected abstract IFolder Folder { get; }

    [Fact]
    public void ALogKeepsWhatWasAppended()
    {
        using (var log = Folder.OpenAppend("log"))
        {
            Assert.Equal(0, log.Length);
            Assert.Empty(log.ReadAll());
            log.Append([1, 2, 3]);
            log.Append([]);
            log.Append([4]);
            Assert.Equal(4, log.Length);
            log.Flush();
        }

        using var again = Folder.OpenAppend("log");
        again.Append([5]);
        Assert.Equal([1, 2, 3, 4, 5], again.ReadAll());
        Assert.Equal(5, again.Length);
    }

    [Fact]
    public void AReadGivesWhatIsThere()
    {
        using var log = Folder.OpenAppend("log");
        log.Append([1, 2, 3, 4]);
        var bytes = new byte[3];
        Assert.Equal(3, log.Read(1, bytes));
        Assert.Equal([2, 3, 4], bytes);
        Assert.Equal(1, log.Read(3, bytes));
        Assert.Equal(4, bytes[0]);
        Assert.Equal(0, log.Read(4, bytes));
        Assert.Equal(0, log.Read(100, bytes));
    }

    [Fact]
    public void ATruncatedLogGoesOnFromItsNewEnd()
    {
        using (var log = Folder.OpenAppend("log"))
        {
            log.Append([1, 2, 3, 4]);
            log.Truncate(2);
            Assert.Equal(2, log.Length);
            log.Append([9]);
            Assert.Equal([1, 2, 9], log.ReadAll());
            Assert.Throws<InvariantException>(() => log.Truncate(4));
            log.Flush();
        }

        using var again = Folder.OpenAppend("log");
        Assert.Equal([1, 2, 9], again.ReadAll());
    }

    [Fact]
    public void SlotsAreWrittenInPlaceAndHolesAreZero()
    {
        using (var file = Folder.OpenSlots("slots"))
        {
            file.WriteDurably(0, [1, 2, 3, 4]);
            file.WriteDurably(1, [9]);
            file.WriteDurably(6, [7]);
            Assert.Equal(7, file.Length);
        }

        using var again = Folder.OpenSlots("slots");
        var bytes = new byte[8];
        Assert.Equal(7, again.Read(0, bytes));
        Assert.Equal([1, 9, 3, 4, 0, 0, 7, 0], bytes);
    }

    [Fact]
    public void FilesAreListedInOrderUntilTheyAreDeleted()
    {
        Assert.Empty(Folder.List());
        Folder.OpenAppend("b").Dispose();
        Folder.OpenSlots("C").Dispose();
        Folder.OpenAppend("a.1").Dispose();
        Assert.Equal(["C", "a.1", "b"], Folder.List());
        Assert.True(Folder.Exists("b"));
        Folder.Delete("b");
        Folder.Delete("b");
        Assert.False(Folder.Exists("b"));
        Assert.Equal(["C", "a.1"], Folder.List());
    }

    [Fact]
    public void AFileHasOneOpener()
    {
        using (Folder.OpenAppend("log"))
        {
            var refusal = Assert.Throws<OperatorException>(() => Folder.OpenAppend("log"));
            Assert.DoesNotContain('\n', refusal.Message);
        }

        Folder.OpenAppend("log").Dispose();
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/b")]
    [InlineData("/etc/passwd")]
    public void ANameStaysInItsFolder(string name) => Assert.Throws<InvariantException>(() => Folder.OpenAppend(name));

    [Fact]
    public void AClosedFileIsNotUsed()
    {
        var log = Folder.OpenAppend("log");
        log.Dispose();
        log.Dispose();
        Assert.Throws<ObjectDisposedException>(() => log.Append([1]));
        Assert.Throws<ObjectDisposedException>(log.Flush);
    }

    [Fact]
    public void TwoSlotFilesWorkHere()
    {
        using (var file = new TwoSlotFile(Folder, "state", 100))
        {
            Assert.False(file.TryRead(out _, out var fault));
            Assert.Equal(SlotFault.NeverWritten, fault);
            for (byte i = 0; i < 5; i++) file.Write([i, i]);
            Assert.True(file.TryRead(out var payload, out _));
            Assert.Equal([4, 4], payload);
        }

        using var again = new TwoSlotFile(Folder, "state", 100);
        Assert.True(again.TryRead(out var last, out _));
        Assert.Equal([4, 4], last);
    }
}

public sealed class DiskFolderTests : FolderContract, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public DiskFolderTests() => Folder = new DiskFolder(_folder["files"]);

    protected override IFolder Folder { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void AFolderIsMadeWithItsParents()
    {
        new DiskFolder(_folder["a/b/c/"]).OpenAppend("log").Dispose();
        new DiskFolder(_folder["a/b/c"]).OpenAppend("log").Dispose();
        Assert.True(File.Exists(_folder["a/b/c/log"]));
    }

    [Fact]
    public void AFolderThatCannotBeMadeIsRefused()
    {
        File.WriteAllText(_folder["file"], "");
        Assert.Throws<OperatorException>(() => new DiskFolder(_folder["file"]));
    }

    [Fact]
    public void AfterAFailureAFileRefusesEverything()
    {
        // A read-only handle stands for a disk that takes no more.
        File.WriteAllBytes(_folder["readonly"], [1]);
        using var file = new DiskFile(File.OpenHandle(_folder["readonly"], FileMode.Open, FileAccess.Read), "readonly");
        Assert.Throws<StoreFailedException>(() => file.Append([2]));
        Assert.Throws<StoreFailedException>(() => file.Read(0, new byte[1]));
        Assert.Throws<StoreFailedException>(file.Flush);
        Assert.Throws<StoreFailedException>(() => file.WriteDurably(0, [1]));
        Assert.Throws<StoreFailedException>(() => file.Truncate(0));
    }
}
