using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// How often rewards have halved, and the first block of the present epoch. It is kept, not reckoned from the height: a vote on the length of an
/// epoch then changes the present one and those that follow, and not when the past ones were. Layout: number 8 | began 8.
/// </summary>
public readonly record struct HalvingEpoch(ulong Number, Height Began)
{
    private static readonly StateKey Key = StateKey.Of(StateModule.Rewards, 1);

    public static HalvingEpoch Get(IStateReader state)
    {
        if (state.Get(Key) is not { } bytes) return default;
        var reader = new ByteReader(bytes);
        var epoch = new HalvingEpoch(reader.UInt64(), reader.Height());
        Invariant.Check(reader.IsWhole, "a halving record has 16 bytes");
        return epoch;
    }

    /// <summary>At most one epoch ends with a block.</summary>
    internal static void EndBlock(BlockContext context)
    {
        var epoch = Get(context.State);
        var next = context.Height.Next();
        if (next.Value - epoch.Began.Value < context.Parameters.Training.HalvingBlocks) return;
        context.State.Set(Key, new ByteWriter().UInt64(epoch.Number + 1).Height(next).ToArray());
        context.Emit("rewards.halved", ("epoch", epoch.Number + 1), ("first_height", next));
    }
}
