namespace NeuroChain.Consensus;

/// <summary>What a log held.</summary>
/// <param name="Records">The whole records from its beginning on.</param>
/// <param name="Length">Bytes that they take.</param>
/// <param name="LostBytes">Bytes after them, which are no record: of a write that a crash tore, or of a file that was harmed.</param>
/// <param name="IsHarmed">
/// Whether records are lost that were on the disk for certain: a later one says so. Where the harm is in the last records, nobody can tell it
/// from a torn write.
/// </param>
public sealed record WalRead(IReadOnlyList<WalRecord> Records, long Length, long LostBytes, bool IsHarmed)
{
    /// <summary>No more than that is looked at behind a break, in all: the rest of a log is small, and its bytes may be anything.</summary>
    private const long SearchBytesMax = 256L * 1024 * 1024;

    internal uint LastChecksum { get; private init; }

    /// <summary>The whole records from the beginning on, and what stands behind them.</summary>
    internal static WalRead Decode(ReadOnlySpan<byte> bytes)
    {
        var records = new List<WalRecord>();
        var position = 0;
        uint before = 0;
        while (WalFrame.TryRead(bytes[position..], out var frame) && frame.Sequence == (ulong)records.Count && frame.Before == before)
        {
            if (WalRecord.Decode(frame.Payload) is not { } record) break;
            records.Add(record);
            before = frame.Checksum;
            position += frame.Size;
        }

        var rest = bytes[position..];
        return new WalRead(records, position, rest.Length, HasWitness(rest, (ulong)records.Count)) { LastChecksum = before };
    }

    // A whole frame, wherever it stands, that was written when more frames than these were on the disk.
    private static bool HasWitness(ReadOnlySpan<byte> rest, ulong whole)
    {
        var budget = SearchBytesMax;
        for (; rest.Length > WalFrame.Overhead && budget > 0; rest = rest[1..])
        {
            var sequence = WalFrame.SequenceOf(rest);
            if (sequence <= whole || sequence > whole + (ulong)rest.Length) continue;
            if (WalFrame.TryRead(rest, out var frame) && frame.Flushed > whole && frame.Flushed <= frame.Sequence) return true;
            budget -= rest.Length;
        }

        return false;
    }
}
