using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// fsync of a directory, without which a new, renamed or deleted file may come back as it was after a crash. .NET opens no directories.
/// </summary>
internal static partial class PosixDirectory
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <summary>Makes a folder with its missing parents, so that all of them outlive a crash.</summary>
    /// <exception cref="IOException">A folder cannot be made or flushed.</exception>
    public static void Create(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var missing = Directory.Exists(full) ? full : Path.GetDirectoryName(full);
        while (missing is not null && !Directory.Exists(missing)) missing = Path.GetDirectoryName(missing);
        Directory.CreateDirectory(full);
        // From the folder itself up to the first that was there: the entry of each stands in the one above it.
        for (var at = full; at is not null && at.Length >= missing!.Length; at = Path.GetDirectoryName(at))
            if (Path.GetDirectoryName(at) is { } parent)
                Flush(parent);
    }

    /// <exception cref="IOException">The directory cannot be opened or flushed.</exception>
    public static void Flush(string path)
    {
        var descriptor = open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0) throw Failure($"cannot open the folder {path}");
        try
        {
            if (fsync(descriptor) != 0) throw Failure($"cannot flush the folder {path}");
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    // With the error's number as result, as the runtime does it: whoever catches this looks there.
    private static IOException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
