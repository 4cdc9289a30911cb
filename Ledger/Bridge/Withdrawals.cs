using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// NTK on their way to Ethereum. The table:
/// <code>
/// BridgeWithdraw            -> Waiting, or Held where it is large
/// Held      veto > 1/3      -> refunded, without a leaf ever
/// Held      its height      -> Waiting
/// Waiting   bucket has room -> Certified: its leaf is appended, with a deadline
/// Waiting   above a capacity that was lowered -> refunded
/// Certified Released event  -> gone
/// Certified deadline passed, and the vault's storage has no release -> refunded
/// </code>
/// Leaves are appended only while nothing stops the bridge and the vault goes by the elected set. A refund asks no limit.
/// </summary>
internal static class Withdrawals
{
    private const int LeavesPerBlockMax = 256;

    public static TransactionRejection Execute(BlockContext context, Transaction transaction)
    {
        var (state, limits, bridge) = (context.State, context.Parameters.Bridge!, context.Genesis.Bridge!);
        var message = transaction.Body.BridgeWithdraw;
        var to = Address.FromBytes(message.To.Span);
        _ = Amount.TryFromBytes(message.Amount.Span, out var amount);
        // Tokens that are sent to the vault, the token or nobody are gone: the vault refuses them too.
        if (to.IsZero || to == bridge.Vault || to == bridge.Token) return TransactionRejection.WithdrawalTarget;
        if (amount < limits.WithdrawalMin) return TransactionRejection.WithdrawalTooSmall;
        if (amount > Capacity(context)) return TransactionRejection.WithdrawalTooLarge;
        if (!BridgeStatus.Get(state).TakesWithdrawals) return TransactionRejection.BridgeOutClosed;
        var rejection = SupplyModule.TryWithdraw(state, context.Genesis, transaction.Sender, amount);
        if (rejection != TransactionRejection.None) return rejection;

        var burnId = BridgeLeaf.BurnId(context.GenesisHash, context.Height, transaction.Hash, 0);
        var isHeld = amount > limits.HoldAbove;
        var due = isHeld ? context.Height.Plus(limits.HoldBlocks) : context.Height;
        new WithdrawalRecord(transaction.Sender, to, amount, context.Height, isHeld ? WithdrawalState.Held : WithdrawalState.Waiting, due, 0, 0, []).Store(state, burnId);
        BridgeStatus.Change(state, status => status with { Open = status.Open + amount });
        if (isHeld) HeldWithdrawals.Add(state, due, burnId);
        else Wait(state, burnId);
        context.Emit(
            "bridge.withdrawal",
            ("burn_id", burnId),
            ("sender", transaction.Sender),
            ("to", to),
            ("amount", amount),
            ("held_until", due));
        return TransactionRejection.None;
    }

    /// <summary>A validator's word against a held one; more than a third of the power ends it.</summary>
    public static TransactionRejection Veto(BlockContext context, BridgeVeto message, Address sender)
    {
        var state = context.State;
        var burnId = Hash256.FromBytes(message.BurnId.Span);
        if (WithdrawalRecord.Get(state, burnId) is not { } record) return TransactionRejection.UnknownWithdrawal;
        if (record.State != WithdrawalState.Held) return TransactionRejection.WithdrawalNotHeld;
        var identity = KeyRotations.Identity(state, sender);
        if (record.Vetoes.Contains(identity)) return TransactionRejection.AlreadySent;
        record = record with { Vetoes = record.Vetoes.Add(identity) };
        record.Store(state, burnId);
        context.Emit("bridge.vetoed", ("burn_id", burnId), ("validator", sender));
        var members = ValidatorsModule.Members(state);
        var power = members.Validators
            .Where(member => record.Vetoes.Contains(KeyRotations.Identity(state, member.Address)) && !ValidatorRecord.IsJailedAt(state, member.Address))
            .Aggregate(0UL, (sum, member) => sum + member.Power);
        if (members.HasHonest(power)) Refund(context, burnId, record, "veto");
        return TransactionRejection.None;
    }

    public static void EndBlock(BlockContext context)
    {
        foreach (var burnId in HeldWithdrawals.TakeDue(context.State, context.Height))
        {
            if (WithdrawalRecord.Get(context.State, burnId) is not { State: WithdrawalState.Held } record) continue; // vetoed
            (record with { State = WithdrawalState.Waiting }).Store(context.State, burnId);
            Wait(context.State, burnId);
        }

        for (var i = 0; i < LeavesPerBlockMax && TryEndFirst(context); i++)
        {
        }
    }

    /// <summary>The vault has paid it: false where that is no withdrawal that it could have paid.</summary>
    public static bool TryClose(BlockContext context, VaultNotice.Released released)
    {
        if (WithdrawalRecord.Get(context.State, released.BurnId) is not { State: WithdrawalState.Certified } record) return false;
        if (record.To != released.To || record.Amount != released.Amount) return false;
        context.State.Delete(WithdrawalRecord.Key(released.BurnId));
        BridgeStatus.Change(context.State, status => status with { Open = status.Open - record.Amount, Released = released.TotalReleased });
        context.Emit("bridge.released", ("burn_id", released.BurnId), ("to", record.To), ("amount", record.Amount));
        return true;
    }

    public static void Refund(BlockContext context, Hash256 burnId, WithdrawalRecord record, string cause)
    {
        context.State.Delete(WithdrawalRecord.Key(burnId));
        SupplyModule.Refund(context.State, record.Sender, record.Amount);
        BridgeStatus.Change(context.State, status => status with { Open = status.Open - record.Amount });
        context.Emit("bridge.refunded", ("burn_id", burnId), ("to", record.Sender), ("amount", record.Amount), ("cause", cause));
    }

    // By its leaf, or by a refund. True where the first one that waits goes, so that the next one may.
    private static bool TryEndFirst(BlockContext context)
    {
        var (state, limits) = (context.State, context.Parameters.Bridge!);
        var status = BridgeStatus.Get(state);
        // A vault that closes does not open again: what has no leaf by then never gets one, and nobody could ever be paid for it.
        var isClosed = status.IsVaultClosed && !status.IsInDoubt;
        if (status.WaitingFirst == status.WaitingNext || !(isClosed || TakesLeaves(state, status))) return false;
        var bytes = state.Get(WaitingKey(status.WaitingFirst));
        Invariant.Check(bytes is not null, "every place between the first and the next has a withdrawal");
        var burnId = Hash256.FromBytes(bytes);
        var record = WithdrawalRecord.Get(state, burnId);
        Invariant.Check(record is { State: WithdrawalState.Waiting }, "what waits ends by its leaf or by a refund, both of which take its place");
        var bucket = status.OutBucket.At(context.ParentTime, limits.OutCapacity, limits.OutPerSecond);
        var refusal = isClosed ? "closed" : record.Amount > Capacity(context) ? "limit" : null;
        if (refusal is null && bucket.Level < record.Amount) return false;

        state.Delete(WaitingKey(status.WaitingFirst));
        status = status with { WaitingFirst = status.WaitingFirst + 1 };
        if (refusal is not null)
        {
            status.Store(state);
            Refund(context, burnId, record, refusal);
            return true;
        }

        (status with { OutBucket = bucket.Take(record.Amount) }).Store(state);
        var deadline = (context.ParentTime.Milliseconds / 1_000) + limits.ReleaseSeconds;
        var leaf = BridgeLeaf.Release(context.Genesis.Bridge!.VaultAddress, new BridgeWithdrawal(burnId, record.To, record.Amount, deadline));
        var index = BridgeLeaves.Append(state, leaf);
        (record with { State = WithdrawalState.Certified, Leaf = index, DeadlineSeconds = deadline }).Store(state, burnId);
        context.Emit("bridge.certified", ("burn_id", burnId), ("leaf", index), ("deadline", deadline));
        return true;
    }

    private static bool TakesLeaves(IStateReader state, BridgeStatus status) =>
        status.TakesWithdrawals && (status.Vault & VaultFlags.ReleasesPaused) == VaultFlags.None && VaultSets.AreFollowed(state);

    // What is above either bucket would never be paid.
    private static Amount Capacity(BlockContext context)
    {
        var (own, vault) = (context.Parameters.Bridge!.OutCapacity, BridgeStatus.Get(context.State).VaultCapacity);
        return vault.IsZero ? own : Amount.Min(own, vault);
    }

    private static void Wait(StateOverlay state, Hash256 burnId)
    {
        var status = BridgeStatus.Get(state);
        state.Set(WaitingKey(status.WaitingNext), burnId.ToArray());
        (status with { WaitingNext = status.WaitingNext + 1 }).Store(state);
    }

    // Record: burn id 32.
    private static StateKey WaitingKey(ulong place) => StateKey.Of(StateModule.Bridge, BridgeKeys.Waiting, place);

    /// <summary>Burn id of the withdrawal that waits in a place; null where there is none.</summary>
    internal static Hash256? WaitingAt(IStateReader state, ulong place) => state.Get(WaitingKey(place)) is { } bytes ? Hash256.FromBytes(bytes) : null;
}
