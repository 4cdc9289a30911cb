using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>A lock on Ethereum: its nonce, who locked, for whom, and how much of it is still to be credited.</summary>
public sealed record LockRecord(ulong Nonce, Address Sender, Hash256 Recipient, Amount Amount)
{
    internal byte[] Encode() => new ByteWriter().UInt64(Nonce).Address(Sender).Hash(Recipient).Amount(Amount).ToArray();

    internal static LockRecord Decode(byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        var record = new LockRecord(reader.UInt64(), reader.Address(), reader.Hash(), reader.Amount());
        Invariant.Check(reader.IsWhole, "a lock has 76 bytes");
        return record;
    }
}

/// <summary>
/// Locks on their way to accounts: at once, where the bucket has room and nothing waits; else in the order of their nonces at the ends of blocks.
/// A lock above the bucket's capacity comes in parts of a full bucket. Whom no account is named for waits in quarantine, which counts as credited.
/// Records of pending locks and of locks in quarantine: nonce 8, sender 20, recipient 32, amount 16.
/// </summary>
public static class Locks
{
    /// <summary>The recipient that names the reserve which learning is paid from. It is no account: its first bytes are not zero.</summary>
    public static readonly Hash256 LearningReserve = Keccak256.Hash("NeuroChain learning reserve v1"u8);

    private const int PaidPerBlockMax = 256;

    /// <summary>A lock in quarantine; null where there is none of that nonce.</summary>
    public static LockRecord? InQuarantine(IStateReader state, ulong nonce) => Read(state, QuarantineKey(nonce));

    /// <summary>A lock that waits, by its place between <see cref="BridgeStatus.PendingFirst"/> and <see cref="BridgeStatus.PendingNext"/>.</summary>
    public static LockRecord? Pending(IStateReader state, ulong place) => Read(state, PendingKey(place));

    /// <summary>An account is an address, right-aligned as Ethereum's ABI has it, and not zero; null for a recipient that is none.</summary>
    public static Address? AccountOf(Hash256 recipient)
    {
        var bytes = recipient.ToArray().AsSpan();
        if (bytes[..^Address.Size].ContainsAnyExcept((byte)0)) return null;
        var address = Address.FromBytes(bytes[^Address.Size..]);
        return address.IsZero ? null : address;
    }

    internal static void Take(BlockContext context, VaultNotice.Locked locked)
    {
        var status = BridgeStatus.Get(context.State);
        var record = new LockRecord(locked.Nonce, locked.Sender, locked.Recipient, locked.Amount);
        context.State.Set(PendingKey(status.PendingNext), record.Encode());
        (status with { Pending = status.Pending + locked.Amount, PendingNext = status.PendingNext + 1 }).Store(context.State);
        var waits = status.PendingNext != status.PendingFirst || !PayFirst(context);
        if (waits) context.Emit("bridge.credit_waits", ("nonce", locked.Nonce), ("amount", locked.Amount), ("cause", status.IsInOpen ? "limit" : "stopped"));
    }

    internal static void EndBlock(BlockContext context)
    {
        for (var i = 0; i < PaidPerBlockMax && PayFirst(context); i++)
        {
        }
    }

    internal static TransactionRejection Check(BlockContext context, RedirectLock action)
    {
        if (!BridgeStatus.Exists(context.State)) return TransactionRejection.BridgeMissing;
        return InQuarantine(context.State, action.Nonce) is null ? TransactionRejection.NotInQuarantine : TransactionRejection.None;
    }

    internal static TransactionRejection Carry(BlockContext context, RedirectLock action)
    {
        var record = InQuarantine(context.State, action.Nonce)!;
        var to = Address.FromBytes(action.To.Span);
        context.State.Delete(QuarantineKey(action.Nonce));
        SupplyModule.ReleaseFromQuarantine(context.State, to, record.Amount);
        context.Emit("bridge.redirected", ("nonce", record.Nonce), ("to", to), ("amount", record.Amount));
        return TransactionRejection.None;
    }

    // True where the first one is paid in full, so that the next one may be.
    private static bool PayFirst(BlockContext context)
    {
        var (state, limits) = (context.State, context.Parameters.Bridge!);
        var status = BridgeStatus.Get(state);
        if (status.PendingFirst == status.PendingNext || !status.IsInOpen) return false;
        var first = Pending(state, status.PendingFirst);
        Invariant.Check(first is not null, "every place between the first and the next has a lock");
        var bucket = status.InBucket.At(context.ParentTime, limits.InCapacity, limits.InPerSecond);
        // What a full bucket does not hold comes in parts of it, and not in drops.
        if (bucket.Level < Amount.Min(first.Amount, limits.InCapacity)) return false;
        var paid = Amount.Min(first.Amount, bucket.Level);
        if (Credit(context, first, paid) != TransactionRejection.None)
        {
            BridgeStops.Halt(context, BridgeHalt.Cap);
            return false;
        }

        var isWhole = paid == first.Amount;
        if (isWhole) state.Delete(PendingKey(status.PendingFirst));
        else state.Set(PendingKey(status.PendingFirst), (first with { Amount = first.Amount - paid }).Encode());
        (status with
        {
            Pending = status.Pending - paid,
            PendingFirst = status.PendingFirst + (isWhole ? 1UL : 0),
            InBucket = bucket.Take(paid),
        }).Store(state);
        return isWhole;
    }

    private static TransactionRejection Credit(BlockContext context, LockRecord locked, Amount amount)
    {
        var (state, genesis) = (context.State, context.Genesis);
        if (locked.Recipient == LearningReserve)
        {
            var refusal = SupplyModule.TryCreditReserve(state, genesis, amount);
            if (refusal == TransactionRejection.None) context.Emit("bridge.reserve_credited", ("nonce", locked.Nonce), ("sender", locked.Sender), ("amount", amount));
            return refusal;
        }

        if (AccountOf(locked.Recipient) is { } to)
        {
            var refusal = SupplyModule.TryCredit(state, genesis, to, amount);
            if (refusal == TransactionRejection.None) context.Emit("bridge.credited", ("nonce", locked.Nonce), ("sender", locked.Sender), ("to", to), ("amount", amount));
            return refusal;
        }

        var rejection = SupplyModule.TryCreditQuarantine(state, genesis, amount);
        if (rejection != TransactionRejection.None) return rejection;
        var before = InQuarantine(state, locked.Nonce)?.Amount ?? Amount.Zero;
        state.Set(QuarantineKey(locked.Nonce), (locked with { Amount = before + amount }).Encode());
        context.Emit("bridge.quarantined", ("nonce", locked.Nonce), ("sender", locked.Sender), ("recipient", locked.Recipient), ("amount", amount));
        return rejection;
    }

    private static LockRecord? Read(IStateReader state, StateKey key) => state.Get(key) is { } bytes ? LockRecord.Decode(bytes) : null;

    private static StateKey PendingKey(ulong place) => StateKey.Of(StateModule.Bridge, BridgeKeys.Pending, place);

    private static StateKey QuarantineKey(ulong nonce) => StateKey.Of(StateModule.Bridge, BridgeKeys.Quarantine, nonce);
}
