using Microsoft.Win32.SafeHandles;

namespace NeuroChain.Chain;

/// <summary>An open file of a <see cref="DiskFolder"/>, for one thread at a time.</summary>
internal sealed class DiskFile(SafeFileHandle handle, string path) : IAppendFile, ISlotFile
{
    private readonly FailureLatch _latch = new(path, Path.GetDirectoryName(path));

    public long Length { get; private set; } = RandomAccess.GetLength(handle);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _latch.Check();
        try
        {
            RandomAccess.Write(handle, bytes, Length);
            Length += bytes.Length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw _latch.Fail(failure.Message, failure);
        }
    }

    public void Flush()
    {
        _latch.Check();
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw _latch.Fail(failure.Message, failure);
        }
    }

    public void Truncate(long length)
    {
        Invariant.Check(length >= 0 && length <= Length, "a file is cut within what it has");
        _latch.Check();
        try
        {
            RandomAccess.SetLength(handle, length);
            RandomAccess.FlushToDisk(handle);
            Length = length;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw _latch.Fail(failure.Message, failure);
        }
    }

    public void WriteDurably(long offset, ReadOnlySpan<byte> bytes)
    {
        _latch.Check();
        try
        {
            RandomAccess.Write(handle, bytes, offset);
            RandomAccess.FlushToDisk(handle);
            Length = Math.Max(Length, offset + bytes.Length);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw _latch.Fail(failure.Message, failure);
        }
    }

    public int Read(long offset, Span<byte> destination)
    {
        _latch.Check();
        try
        {
            var total = 0;
            while (total < destination.Length)
            {
                var read = RandomAccess.Read(handle, destination[total..], offset + total);
                if (read == 0) break;
                total += read;
            }

            return total;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw _latch.Fail(failure.Message, failure);
        }
    }

    public byte[] ReadAll()
    {
        Invariant.Check(Length <= Array.MaxLength, "a file that is read at once fits into an array");
        var bytes = new byte[Length];
        var read = Read(0, bytes);
        return read == bytes.Length ? bytes : throw _latch.Fail("it became shorter while it was open");
    }

    public void Dispose() => handle.Dispose();
}
