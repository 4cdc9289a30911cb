using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// What a vote orders the vault to do, as leaves. They wait for the vault to go by the elected set and for nothing else: an order may be what ends a
/// pause or a recovery. Its number is its id. Record of one that waits: kind 1 | arguments.
/// </summary>
internal static class VaultOrders
{
    public static TransactionRejection Check(BlockContext context, OrderVault _)
    {
        if (!BridgeStatus.Exists(context.State)) return TransactionRejection.BridgeMissing;
        var status = BridgeStatus.Get(context.State);
        return status.Nonce == 0 || (status.Vault & (VaultFlags.Forked | VaultFlags.Retired)) != VaultFlags.None
            ? TransactionRejection.VaultClosed
            : TransactionRejection.None;
    }

    public static TransactionRejection Carry(BlockContext context, OrderVault action)
    {
        var status = BridgeStatus.Get(context.State);
        context.State.Set(Key(status.OrderNext), [(byte)action.Kind, .. action.Arguments.Span]);
        (status with { OrderNext = status.OrderNext + 1 }).Store(context.State);
        return TransactionRejection.None;
    }

    public static void EndBlock(BlockContext context)
    {
        var state = context.State;
        var status = BridgeStatus.Get(state);
        if (status.OrderFirst == status.OrderNext || !VaultSets.AreFollowed(state)) return;
        var deadline = (context.ParentTime.Milliseconds / 1_000) + context.Parameters.Bridge!.ReleaseSeconds;
        for (var number = status.OrderFirst; number < status.OrderNext; number++)
        {
            var bytes = state.Get(Key(number));
            Invariant.Check(bytes is not null, "every number between the first and the next has an order");
            var order = new BridgeAction(new UInt256(number).ToHash(), (BridgeActionKind)bytes[0], [.. bytes.AsSpan(1)], deadline);
            var index = BridgeLeaves.Append(state, BridgeLeaf.Action(context.Genesis.Bridge!.VaultAddress, order));
            state.Delete(Key(number));
            context.Emit(
                "bridge.ordered",
                ("order", number),
                ("kind", order.Kind.ToString()),
                ("arguments", Hex.Encode(order.Arguments.AsSpan())),
                ("leaf", index),
                ("deadline", deadline));
        }

        (status with { OrderFirst = status.OrderNext }).Store(state);
    }

    private static StateKey Key(ulong number) => StateKey.Of(StateModule.Bridge, BridgeKeys.Order, number);
}
