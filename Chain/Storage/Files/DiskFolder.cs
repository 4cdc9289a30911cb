using Microsoft.Win32.SafeHandles;

namespace NeuroChain.Chain;

/// <summary>A folder of the real disk. Files are locked while they are open, so that two processes never share a log.</summary>
public sealed class DiskFolder : IFolder
{
    // What flock says of a file that another process has: EWOULDBLOCK.
    private const int Locked = 11;

    private readonly string _path;

    /// <param name="path">Made where it is missing, with its parents.</param>
    /// <exception cref="OperatorException">The folder cannot be made or opened.</exception>
    /// <exception cref="StoreFailedException">The disk is full.</exception>
    public DiskFolder(string path)
    {
        _path = Path.GetFullPath(path);
        try
        {
            PosixDirectory.Create(_path);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            if (StoreFailure.IsFull(denied)) throw StoreFailure.Full(_path, denied);
            throw new OperatorException($"the folder {_path} cannot be made: {denied.Message}", denied);
        }
    }

    public IAppendFile OpenAppend(string name) => Open(name);

    public ISlotFile OpenSlots(string name) => Open(name);

    public bool Exists(string name) => File.Exists(PathOf(name));

    public void Delete(string name)
    {
        try
        {
            File.Delete(PathOf(name));
            PosixDirectory.Flush(_path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw StoreFailure.From(failure, _path, $"{PathOf(name)} could not be deleted");
        }
    }

    public IReadOnlyList<string> List() =>
        [.. Directory.EnumerateFiles(_path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Gives a whole folder its name, once everything in it is on the disk; durable on return. What was there by half appears whole or not at all.</summary>
    /// <exception cref="StoreFailedException">The folder could not be renamed.</exception>
    public static void Rename(string from, string to)
    {
        try
        {
            PosixDirectory.Flush(from);
            Directory.Move(from, to);
            PosixDirectory.Flush(Path.GetDirectoryName(Path.GetFullPath(to))!);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw StoreFailure.From(failure, Path.GetDirectoryName(Path.GetFullPath(to))!, $"{from} could not be renamed to {to}");
        }
    }

    private DiskFile Open(string name)
    {
        var path = PathOf(name);
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            // Even where the file was there: the crash may have come between its making and this line.
            PosixDirectory.Flush(_path);
            return new DiskFile(handle, path);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            handle?.Dispose();
            if (StoreFailure.IsFull(denied)) throw StoreFailure.Full(_path, denied);
            var hint = denied.HResult == Locked ? " (is another node using it?)" : "";
            throw new OperatorException($"{path} cannot be opened{hint}: {denied.Message.ReplaceLineEndings(" ")}", denied);
        }
    }

    private string PathOf(string name) => Path.Combine(_path, FileName.Checked(name));
}
