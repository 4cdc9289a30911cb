using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// An order to the vault, by its number. It stays when it has its leaf: whoever brings it to the vault needs its content, which the leaf has only the
/// hash of. Layout: kind 1 | leaf 8 | deadline 8 | arguments.
/// </summary>
/// <param name="Kind">What is ordered.</param>
/// <param name="Arguments">As the kind has them.</param>
/// <param name="Leaf">Index of its leaf; 0 before.</param>
/// <param name="DeadlineSeconds">The last second of Ethereum's clock in which the vault takes it; 0 while it waits for its leaf.</param>
public sealed record OrderRecord(BridgeActionKind Kind, ImmutableArray<byte> Arguments, ulong Leaf, ulong DeadlineSeconds)
{
    /// <summary>Null where a vote made none of that number.</summary>
    public static OrderRecord? Get(IStateReader state, ulong number)
    {
        if (state.Get(Key(number)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var (kind, leaf, deadline) = ((BridgeActionKind)reader.Byte(), reader.UInt64(), reader.UInt64());
        Invariant.Check(!reader.Failed, "an order is as it was written");
        return new OrderRecord(kind, [.. bytes.AsSpan(1 + 8 + 8)], leaf, deadline);
    }

    /// <summary>As the vault takes it: the number, as a word, is its id.</summary>
    public BridgeAction ActionOf(ulong number) => new(new UInt256(number).ToHash(), Kind, Arguments, DeadlineSeconds);

    internal void Store(StateOverlay state, ulong number) =>
        state.Set(Key(number), new ByteWriter().Byte((byte)Kind).UInt64(Leaf).UInt64(DeadlineSeconds).Bytes(Arguments.AsSpan()).ToArray());

    private static StateKey Key(ulong number) => StateKey.Of(StateModule.Bridge, BridgeKeys.Order, number);
}
