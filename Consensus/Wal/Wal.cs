using System.Buffers.Binary;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// The write-ahead log: one file per height, appended and flushed before anything that follows from it leaves the node. So what a torn tail
/// loses was never seen by anybody, and cutting it off is safe.
/// </summary>
/// <remarks>Layout of a frame: length of the payload 4 | sequence from 0, 8 | CRC-32C over sequence and payload 4 | payload.</remarks>
public sealed class Wal : IDisposable
{
    private const string Prefix = "wal-";
    private const int FrameHeader = 4 + 8 + 4;
    private const int PayloadMax = Limits.BlockBytesMax + 4096;

    /// <summary>Files of decided heights that are kept for whoever looks into what happened.</summary>
    private const int KeptHeights = 8;

    private readonly IFolder _folder;
    private IAppendFile? _file;
    private ulong _sequence;
    private bool _isDirty;

    public Wal(IFolder folder) => _folder = folder;

    public Height Height { get; private set; }

    /// <summary>
    /// Opens the log of a height, gives what is whole in it and cuts off the rest; older files beyond the kept ones are deleted.
    /// </summary>
    public IReadOnlyList<WalRecord> Open(Height height)
    {
        _file?.Dispose();
        Height = height;
        DeleteOld(height);
        _file = _folder.OpenAppend(NameOf(height));
        var (records, length) = Read(_file.ReadAll());
        if (length < _file.Length) _file.Truncate(length);
        _sequence = (ulong)records.Count;
        _isDirty = false;
        return records;
    }

    public void Append(WalRecord record)
    {
        Invariant.Check(_file is not null, "a log is opened before it is written");
        var payload = record.Encode();
        Invariant.Check(payload.Length <= PayloadMax, "a record holds at most one block");
        var frame = new byte[FrameHeader + payload.Length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, (uint)payload.Length);
        BinaryPrimitives.WriteUInt64BigEndian(frame.AsSpan(4), _sequence);
        payload.CopyTo(frame, FrameHeader);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(12), Checksum(_sequence, payload));
        _file.Append(frame);
        _sequence++;
        _isDirty = true;
    }

    /// <summary>Makes all that was appended durable; costs nothing where it already is.</summary>
    public void Flush()
    {
        if (!_isDirty) return;
        _file!.Flush();
        _isDirty = false;
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>The whole records from the beginning on, and where they end.</summary>
    internal static (List<WalRecord> Records, long Length) Read(ReadOnlySpan<byte> bytes)
    {
        var records = new List<WalRecord>();
        var position = 0;
        while (bytes.Length - position >= FrameHeader)
        {
            var frame = bytes[position..];
            var length = BinaryPrimitives.ReadUInt32BigEndian(frame);
            var sequence = BinaryPrimitives.ReadUInt64BigEndian(frame[4..]);
            if (length > PayloadMax || length > frame.Length - FrameHeader || sequence != (ulong)records.Count) break;
            var payload = frame.Slice(FrameHeader, (int)length);
            if (BinaryPrimitives.ReadUInt32BigEndian(frame[12..]) != Checksum(sequence, payload)) break;
            if (WalRecord.Decode(payload) is not { } record) break;
            records.Add(record);
            position += FrameHeader + (int)length;
        }

        return (records, position);
    }

    private static uint Checksum(ulong sequence, ReadOnlySpan<byte> payload)
    {
        var covered = new byte[8 + payload.Length];
        BinaryPrimitives.WriteUInt64BigEndian(covered, sequence);
        payload.CopyTo(covered.AsSpan(8));
        return Crc32C.Compute(covered);
    }

    private static string NameOf(Height height) => Prefix + height.Value.ToString("d20", CultureInfo.InvariantCulture);

    private void DeleteOld(Height height)
    {
        var oldest = NameOf(height.MinusOrGenesis(KeptHeights));
        foreach (var name in _folder.List())
            if (name.StartsWith(Prefix, StringComparison.Ordinal) && string.CompareOrdinal(name, oldest) < 0)
                _folder.Delete(name);
    }
}
