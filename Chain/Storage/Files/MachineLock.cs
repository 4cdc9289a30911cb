using Microsoft.Win32.SafeHandles;

namespace NeuroChain.Chain;

/// <summary>
/// A name that one process of the machine has at a time, in whatever folder it works: a locked file in a folder that is the same for all. It is
/// free again when its process is gone, however it went. A container that has a folder of its own there is a machine of its own to it.
/// </summary>
public sealed class MachineLock : IDisposable
{
    private const int Locked = 11; // EWOULDBLOCK
    private const int TriesMax = 100;

    /// <summary>
    /// Where the files are: the first of these that everybody may write to, so that no two users and no two settings come to another. Not the
    /// folder for temporary files: each process may be given another one.
    /// </summary>
    public static readonly string Folder = new[] { "/run/lock", "/var/lock" }.FirstOrDefault(IsEverybodys) ?? "/tmp";

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private MachineLock(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>Null where another process has it.</summary>
    /// <exception cref="OperatorException">The file may not be opened, as where it is another user's.</exception>
    public static MachineLock? TryTake(string name)
    {
        var path = Path.Combine(Folder, $"neurochain-{FileName.Checked(name)}.lock");
        for (var tries = 0; tries < TriesMax; tries++)
        {
            if (TryOpen(path) is not { } handle) return null;
            // Whoever had it before may have deleted the file after we opened it: then the one that we locked is in nobody's way.
            if (!IsDeleted(handle)) return new MachineLock(handle, path);
            handle.Dispose();
        }

        return null;
    }

    public void Dispose()
    {
        if (_handle.IsClosed) return;
        try
        {
            File.Delete(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // It stays, and is in nobody's way once it is not locked.
        }

        _handle.Dispose();
    }

    private static bool IsEverybodys(string folder) => Directory.Exists(folder) && File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite);

    // So the kernel names what is open and has no name any more.
    private static bool IsDeleted(SafeFileHandle handle) =>
        new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget is not { } target || target.EndsWith(" (deleted)", StringComparison.Ordinal);

    private static SafeFileHandle? TryOpen(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException busy) when (busy.HResult == Locked)
        {
            return null;
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{path} cannot be opened: {denied.Message.ReplaceLineEndings(" ")} Delete it if no node uses it", denied);
        }
    }
}
