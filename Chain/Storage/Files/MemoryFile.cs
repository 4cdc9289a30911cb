namespace NeuroChain.Chain;

/// <summary>Bytes of a simulated file, and how many of them have reached the simulated disk.</summary>
internal sealed class MemoryFile
{
    /// <summary>What a disk writes whole or not at all.</summary>
    private const int Sector = 512;

    private byte[] _bytes = [];
    private int _durable;

    public bool IsOpen { get; set; }

    public int Length { get; private set; }

    public MemoryFile Copy() => new() { _bytes = [.. _bytes], _durable = _durable, Length = Length };

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Reserve(Length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Flush() => _durable = Length;

    public void Truncate(int length)
    {
        Length = length;
        _durable = length;
    }

    public void Write(int offset, ReadOnlySpan<byte> bytes)
    {
        var end = Math.Max(Length, offset + bytes.Length);
        Reserve(end);
        if (offset > Length) _bytes.AsSpan(Length, offset - Length).Clear(); // a hole reads as zeros
        bytes.CopyTo(_bytes.AsSpan(offset));
        Length = end;
        _durable = end;
    }

    /// <summary>
    /// A write that the machine did not survive: some first bytes are new, some after them rubbish, the rest old; or each sector by itself is
    /// new or old, in whatever order the disk had taken them.
    /// </summary>
    public void Tear(int offset, ReadOnlySpan<byte> bytes, SeededStream stream)
    {
        if (bytes.Length > Sector && stream.NextChance(1, 3))
        {
            for (var at = 0; at < bytes.Length; at += Sector)
                if (stream.NextChance(1, 2))
                    Write(offset + at, bytes.Slice(at, Math.Min(Sector, bytes.Length - at)));
            return;
        }

        var written = (int)stream.NextBelow((ulong)bytes.Length + 1);
        var rubbish = new byte[(int)stream.NextBelow((ulong)(bytes.Length - written) + 1)];
        if (stream.NextChance(1, 2)) rubbish = [];
        stream.Fill(rubbish);
        byte[] torn = [.. bytes[..written], .. rubbish];
        if (torn.Length > 0) Write(offset, torn);
    }

    public int Read(long offset, Span<byte> destination)
    {
        if (offset >= Length) return 0;
        var count = Math.Min(destination.Length, Length - (int)offset);
        _bytes.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    /// <summary>Of what was not flushed, a random part stays, and the file may have grown further than its bytes arrived.</summary>
    public void Crash(SeededStream stream)
    {
        IsOpen = false;
        if (Length - _durable > Sector && stream.NextChance(1, 2)) LoseSectors(stream);
        else LoseTail(stream);
    }

    /// <summary>The process is gone and the machine is not: what was written stays, and is still not durable.</summary>
    public void Kill() => IsOpen = false;

    /// <summary>One sector can no longer be read as it was written: a bit flipped, zeros, or rubbish.</summary>
    public void Corrupt(SeededStream stream)
    {
        if (Length == 0) return;
        var at = (int)stream.NextBelow((ulong)Length);
        var sector = _bytes.AsSpan(at - (at % Sector), Math.Min(Sector, Length - (at - (at % Sector))));
        switch (stream.NextBelow(3))
        {
            case 0:
                _bytes[at] ^= (byte)(1 << (int)stream.NextBelow(8));
                break;
            case 1:
                sector.Clear();
                break;
            default:
                stream.Fill(sector);
                break;
        }
    }

    private void LoseTail(SeededStream stream)
    {
        var unflushed = Length - _durable;
        var kept = (int)stream.NextBelow((ulong)unflushed + 1);
        var rubbish = stream.NextChance(1, 2) ? (int)stream.NextBelow((ulong)(unflushed - kept) + 1) : 0;
        var tail = _bytes.AsSpan(_durable + kept, rubbish);
        if (stream.NextChance(1, 2)) stream.Fill(tail);
        else tail.Clear();
        Truncate(_durable + kept + rubbish);
    }

    // The length was noted and the sectors were not all: those that are missing read as zeros, also before some that are there.
    private void LoseSectors(SeededStream stream)
    {
        for (var at = _durable; at < Length;)
        {
            var end = Math.Min(Length, at - (at % Sector) + Sector);
            if (stream.NextChance(1, 2)) _bytes.AsSpan(at, end - at).Clear();
            at = end;
        }

        Truncate(Length);
    }

    private void Reserve(int length)
    {
        if (length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(length, Math.Max(256, 2 * _bytes.Length)));
    }
}

/// <summary>An open file of a <see cref="MemoryFolder"/>.</summary>
internal sealed class MemoryFileHandle : IAppendFile, ISlotFile
{
    private readonly MemoryFolder _folder;
    private readonly MemoryFile _file;
    private readonly int _life;
    private readonly FailureLatch _latch = new("a simulated file");
    private bool _disposed;

    public MemoryFileHandle(MemoryFolder folder, MemoryFile file)
    {
        _folder = folder;
        _file = file;
        _life = folder.Life;
        file.IsOpen = true;
    }

    public long Length => Alive().Length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var file = Alive();
        _latch.Check();
        var room = _folder.Room(bytes.Length);
        file.Append(bytes[..room]);
        if (_folder.CrashesNow(out var stream)) throw _folder.Crashed(stream);
        if (room < bytes.Length) throw _latch.Fail("No space left on device");
    }

    public void Flush()
    {
        var file = Alive();
        _latch.Check();
        var crashes = _folder.CrashesNow(out var stream);
        if (!crashes || stream!.NextChance(1, 2)) file.Flush();
        _folder.Flushes++;
        if (crashes) throw _folder.Crashed(stream!);
    }

    public void Truncate(long length)
    {
        var file = Alive();
        Invariant.Check(length >= 0 && length <= file.Length, "a file is cut within what it has");
        var crashes = _folder.CrashesNow(out var stream);
        if (!crashes || stream!.NextChance(1, 2)) file.Truncate((int)length);
        if (crashes) throw _folder.Crashed(stream!);
    }

    public void WriteDurably(long offset, ReadOnlySpan<byte> bytes)
    {
        var file = Alive();
        _latch.Check();
        var beyond = (int)Math.Clamp(offset + bytes.Length - file.Length, 0, bytes.Length); // what is there already needs no room
        if (_folder.Room(beyond) < beyond) throw _latch.Fail("No space left on device");
        if (_folder.CrashesNow(out var stream))
        {
            file.Tear(checked((int)offset), bytes, stream);
            throw _folder.Crashed(stream);
        }

        file.Write(checked((int)offset), bytes);
    }

    public int Read(long offset, Span<byte> destination) => Alive().Read(offset, destination);

    public byte[] ReadAll()
    {
        var bytes = new byte[Length];
        Read(0, bytes);
        return bytes;
    }

    public void Dispose()
    {
        if (!_disposed && _life == _folder.Life) _file.IsOpen = false;
        _disposed = true;
    }

    private MemoryFile Alive()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _life == _folder.Life ? _file : throw new SimulatedCrashException();
    }
}
