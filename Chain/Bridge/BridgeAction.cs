using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>What the validators may order a vault to do. The numbers are the contract's.</summary>
public enum BridgeActionKind : byte
{
    Unpause = 1,
    SetLimits = 2,
    Retire = 3,
    Rescue = 4,
    CancelRecovery = 5,
    SetGuardian = 6,
}

/// <summary>An order to a vault. Arguments are static words of Solidity's ABI, one form for each kind.</summary>
public sealed record BridgeAction(Hash256 ActionId, BridgeActionKind Kind, ImmutableArray<byte> Arguments, ulong DeadlineSeconds)
{
    /// <param name="actionId">A vault carries each out once.</param>
    /// <param name="pauseCount">The vault's count of pauses: of a pause after this one the order says nothing.</param>
    /// <param name="deadlineSeconds">As of all orders.</param>
    public static BridgeAction Unpause(Hash256 actionId, uint pauseCount, ulong deadlineSeconds) =>
        Of(actionId, BridgeActionKind.Unpause, deadlineSeconds, new AbiWriter().UInt64(pauseCount));

    public static BridgeAction SetLimits(Hash256 actionId, Amount capacity, Amount perSecond, Amount minimumLock, ulong deadlineSeconds) => Of(
        actionId,
        BridgeActionKind.SetLimits,
        deadlineSeconds,
        new AbiWriter().Hash(BridgeLeaf.Word(capacity)).Hash(BridgeLeaf.Word(perSecond)).Hash(BridgeLeaf.Word(minimumLock)));

    public static BridgeAction Retire(Hash256 actionId, Address newVault, ulong deadlineSeconds) =>
        Of(actionId, BridgeActionKind.Retire, deadlineSeconds, new AbiWriter().Address(newVault));

    /// <summary>Tokens that were sent to the vault by mistake; of NTK what is above all that is locked.</summary>
    public static BridgeAction Rescue(Hash256 actionId, Address token, Address to, Amount amount, ulong deadlineSeconds) => Of(
        actionId, BridgeActionKind.Rescue, deadlineSeconds, new AbiWriter().Address(token).Address(to).Hash(BridgeLeaf.Word(amount)));

    /// <param name="actionId">As of all orders.</param>
    /// <param name="dueSeconds">When the recovery is due, as its start said: of a later one the order says nothing.</param>
    /// <param name="deadlineSeconds">As of all orders.</param>
    public static BridgeAction CancelRecovery(Hash256 actionId, ulong dueSeconds, ulong deadlineSeconds) =>
        Of(actionId, BridgeActionKind.CancelRecovery, deadlineSeconds, new AbiWriter().UInt64(dueSeconds));

    public static BridgeAction SetGuardian(Hash256 actionId, Address guardian, bool isGuardian, ulong deadlineSeconds) =>
        Of(actionId, BridgeActionKind.SetGuardian, deadlineSeconds, new AbiWriter().Address(guardian).UInt64(isGuardian ? 1UL : 0UL));

    private static BridgeAction Of(Hash256 actionId, BridgeActionKind kind, ulong deadlineSeconds, AbiWriter arguments) =>
        new(actionId, kind, [.. arguments.ToArray()], deadlineSeconds);
}
