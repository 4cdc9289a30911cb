namespace NeuroChain.Chain.Tests;

public sealed class MachineLockTests
{
    private readonly string _name = $"test-{Guid.NewGuid():N}";

    [Fact]
    public void ANameIsHadOnceAndFreeAgain()
    {
        using (var held = MachineLock.TryTake(_name))
        {
            Assert.NotNull(held);
            Assert.Null(MachineLock.TryTake(_name));
            using var other = MachineLock.TryTake(_name + "x");
            Assert.NotNull(other);
        }

        Assert.False(File.Exists(Path.Combine(MachineLock.Folder, $"neurochain-{_name}.lock")));
        using var again = MachineLock.TryTake(_name);
        Assert.NotNull(again);
    }

    [Fact]
    public void AFileThatWasLeftBehindIsInNobodysWay()
    {
        var path = Path.Combine(MachineLock.Folder, $"neurochain-{_name}.lock");
        File.WriteAllText(path, "");
        using var held = MachineLock.TryTake(_name);
        Assert.NotNull(held);
    }

    /// <summary>Or a service with temporary files of its own would not meet another.</summary>
    [Fact]
    public void TheFolderIsTheSameForAllAndEverybodyMayWriteThere()
    {
        Assert.Contains(MachineLock.Folder, new[] { "/run/lock", "/var/lock", "/tmp" });
        Assert.True(File.GetUnixFileMode(MachineLock.Folder).HasFlag(UnixFileMode.OtherWrite));
    }

    /// <summary>Whoever lets go deletes the file, and another may just have opened it: two must never have the name.</summary>
    [Fact]
    public void HoweverManyTakeAndLetGoOnlyOneHasIt()
    {
        var (holders, taken, most) = (0, 0, 0);
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                using var held = MachineLock.TryTake(_name);
                if (held is null) continue;
                var now = Interlocked.Increment(ref holders);
                if (now > most) most = now;
                Interlocked.Increment(ref taken);
                Thread.Yield();
                Interlocked.Decrement(ref holders);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Equal(1, most);
        Assert.True(taken > 10, $"taken {taken} times");
    }
}
