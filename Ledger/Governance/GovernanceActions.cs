using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.GovernanceAction;

namespace NeuroChain.Ledger;

/// <summary>What can be put to the vote: whether it could be done as the state is, and doing it.</summary>
internal static class GovernanceActions
{
    /// <summary>Why the action could not be carried out now. It is asked when a proposal is opened and again before it is carried out.</summary>
    public static TransactionRejection Check(BlockContext context, GovernanceAction action) => action.ActionCase switch
    {
        ActionOneofCase.AdmitValidator => Membership.Check(context, action.AdmitValidator),
        ActionOneofCase.RemoveValidator => Membership.Check(context, action.RemoveValidator),
        ActionOneofCase.ChangePower => Membership.Check(context, action.ChangePower),
        ActionOneofCase.JailValidator => Jail.Check(context, Present(context, action.JailValidator.Address), wanted: true),
        ActionOneofCase.UnjailValidator => Jail.Check(context, Present(context, action.UnjailValidator.Address), wanted: false),
        ActionOneofCase.ChangeParameters => ParametersModule.Check(context, action.ChangeParameters),
        ActionOneofCase.ScheduleUpgrade => UpgradesModule.Check(context, action.ScheduleUpgrade),
        ActionOneofCase.CancelUpgrade => UpgradesModule.Check(context, action.CancelUpgrade),
        ActionOneofCase.TreasuryPayment => TreasuryFault(context.State, action.TreasuryPayment),
        ActionOneofCase.CloseTask => TaskClosing.CheckClose(context, action.CloseTask.Task),
        ActionOneofCase.ReopenTask => TaskClosing.CheckReopen(context, action.ReopenTask.Task),
        ActionOneofCase.ForkTask => TaskFork.Check(context, action.ForkTask),
        ActionOneofCase.ResumeBridge => BridgeStops.Check(context, action.ResumeBridge),
        ActionOneofCase.RedirectLock => Locks.Check(context, action.RedirectLock),
        ActionOneofCase.OrderVault => VaultOrders.Check(context, action.OrderVault),
        ActionOneofCase.ExtendClaims => ClaimsClosing.Check(context, action.ExtendClaims),
        _ => throw new InvariantException("a decoded proposal has an action"),
    };

    public static TransactionRejection Carry(BlockContext context, GovernanceAction action)
    {
        var rejection = Check(context, action);
        return rejection == TransactionRejection.None ? Do(context, action) : rejection;
    }

    private static TransactionRejection Do(BlockContext context, GovernanceAction action)
    {
        switch (action.ActionCase)
        {
            case ActionOneofCase.AdmitValidator: return Membership.Carry(context, action.AdmitValidator);
            case ActionOneofCase.RemoveValidator: return Membership.Carry(context, action.RemoveValidator);
            case ActionOneofCase.ChangePower: return Membership.Carry(context, action.ChangePower);
            case ActionOneofCase.UnjailValidator: return Jail.Release(context, Present(context, action.UnjailValidator.Address));
            case ActionOneofCase.ChangeParameters: return ParametersModule.Change(context, action.ChangeParameters);
            case ActionOneofCase.ScheduleUpgrade: return UpgradesModule.Schedule(context, action.ScheduleUpgrade);
            case ActionOneofCase.CancelUpgrade: return UpgradesModule.Cancel(context, action.CancelUpgrade);
            case ActionOneofCase.TreasuryPayment: return Pay(context, action.TreasuryPayment);
            case ActionOneofCase.CloseTask: return TaskClosing.Close(context, action.CloseTask.Task);
            case ActionOneofCase.ReopenTask: return TaskClosing.Reopen(context, action.ReopenTask.Task);
            case ActionOneofCase.ForkTask: return TaskFork.Carry(context, action.ForkTask);
            case ActionOneofCase.ResumeBridge: return BridgeStops.Carry(context, action.ResumeBridge);
            case ActionOneofCase.RedirectLock: return Locks.Carry(context, action.RedirectLock);
            case ActionOneofCase.OrderVault: return VaultOrders.Carry(context, action.OrderVault);
            case ActionOneofCase.ExtendClaims: return ClaimsClosing.Carry(context, action.ExtendClaims);
            default:
                Jail.Commit(context, Present(context, action.JailValidator.Address), "vote");
                return TransactionRejection.None;
        }
    }

    // Nobody gets out of the way of a vote by a new key.
    private static Address Present(BlockContext context, ByteString address) => KeyRotations.Present(context.State, Address.FromBytes(address.Span));

    private static TransactionRejection TreasuryFault(IStateReader state, TreasuryPayment payment)
    {
        _ = Amount.TryFromBytes(payment.Amount.Span, out var amount);
        if (amount.IsZero) return TransactionRejection.ProposalAmountZero;
        return SupplyRecord.Get(state).Treasury < amount ? TransactionRejection.TreasuryTooLow : TransactionRejection.None;
    }

    private static TransactionRejection Pay(BlockContext context, TreasuryPayment payment)
    {
        _ = Amount.TryFromBytes(payment.Amount.Span, out var amount);
        var to = Address.FromBytes(payment.To.Span);
        if (!SupplyModule.TryPayFromTreasury(context.State, to, amount)) return TransactionRejection.TreasuryTooLow;
        context.Emit("treasury.paid", ("to", to), ("amount", amount));
        return TransactionRejection.None;
    }
}
