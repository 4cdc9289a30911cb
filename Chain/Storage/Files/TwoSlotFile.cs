using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>Why a <see cref="TwoSlotFile"/> has nothing to read.</summary>
public enum SlotFault
{
    None,

    /// <summary>No write ever returned: the file is new.</summary>
    NeverWritten,

    /// <summary>Something was written and neither slot holds it unharmed. Going on from nothing would be a regression.</summary>
    Corrupt,
}

/// <summary>
/// A small record that is replaced durably and never goes back: two slots, written in turn with fsync and without a rename, so that
/// a torn write harms only the older of the two.
/// <code>slot = sequence (8, big-endian) || length (4, big-endian) || payload || CRC-32C of all before (4), padded to 4096 bytes</code>
/// A slot begins on a page of its own, so that tearing one never touches the other. The first write lays down slot 0, flushes, and
/// only then extends the file to both slots: a shorter file without a valid slot is one whose first write never returned.
/// </summary>
public sealed class TwoSlotFile : IDisposable
{
    public const int HeaderSize = 12;

    private const int Page = 4096;

    private readonly ISlotFile _file;
    private readonly FailureLatch _latch;
    private readonly int _capacity;
    private readonly int _slotSize;
    private Slot? _newest;
    private int _newestIndex;

    /// <param name="folder">Where the file is.</param>
    /// <param name="name">Its name in the folder.</param>
    /// <param name="capacity">Bytes of the greatest payload; part of the format, since it places the second slot.</param>
    /// <exception cref="OperatorException">The file is open elsewhere, or may not be opened.</exception>
    public TwoSlotFile(IFolder folder, string name, int capacity)
    {
        Invariant.Check(capacity is > 0 and <= 1 << 20, "a slot is small: it is written whole each time");
        _capacity = capacity;
        _slotSize = (HeaderSize + capacity + Crc32C.Size + Page - 1) / Page * Page;
        _latch = new FailureLatch(name);
        _file = folder.OpenSlots(name);
        Load();
    }

    /// <summary>What <see cref="TryRead"/> says: known from the opening on, since every write either succeeds or ends the object.</summary>
    public SlotFault Fault { get; private set; }

    /// <summary>The payload of the newest write that returned; a write that did not return may have replaced it or not.</summary>
    public bool TryRead([NotNullWhen(true)] out byte[]? payload, out SlotFault fault)
    {
        _latch.Check();
        fault = Fault;
        payload = _newest is null ? null : [.. _newest.Payload];
        return payload is not null;
    }

    /// <summary>Replaces the payload; on the disk on return.</summary>
    /// <exception cref="StoreFailedException">The disk failed, or the file is corrupt and must not be written over: the object is dead.</exception>
    public void Write(ReadOnlySpan<byte> payload)
    {
        Invariant.Check(payload.Length <= _capacity, "a payload fits into its slot");
        _latch.Check();
        if (Fault == SlotFault.Corrupt) throw _latch.Fail("both slots are corrupt, and writing would hide it");
        var next = new Slot((_newest?.Sequence ?? 0) + 1, payload.ToArray());
        var index = _newest is null ? 0 : 1 - _newestIndex;
        try
        {
            _file.WriteDurably((long)index * _slotSize, next.Encode());
            if (_file.Length < 2L * _slotSize) _file.WriteDurably((2L * _slotSize) - 1, [0]);
        }
        catch (Exception failure)
        {
            _latch.Fail(failure.Message);
            throw;
        }

        (_newest, _newestIndex, Fault) = (next, index, SlotFault.None);
    }

    public void Dispose() => _file.Dispose();

    private void Load()
    {
        var first = ReadSlot(0);
        var second = ReadSlot(1);
        if (first is not null && second is not null && first.Sequence == second.Sequence)
        {
            Fault = SlotFault.Corrupt; // two writes never share a number, so nobody can say which is newer
            return;
        }

        _newestIndex = (second?.Sequence ?? 0) > (first?.Sequence ?? 0) ? 1 : 0;
        _newest = _newestIndex == 0 ? first : second;
        if (_newest is null) Fault = _file.Length <= _slotSize ? SlotFault.NeverWritten : SlotFault.Corrupt;
    }

    private Slot? ReadSlot(int index)
    {
        var bytes = new byte[_slotSize];
        var read = _file.Read((long)index * _slotSize, bytes);
        return Slot.TryDecode(bytes.AsSpan(0, read), _capacity, out var slot) ? slot : null;
    }

    private sealed record Slot(ulong Sequence, byte[] Payload)
    {
        public byte[] Encode()
        {
            var bytes = new byte[HeaderSize + Payload.Length + Crc32C.Size];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, Sequence);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), (uint)Payload.Length);
            Payload.CopyTo(bytes, HeaderSize);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(HeaderSize + Payload.Length), Crc32C.Compute(bytes.AsSpan(0, HeaderSize + Payload.Length)));
            return bytes;
        }

        public static bool TryDecode(ReadOnlySpan<byte> bytes, int capacity, [NotNullWhen(true)] out Slot? slot)
        {
            slot = null;
            if (bytes.Length < HeaderSize + Crc32C.Size) return false;
            var sequence = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
            if (sequence == 0 || length > capacity || HeaderSize + (int)length + Crc32C.Size > bytes.Length) return false;
            var covered = bytes[..(HeaderSize + (int)length)];
            if (BinaryPrimitives.ReadUInt32BigEndian(bytes[covered.Length..]) != Crc32C.Compute(covered)) return false;
            slot = new Slot(sequence, covered[HeaderSize..].ToArray());
            return true;
        }
    }
}
