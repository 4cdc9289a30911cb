namespace NeuroChain.Chain;

/// <summary>The simulated machine died during this call, or had died before it: the files must be opened afresh.</summary>
public sealed class SimulatedCrashException() : Exception("the simulated machine crashed");

/// <summary>
/// A folder in memory that crashes as a disk may: unflushed appends survive in part, and the torn end may hold rubbish; a write in
/// place that did not return leaves any mixture of old, new and neither. What had returned as durable always stays. Not thread-safe.
/// </summary>
public sealed class MemoryFolder : IFolder
{
    private readonly SortedDictionary<string, MemoryFile> _files = new(StringComparer.Ordinal);
    private SeededStream? _crashStream;
    private long _callsBeforeCrash;
    private long _limit = long.MaxValue;

    /// <summary>Counts crashes; a file that was opened in an earlier life is dead.</summary>
    internal int Life { get; private set; }

    public IAppendFile OpenAppend(string name) => Open(name);

    public ISlotFile OpenSlots(string name) => Open(name);

    public bool Exists(string name) => _files.ContainsKey(FileName.Checked(name));

    public void Delete(string name)
    {
        var exists = _files.TryGetValue(FileName.Checked(name), out var file);
        Invariant.Check(!exists || !file!.IsOpen, "an open file is not deleted");
        if (CrashesNow(out var stream))
        {
            if (stream.NextChance(1, 2)) _files.Remove(name);
            throw Crashed(stream);
        }

        _files.Remove(name);
    }

    public IReadOnlyList<string> List() => [.. _files.Keys];

    /// <summary>The machine dies now, between two calls. Files that are open must not be used again.</summary>
    public void Crash(SeededStream stream)
    {
        _crashStream = null;
        Life++;
        foreach (var file in _files.Values) file.Crash(stream);
    }

    /// <summary>
    /// The machine dies inside the changing call (append, flush, truncate, write, making or deleting a file) that comes after that
    /// many more; the call throws <see cref="SimulatedCrashException"/>, and so does every later use of an open file.
    /// </summary>
    public void CrashAfter(long calls, SeededStream stream)
    {
        _callsBeforeCrash = calls;
        _crashStream = stream;
    }

    /// <summary>No crash is to come after all.</summary>
    public void Disarm() => _crashStream = null;

    /// <summary>The process dies and the machine lives: files stay as they were written, and what was not flushed is still not durable.</summary>
    public void Kill()
    {
        _crashStream = null;
        Life++;
        foreach (var file in _files.Values) file.Kill();
    }

    /// <summary>One sector of one file, none of them open, can no longer be read as it was written; the file's name, null where there is none.</summary>
    public string? Corrupt(SeededStream stream)
    {
        var names = _files.Where(file => file.Value.Length > 0).Select(file => file.Key).ToList();
        if (names.Count == 0) return null;
        var name = names[(int)stream.NextBelow((ulong)names.Count)];
        Invariant.Check(!_files[name].IsOpen, "a disk is harmed while its machine is down");
        _files[name].Corrupt(stream);
        return name;
    }

    /// <summary>How many bytes all files together may have; what does not fit is refused as a full disk refuses it, a first part being written.</summary>
    public void Limit(long bytes) => _limit = bytes;

    /// <summary>What all files hold as of now, none of them open.</summary>
    public MemoryFolder Copy()
    {
        var copy = new MemoryFolder();
        foreach (var (name, file) in _files) copy._files.Add(name, file.Copy());
        return copy;
    }

    /// <summary>How often a file was flushed.</summary>
    public long Flushes { get; internal set; }

    /// <summary>Bytes in all files.</summary>
    public long Length => _files.Values.Sum(file => (long)file.Length);

    internal int Room(int wanted) => _limit == long.MaxValue ? wanted : (int)Math.Clamp(_limit - Length, 0, wanted);

    internal bool CrashesNow([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SeededStream? stream)
    {
        stream = _callsBeforeCrash <= 0 ? _crashStream : null;
        if (_crashStream is not null) _callsBeforeCrash--;
        return stream is not null;
    }

    internal SimulatedCrashException Crashed(SeededStream stream)
    {
        Crash(stream);
        return new SimulatedCrashException();
    }

    private MemoryFileHandle Open(string name)
    {
        if (!_files.TryGetValue(FileName.Checked(name), out var file))
        {
            if (CrashesNow(out var stream))
            {
                if (stream.NextChance(1, 2)) _files.Add(name, new MemoryFile());
                throw Crashed(stream);
            }

            _files.Add(name, file = new MemoryFile());
        }

        if (file.IsOpen) throw new OperatorException($"{name} cannot be opened (is another node using it?)");
        return new MemoryFileHandle(this, file);
    }
}
