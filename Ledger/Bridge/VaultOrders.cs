using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// What a vote orders the vault to do, as leaves. They wait for the vault to go by the elected set and for nothing else: an order may be what ends a
/// pause or a recovery. Its number is its id.
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
        new OrderRecord((BridgeActionKind)action.Kind, [.. action.Arguments.Span], 0, 0).Store(context.State, status.OrderNext);
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
            var record = OrderRecord.Get(state, number);
            Invariant.Check(record is not null, "every number between the first and the next has an order");
            record = record with { DeadlineSeconds = deadline };
            var order = record.ActionOf(number);
            var index = BridgeLeaves.Append(state, BridgeLeaf.Action(context.Genesis.Bridge!.VaultAddress, order));
            (record with { Leaf = index }).Store(state, number);
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
}
