namespace NeuroChain.Chain;

/// <summary>
/// A flat folder of files that must outlive a crash: write-ahead logs and signer state. Creating and deleting a file is durable on
/// return. <see cref="DiskFolder"/> is the real one, <see cref="MemoryFolder"/> the one whose crashes repeat from a seed.
/// </summary>
public interface IFolder
{
    /// <summary>Opens a log, making it where it is missing. One opener at a time.</summary>
    /// <exception cref="OperatorException">The file is open elsewhere, or may not be opened.</exception>
    /// <exception cref="StoreFailedException">The disk is full.</exception>
    IAppendFile OpenAppend(string name);

    /// <summary>Opens a file that is written in place, making it where it is missing. One opener at a time.</summary>
    /// <exception cref="OperatorException">The file is open elsewhere, or may not be opened.</exception>
    /// <exception cref="StoreFailedException">The disk is full.</exception>
    ISlotFile OpenSlots(string name);

    bool Exists(string name);

    /// <summary>Deletes a file that is not open; one that is not there is no fault.</summary>
    void Delete(string name);

    /// <summary>Names of all files in ordinal order.</summary>
    IReadOnlyList<string> List();
}

/// <summary>
/// A file that grows at its end. Any failure throws <see cref="StoreFailedException"/>, after which the file refuses further use.
/// </summary>
public interface IAppendFile : IDisposable
{
    /// <summary>Bytes in the file, those not yet flushed included.</summary>
    long Length { get; }

    /// <summary>Adds bytes at the end; they may be lost in a crash, in part or replaced by rubbish, until <see cref="Flush"/>.</summary>
    void Append(ReadOnlySpan<byte> bytes);

    /// <summary>Returns when all that was appended is on the disk.</summary>
    void Flush();

    /// <summary>Cuts the file; durable on return, together with what was appended before.</summary>
    void Truncate(long length);

    /// <summary>Fills the span from that place on and returns how many bytes there were.</summary>
    int Read(long offset, Span<byte> destination);

    /// <summary>The whole file, for logs small enough to be held in memory.</summary>
    byte[] ReadAll();
}

/// <summary>A file whose parts are written in place. A write that did not return may have left anything in the bytes that it covers.</summary>
public interface ISlotFile : IDisposable
{
    long Length { get; }

    /// <summary>Writes at that place, making the file longer where needed, and returns when it is on the disk.</summary>
    void WriteDurably(long offset, ReadOnlySpan<byte> bytes);

    int Read(long offset, Span<byte> destination);
}
