using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Blocks of Ethereum whose hash more than two thirds of the power said: the last 4,096, in the order in which they were attested. Records: by
/// number, hash 32; by order, number 8.
/// </summary>
public static class AttestedBlocks
{
    public const ulong Kept = 4_096;

    /// <summary>Zero where the block is not attested, or no longer kept.</summary>
    public static Hash256 HashOf(IStateReader state, ulong number) => state.Get(Key(number)) is { } bytes ? Hash256.FromBytes(bytes) : Hash256.Zero;

    /// <summary>The last ones that were attested and are not in doubt, the newest first, at most so many.</summary>
    public static IEnumerable<(ulong Number, Hash256 Hash)> Newest(IStateReader state, int most)
    {
        var status = BridgeStatus.Get(state);
        for (var place = status.AttestedNext; place > status.AttestedFirst && status.AttestedNext - place < (ulong)most; place--)
        {
            var number = state.Get(OrderKey(place - 1));
            Invariant.Check(number is not null, "every attested block that is kept has its place in the order");
            var at = NumberOf(number);
            if (HashOf(state, at) is { IsZero: false } hash) yield return (at, hash);
        }
    }

    internal static void Add(StateOverlay state, ulong number, Hash256 hash)
    {
        var status = BridgeStatus.Get(state);
        state.Set(Key(number), hash.ToArray());
        state.Set(OrderKey(status.AttestedNext), new ByteWriter().UInt64(number).ToArray());
        var next = status with { AttestedNext = status.AttestedNext + 1, AttestedHighest = Math.Max(status.AttestedHighest, number) };
        if (next.AttestedNext - next.AttestedFirst > Kept)
        {
            var oldest = state.Get(OrderKey(next.AttestedFirst));
            Invariant.Check(oldest is not null, "every attested block that is kept has its place in the order");
            state.Delete(OrderKey(next.AttestedFirst));
            // One that was forgotten for a doubt and attested anew stands twice in the order, and goes with the first: it is the older for it.
            state.Delete(Key(NumberOf(oldest)));
            next = next with { AttestedFirst = next.AttestedFirst + 1 };
        }

        next.Store(state);
    }

    /// <summary>Its hash is in doubt: nothing is proven by it until it is attested anew.</summary>
    internal static void Forget(StateOverlay state, ulong number) => state.Delete(Key(number));

    private static ulong NumberOf(byte[] record) => new ByteReader(record).UInt64();

    private static StateKey Key(ulong number) => StateKey.Of(StateModule.Bridge, BridgeKeys.Attested, number);

    private static StateKey OrderKey(ulong place) => StateKey.Of(StateModule.Bridge, BridgeKeys.AttestedOrder, place);
}
