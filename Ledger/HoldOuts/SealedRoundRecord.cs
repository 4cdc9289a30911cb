using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a round draws from one sealed set.</summary>
/// <param name="Set">Its number.</param>
/// <param name="Drawn">Numbers of the drawn samples, ascending; none before the seed.</param>
/// <param name="IsOpen">Whether the keys of all of them are known.</param>
public sealed record SealedPart(ulong Set, ImmutableArray<int> Drawn, bool IsOpen);

/// <summary>
/// The sealed part of a round in progress, fixed at its opening like all that it is judged by. No record: the round has none. Layout: voided 1 | wanted 4 |
/// of one supplier at most 4 | sets, count 1, each number 8, open 1, drawn, count 2, 2 each.
/// </summary>
/// <param name="Task">Whose round.</param>
/// <param name="IsVoided">Keys were not shown in time: all samples come from the generator, under a second seed.</param>
/// <param name="Wanted">Sealed samples of this round.</param>
/// <param name="SupplierMax">Of one supplier at most.</param>
/// <param name="Parts">One for each set that was active at the opening.</param>
public sealed record SealedRoundRecord(Hash256 Task, bool IsVoided, uint Wanted, uint SupplierMax, ImmutableArray<SealedPart> Parts)
{
    public int Drawn => Parts.Sum(part => part.Drawn.Length);

    public static SealedRoundRecord? Get(IStateReader state, Hash256 task)
    {
        if (state.Get(HoldOutKeys.Round(task)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var (isVoided, wanted, supplierMax) = (reader.Byte() != 0, reader.UInt32(), reader.UInt32());
        var parts = new SealedPart[Math.Min((int)reader.Byte(), SealedLimits.SetsMax)];
        for (var i = 0; i < parts.Length; i++)
        {
            var (set, isOpen) = (reader.UInt64(), reader.Byte() != 0);
            var drawn = new int[reader.Count16(SealedLimits.DrawnMax, 2)];
            for (var j = 0; j < drawn.Length; j++) drawn[j] = reader.UInt16();
            parts[i] = new SealedPart(set, [.. drawn], isOpen);
        }

        Invariant.Check(reader.IsWhole, "the record of a round's sealed part is as it was written");
        return new SealedRoundRecord(task, isVoided, wanted, supplierMax, [.. parts]);
    }

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter().Byte(IsVoided ? (byte)1 : (byte)0).UInt32(Wanted).UInt32(SupplierMax).Byte((byte)Parts.Length);
        foreach (var part in Parts)
        {
            writer.UInt64(part.Set).Byte(part.IsOpen ? (byte)1 : (byte)0).UInt16((ushort)part.Drawn.Length);
            foreach (var sample in part.Drawn) writer.UInt16((ushort)sample);
        }

        state.Set(HoldOutKeys.Round(Task), writer.ToArray());
    }
}
