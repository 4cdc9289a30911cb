using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// For how long a fault counts: until more than <c>evidence_blocks</c> blocks and more than <c>evidence_ms</c> milliseconds have passed, both.
/// Records: time anchors, one for each 256 heights, kind 1, key height 8, value time 8; and the floor, kind 2, value height 8: what lies below
/// it has expired for good, whatever the parameters become.
/// </summary>
/// <remarks>
/// The time of a height is taken to be that of the anchor at or below it: an anchor has the time of the block before its own, so a fault is
/// taken for older than it is by up to 256 blocks, and never for younger. So a bond that was asked back at the height of a fault or later is
/// still there as long as the fault counts. A record for each height would cost a million leaves.
/// </remarks>
internal static class EvidenceWindow
{
    /// <summary>Heights from one anchor to the next.</summary>
    public const ulong Stretch = 256;

    // One comes in a stretch: so a window that became shorter is caught up with, and no block has much to do.
    private const int ForgottenAtOnce = 4;

    private static readonly StateKey FloorKey = StateKey.Of(StateModule.Evidence, 2);

    /// <summary>The first height of the stretch to which a height belongs.</summary>
    public static Height StretchOf(Height height) => new(height.Value - (height.Value % Stretch));

    public static void InitializeGenesis(StateOverlay state, GenesisDocument genesis)
    {
        state.Set(AnchorKey(Height.Genesis), new ByteWriter().UInt64(genesis.TimeMs).ToArray());
        state.Set(FloorKey, new ByteWriter().Height(Height.Genesis).ToArray());
    }

    /// <summary>Whether a fault of that height, which is not above the block's, counts no more.</summary>
    public static bool HasExpired(BlockContext context, Height fault) =>
        HasExpired(context.State, context.Parameters.Validators, context.Height, context.ParentTime, fault);

    /// <param name="state">Where the anchors are.</param>
    /// <param name="limits">How long a fault counts.</param>
    /// <param name="inBlock">Height of the block.</param>
    /// <param name="parentTime">Time of the one before.</param>
    /// <param name="fault">Not above the block's.</param>
    public static bool HasExpired(IStateReader state, ValidatorParameters limits, Height inBlock, Timestamp parentTime, Height fault)
    {
        if (fault < Floor(state)) return true;
        return inBlock.Value - fault.Value > limits.EvidenceBlocks && HasPassed(limits, parentTime, TimeOf(state, fault));
    }

    /// <summary>Whether more than <c>evidence_ms</c> have passed since then.</summary>
    public static bool HasPassed(BlockContext context, Timestamp since) => HasPassed(context.Parameters.Validators, context.ParentTime, since);

    /// <summary>Sets the anchor where one is due, and forgets the stretches that have expired to their last height.</summary>
    public static void EndBlock(BlockContext context)
    {
        if (context.Height.Value % Stretch != 0) return;
        context.State.Set(AnchorKey(context.Height), new ByteWriter().UInt64(context.ParentTime.Milliseconds).ToArray());
        for (var i = 0; i < ForgottenAtOnce; i++)
        {
            var floor = Floor(context.State);
            var last = floor.Plus(Stretch - 1);
            if (last > context.Height || !HasExpired(context, last)) return;
            context.State.Delete(AnchorKey(floor));
            CountedFaults.Forget(context.State, floor);
            DepartedKeys.Forget(context.State, floor);
            context.State.Set(FloorKey, new ByteWriter().Height(floor.Plus(Stretch)).ToArray());
        }
    }

    /// <summary>What lies below has expired for good.</summary>
    public static Height Floor(IStateReader state) => new(Number(state, FloorKey));

    private static bool HasPassed(ValidatorParameters limits, Timestamp now, Timestamp since) =>
        now > since && now.Milliseconds - since.Milliseconds > limits.EvidenceMs;

    private static Timestamp TimeOf(IStateReader state, Height height) => new(Number(state, AnchorKey(StretchOf(height))));

    private static ulong Number(IStateReader state, StateKey key)
    {
        var bytes = state.Get(key);
        Invariant.Check(bytes is { Length: 8 }, "genesis sets the floor and the first anchor, and every stretch above the floor has one");
        return new ByteReader(bytes).UInt64();
    }

    private static StateKey AnchorKey(Height height) => StateKey.Of(StateModule.Evidence, 1, height.Value);
}
