using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// What a block found in the records that it changed: applied to the state after the block, it gives the state before it. Layout: count 4 |
/// (key, length first | 0, or 1 and the value, length first)*, keys strictly ascending.
/// </summary>
public static class UndoRecord
{
    public static ReadOnlyMemory<byte> Encode(IReadOnlyList<KeyValuePair<StateKey, byte[]?>> undo)
    {
        var writer = new ByteWriter(4 + undo.Sum(entry => 4 + entry.Key.Bytes.Length + 1 + (entry.Value is null ? 0 : 4 + entry.Value.Length))).UInt32((uint)undo.Count);
        foreach (var (key, value) in undo)
        {
            writer.LengthAndBytes(key.Bytes).Byte(value is null ? (byte)0 : (byte)1);
            if (value is not null) writer.LengthAndBytes(value);
        }

        return writer.Written;
    }

    /// <summary>False where the bytes are no undo record: the store is damaged.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ImmutableArray<KeyValuePair<StateKey, byte[]?>>? undo)
    {
        const int keyBytesMin = 2;
        undo = null;
        var reader = new ByteReader(bytes);
        var decoded = ImmutableArray.CreateBuilder<KeyValuePair<StateKey, byte[]?>>(reader.Count32(int.MaxValue, 4 + keyBytesMin + 1));
        while (decoded.Count < decoded.Capacity)
        {
            var key = reader.LengthAndBytes(int.MaxValue);
            var kind = reader.Byte();
            var value = kind == 1 ? reader.LengthAndBytes(int.MaxValue).ToArray() : null;
            if (reader.Failed || key.Length < keyBytesMin || kind > 1) return false;
            if (decoded.Count > 0 && key.SequenceCompareTo(decoded[^1].Key.Bytes) <= 0) return false;
            decoded.Add(KeyValuePair.Create(StateKey.FromBytes(key), value));
        }

        if (reader.IsWhole) undo = decoded.MoveToImmutable();
        return undo is not null;
    }
}
