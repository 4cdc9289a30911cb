using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The schedules of the next two heights and of the last few: <see cref="ScheduleRecord"/> in the state.</summary>
internal static class HeightRecord
{
    /// <summary>Records stay for the late precommits that the next block may still bring.</summary>
    public const ulong HeightsKept = Limits.LatePrecommitBlocks;

    public static StateKey Key(Height height) => StateKey.Of(StateModule.Validators, 2, height.Value);

    public static ScheduleRecord? Get(IStateReader state, Height height)
    {
        if (state.Get(Key(height)) is not { } bytes) return null;
        var isWhole = ScheduleRecord.TryDecode(bytes, out var record);
        Invariant.Check(isWhole, "a height record is as it was written");
        return record;
    }
}
