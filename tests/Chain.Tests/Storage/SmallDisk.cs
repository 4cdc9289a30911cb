using System.Diagnostics;

namespace NeuroChain.Chain.Tests;

/// <summary>A file system of its own with a few megabytes: a disk that is full when it should be.</summary>
public sealed class SmallDisk : IDisposable
{
    private const int NoSpace = 28;

    private readonly string _filler;

    private SmallDisk(string path)
    {
        Path = path;
        _filler = System.IO.Path.Combine(path, "filler");
    }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Skips the test where this process may not mount; fails it where that is demanded of the machine.</summary>
    public static SmallDisk Mount(int megabytes)
    {
        if (TryMount(megabytes, out var refusal) is { } disk) return disk;
        DemandedMachine.SkipWithout($"a full disk needs the right to mount a small one: {refusal}");
        throw new UnreachableException();
    }

    /// <summary>Null, and why, where this process may not mount.</summary>
    public static SmallDisk? TryMount(int megabytes, out string? refusal)
    {
        var path = Directory.CreateTempSubdirectory("neurochain-disk-").FullName;
        refusal = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "neurochain-test", path);
        if (refusal is null) return new SmallDisk(path);
        Directory.Delete(path);
        return null;
    }

    /// <summary>Takes all that is left but for some pages of 4 KiB.</summary>
    public void Fill(int pagesLeft = 0)
    {
        using (var file = new FileStream(_filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            try
            {
                for (var page = new byte[4096]; ;) file.Write(page);
            }
            catch (IOException full) when (full.HResult == NoSpace)
            {
                file.SetLength(Math.Max(0, (file.Length / 4096 * 4096) - (4096L * pagesLeft)));
            }
        }
    }

    /// <summary>Somebody made room.</summary>
    public void Free() => File.Delete(_filler);

    public void Dispose()
    {
        if (Run("umount", "--lazy", Path) is { } refusal) throw new InvalidOperationException(refusal);
        Directory.Delete(Path);
    }

    private static string? Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardError = true };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : said;
    }
}
