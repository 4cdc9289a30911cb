using System.Buffers.Binary;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>
/// One record as it stands in the file. Layout: length of the payload 4 | sequence from 0, 8 | flushed 8 | checksum of the frame before, 0 in
/// the first, 4 | payload | CRC-32C over all of that 4.
/// </summary>
/// <remarks>
/// The checksum of the frame before makes a chain: an old frame that a disk brings back in the place of one that it lost has the right place
/// and a right checksum of its own, and does not fit. <see cref="Flushed"/> is the number of frames that were on the disk for certain when
/// this one was written: where one of those is missing, the disk broke its word, and no crash did it.
/// </remarks>
internal readonly ref struct WalFrame
{
    public const int Overhead = Header + Crc32C.Size;
    public const int PayloadMax = Limits.BlockBytesMax + 4096;

    private const int Header = 4 + 8 + 8 + Crc32C.Size;

    public required ulong Sequence { get; init; }

    public required ulong Flushed { get; init; }

    public required uint Before { get; init; }

    public required ReadOnlySpan<byte> Payload { get; init; }

    public uint Checksum { get; private init; }

    public int Size => Overhead + Payload.Length;

    public static byte[] Encode(WalFrame frame, out uint checksum)
    {
        var bytes = new byte[frame.Size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)frame.Payload.Length);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(4), frame.Sequence);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(12), frame.Flushed);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), frame.Before);
        frame.Payload.CopyTo(bytes.AsSpan(Header));
        var covered = bytes.AsSpan(0, Header + frame.Payload.Length);
        checksum = Crc32C.Compute(covered);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(covered.Length), checksum);
        return bytes;
    }

    /// <summary>The frame with which the bytes begin; false where they begin with none that is whole.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out WalFrame frame)
    {
        frame = default;
        if (bytes.Length < Overhead) return false;
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (length > PayloadMax || length > bytes.Length - Overhead) return false;
        var covered = bytes[..(Header + (int)length)];
        var checksum = BinaryPrimitives.ReadUInt32BigEndian(bytes[covered.Length..]);
        if (checksum != Crc32C.Compute(covered)) return false;
        frame = new WalFrame
        {
            Sequence = SequenceOf(bytes),
            Flushed = BinaryPrimitives.ReadUInt64BigEndian(bytes[12..]),
            Before = BinaryPrimitives.ReadUInt32BigEndian(bytes[20..]),
            Payload = covered[Header..],
            Checksum = checksum,
        };
        return true;
    }

    /// <summary>What stands where a frame has its number, for at least <see cref="Overhead"/> bytes: to pass quickly over what is none.</summary>
    public static ulong SequenceOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]);
}
