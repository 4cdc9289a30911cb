using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A fault that counted: who signed, at which height, and the block that had the evidence.</summary>
public readonly record struct CountedFault(Address Guilty, Height Height, Height InBlock);

/// <summary>
/// The faults that have counted, so that none counts twice. A record for each stretch of 256 heights that has any, by the height of the fault;
/// it goes with the stretch, when all in it has expired. Layout: count 2 | guilty 20, height 8, in block 8 each, in the order in which they came.
/// </summary>
/// <remarks>Each costs a jail, and whoever is jailed adds none: there are never more than validators have been set free by vote.</remarks>
public static class CountedFaults
{
    private const int ItemBytes = Address.Size + 8 + 8;

    /// <summary>Those of the stretch of heights to which the height belongs.</summary>
    public static ImmutableArray<CountedFault> Around(IStateReader state, Height height)
    {
        if (state.Get(Key(EvidenceWindow.StretchOf(height))) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var faults = new CountedFault[reader.Count16(ushort.MaxValue, ItemBytes)];
        for (var i = 0; i < faults.Length; i++) faults[i] = new CountedFault(reader.Address(), reader.Height(), reader.Height());
        Invariant.Check(reader.IsWhole, "a record of counted faults is as it was written");
        return [.. faults];
    }

    /// <summary>All that are remembered, ascending by their heights. It looks at each stretch of the window: for queries.</summary>
    public static IReadOnlyList<CountedFault> All(LedgerState state)
    {
        var all = new List<CountedFault>();
        for (var stretch = EvidenceWindow.Floor(state); stretch <= state.Height; stretch = stretch.Plus(EvidenceWindow.Stretch))
            all.AddRange(Around(state, stretch).OrderBy(fault => fault.Height));
        return all;
    }

    /// <summary>Whether a fault of that key at that height has counted, whatever its kind: several of one height are one.</summary>
    public static bool Has(IStateReader state, Address guilty, Height height) =>
        Around(state, height).Any(fault => fault.Guilty == guilty && fault.Height == height);

    internal static void Add(StateOverlay state, CountedFault fault)
    {
        var faults = Around(state, fault.Height).Add(fault);
        var writer = new ByteWriter().UInt16((ushort)faults.Length);
        foreach (var (guilty, height, inBlock) in faults) writer.Address(guilty).Height(height).Height(inBlock);
        state.Set(Key(EvidenceWindow.StretchOf(fault.Height)), writer.ToArray());
    }

    internal static void Forget(StateOverlay state, Height stretch)
    {
        if (state.Get(Key(stretch)) is not null) state.Delete(Key(stretch));
    }

    private static StateKey Key(Height stretch) => StateKey.Of(StateModule.Evidence, 0, stretch.Value);
}
