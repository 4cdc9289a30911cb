using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// fsync of a directory, without which a new, renamed or deleted file may come back as it was after a crash. .NET opens no directories.
/// </summary>
internal static partial class PosixDirectory
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;

    /// <exception cref="IOException">The directory cannot be opened or flushed.</exception>
    public static void Flush(string path)
    {
        var descriptor = open(path, ReadOnly | CloseOnExec);
        if (descriptor < 0) throw new IOException($"cannot open the folder {path}: error {Marshal.GetLastPInvokeError()}");
        try
        {
            if (fsync(descriptor) != 0) throw new IOException($"cannot flush the folder {path}: error {Marshal.GetLastPInvokeError()}");
        }
        finally
        {
            _ = close(descriptor);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
