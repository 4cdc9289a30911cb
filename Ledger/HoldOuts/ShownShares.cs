using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What custodians of one set have shown in the round in progress, ascending by their numbers. Layout: count 1 | for each: number 1 | shares, count 2, 32
/// each, in the order of the draw.
/// </summary>
internal static class ShownShares
{
    public static ImmutableArray<(int Custodian, ImmutableArray<Hash256> Shares)> Get(IStateReader state, Hash256 task, ulong set)
    {
        if (state.Get(HoldOutKeys.Releases(task, set)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var shown = new (int, ImmutableArray<Hash256>)[Math.Min((int)reader.Byte(), SealedLimits.CustodiansMax)];
        for (var i = 0; i < shown.Length; i++)
        {
            int number = reader.Byte();
            var shares = new Hash256[reader.Count16(SealedLimits.DrawnMax, Hash256.Size)];
            for (var j = 0; j < shares.Length; j++) shares[j] = reader.Hash();
            shown[i] = (number, [.. shares]);
        }

        Invariant.Check(reader.IsWhole, "a record of shares is as it was written");
        return [.. shown];
    }

    public static void Add(StateOverlay state, Hash256 task, ulong set, int custodian, ImmutableArray<Hash256> shares)
    {
        var shown = Get(state, task, set).Add((custodian, shares)).Sort((one, other) => one.Custodian.CompareTo(other.Custodian));
        var writer = new ByteWriter().Byte((byte)shown.Length);
        foreach (var (number, own) in shown)
        {
            writer.Byte((byte)number).UInt16((ushort)own.Length);
            foreach (var share in own) writer.Hash(share);
        }

        state.Set(HoldOutKeys.Releases(task, set), writer.ToArray());
    }

    public static void Delete(StateOverlay state, Hash256 task, ulong set)
    {
        if (state.Get(HoldOutKeys.Releases(task, set)) is not null) state.Delete(HoldOutKeys.Releases(task, set));
    }
}
