using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Where the bridge stands. Layout: the fields in the order of <see cref="Encode"/>; flags and sides 1 byte, counts of stops and pauses 4, halts 4,
/// other numbers 8, amounts 16, hashes 32, buckets amount 16 and time 8.
/// </summary>
public sealed record BridgeStatus
{
    /// <summary>Nonce of the last event of the vault that was taken; 0 before its first.</summary>
    public ulong Nonce { get; init; }

    /// <summary>The vault's chain of events up to that one.</summary>
    public Hash256 EventChain { get; init; }

    /// <summary>What the vault says of itself.</summary>
    public VaultFlags Vault { get; init; }

    public uint VaultPauseCount { get; init; }

    /// <summary>The capacity of the vault's own bucket, once it was set by an order; zero before.</summary>
    public Amount VaultCapacity { get; init; }

    /// <summary>Root of the validator set that the vault goes by; zero before it is deployed.</summary>
    public Hash256 FollowedRoot { get; init; }

    /// <summary>The block that named that set as the next one.</summary>
    public Height FollowedHeight { get; init; }

    /// <summary>All locks, by the vault's events.</summary>
    public Amount Locked { get; init; }

    /// <summary>All releases, by the vault's events.</summary>
    public Amount Released { get; init; }

    /// <summary>Locks that are not credited yet: what they bring is not on this chain.</summary>
    public Amount Pending { get; init; }

    /// <summary>Numbers of the first pending lock and of the next one to come.</summary>
    public ulong PendingFirst { get; init; }

    public ulong PendingNext { get; init; }

    /// <summary>Withdrawals that are neither released nor refunded.</summary>
    public Amount Open { get; init; }

    /// <summary>Numbers of the first withdrawal that waits for its leaf and of the next one to come.</summary>
    public ulong WaitingFirst { get; init; }

    public ulong WaitingNext { get; init; }

    /// <summary>Numbers of the first order that waits for its leaf and of the next one to come.</summary>
    public ulong OrderFirst { get; init; } = 1;

    public ulong OrderNext { get; init; } = 1;

    public TokenBucket InBucket { get; init; }

    public TokenBucket OutBucket { get; init; }

    /// <summary>What validators stopped.</summary>
    public BridgeSides Paused { get; init; }

    public BridgeHalt Halts { get; init; }

    /// <summary>How often the bridge was stopped, by a pause or a halt: an order to resume names the last stop that it ends.</summary>
    public uint StopCount { get; init; }

    /// <summary>The highest attested block of Ethereum.</summary>
    public ulong AttestedHighest { get; init; }

    /// <summary>Numbers of the oldest attested block that is kept and of the next one.</summary>
    public ulong AttestedFirst { get; init; }

    public ulong AttestedNext { get; init; }

    /// <summary>The block of Ethereum at which the vault's reserves were last proven; 0 before.</summary>
    public ulong ReservesBlock { get; init; }

    private static readonly StateKey Key = StateKey.Of(StateModule.Bridge, BridgeKeys.Status);

    private const BridgeHalt BothHalts = ~(BridgeHalt.Dispute | BridgeHalt.Cap);

    /// <summary>Whether what the bridge rests on is in doubt, so that no evidence is taken.</summary>
    public bool IsInDoubt => (Halts & BothHalts) != BridgeHalt.None;

    /// <summary>Whether locks are credited as they come.</summary>
    public bool IsInOpen => (Paused & BridgeSides.In) == BridgeSides.None && Halts == BridgeHalt.None;

    /// <summary>Whether the vault will pay no more, whatever the chain says.</summary>
    public bool IsVaultClosed => (Vault & (VaultFlags.Forked | VaultFlags.Retiring | VaultFlags.Retired)) != VaultFlags.None;

    /// <summary>Whether NTK may be burned for Ethereum: the vault is there and will pay, nobody stopped it.</summary>
    public bool TakesWithdrawals => Nonce > 0 && !IsVaultClosed && (Paused & BridgeSides.Out) == BridgeSides.None && !IsInDoubt;

    public static bool Exists(IStateReader state) => state.Get(Key) is not null;

    public static BridgeStatus Get(IStateReader state)
    {
        var bytes = state.Get(Key);
        Invariant.Check(bytes is not null, "genesis writes the status of the bridge of a bridged chain");
        var reader = new ByteReader(bytes);
        var status = new BridgeStatus
        {
            Nonce = reader.UInt64(),
            EventChain = reader.Hash(),
            Vault = (VaultFlags)reader.Byte(),
            VaultPauseCount = reader.UInt32(),
            VaultCapacity = reader.Amount(),
            FollowedRoot = reader.Hash(),
            FollowedHeight = reader.Height(),
            Locked = reader.Amount(),
            Released = reader.Amount(),
            Pending = reader.Amount(),
            PendingFirst = reader.UInt64(),
            PendingNext = reader.UInt64(),
            Open = reader.Amount(),
            WaitingFirst = reader.UInt64(),
            WaitingNext = reader.UInt64(),
            OrderFirst = reader.UInt64(),
            OrderNext = reader.UInt64(),
            InBucket = new TokenBucket(reader.Amount(), new Timestamp(reader.UInt64())),
            OutBucket = new TokenBucket(reader.Amount(), new Timestamp(reader.UInt64())),
            Paused = (BridgeSides)reader.Byte(),
            Halts = (BridgeHalt)reader.UInt32(),
            StopCount = reader.UInt32(),
            AttestedHighest = reader.UInt64(),
            AttestedFirst = reader.UInt64(),
            AttestedNext = reader.UInt64(),
            ReservesBlock = reader.UInt64(),
        };
        Invariant.Check(reader.IsWhole, "the status of the bridge is as it was written");
        return status;
    }

    public byte[] Encode() => new ByteWriter()
        .UInt64(Nonce).Hash(EventChain).Byte((byte)Vault).UInt32(VaultPauseCount).Amount(VaultCapacity).Hash(FollowedRoot).Height(FollowedHeight)
        .Amount(Locked).Amount(Released).Amount(Pending).UInt64(PendingFirst).UInt64(PendingNext)
        .Amount(Open).UInt64(WaitingFirst).UInt64(WaitingNext).UInt64(OrderFirst).UInt64(OrderNext)
        .Amount(InBucket.Level).UInt64(InBucket.Since.Milliseconds).Amount(OutBucket.Level).UInt64(OutBucket.Since.Milliseconds)
        .Byte((byte)Paused).UInt32((uint)Halts).UInt32(StopCount)
        .UInt64(AttestedHighest).UInt64(AttestedFirst).UInt64(AttestedNext).UInt64(ReservesBlock)
        .ToArray();

    internal void Store(StateOverlay state) => state.Set(Key, Encode());

    internal static void Change(StateOverlay state, Func<BridgeStatus, BridgeStatus> change) => change(Get(state)).Store(state);
}
