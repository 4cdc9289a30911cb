using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What still fits into a block: bytes, places and cost. Every lane has a part that the lanes before it cannot take; what a lane leaves of
/// its part, the lanes after it may use. So a flood in one lane never keeps another out, and an idle lane wastes nothing.
/// </summary>
/// <remarks>
/// A block gives the protocol lane at least a quarter of its room, training and bridge an eighth each, and payments half. Since lanes are
/// filled in order, whoever waits in front of its lane, and fits into the lane's part, is in the block.
/// </remarks>
internal sealed class BlockRoom
{
    // Sixteenths of the whole, by lane.
    private static readonly int[] Parts = [4, 2, 2, 8];

    private readonly BlockSpace[] _used = new BlockSpace[Lanes.Count];
    private readonly BlockSpace _whole;
    private BlockSpace _free;

    public BlockRoom(BlockSpace whole) => _whole = _free = whole;

    /// <summary>The part of a block that a lane has for itself.</summary>
    public static BlockSpace ReservedFor(Lane lane, BlockSpace whole) => whole.Sixteenths(Parts[(int)lane]);

    public bool Has(Lane lane, BlockSpace space)
    {
        var available = _free;
        for (var later = (int)lane + 1; later < Lanes.Count; later++)
            available -= (ReservedFor((Lane)later, _whole) - _used[later]).OrNothing();
        return space.FitsInto(available);
    }

    public void Take(Lane lane, BlockSpace space)
    {
        Invariant.Check(space.FitsInto(_free), "only what fits is put into a block");
        _free -= space;
        _used[(int)lane] += space;
    }
}
