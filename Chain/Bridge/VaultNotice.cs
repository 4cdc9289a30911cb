using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>What an event of the vault says, with its nonce: gap-free from 1 over all its events (docs/protocol/bridge.md, events).</summary>
public abstract record VaultNotice(ulong Nonce)
{
    private static readonly Dictionary<Hash256, Shape> Shapes = new Shape[]
    {
        Of("VaultDeployed(uint64,bytes32,bytes32,uint64,address)", 1, (ulong n, ref AbiReader _, ref AbiReader d) =>
            new Deployed(n, d.Hash(), d.Hash(), new Height(d.UInt64()), d.Address())),
        Of("Locked(uint64,address,bytes32,uint256,uint256)", 3, (ulong n, ref AbiReader i, ref AbiReader d) =>
            new Locked(n, i.Address(), i.Hash(), Sum(ref d), Sum(ref d))),
        Of("Released(uint64,bytes32,address,uint256,uint64,uint256)", 3, (ulong n, ref AbiReader i, ref AbiReader d) =>
            new Released(n, i.Hash(), i.Address(), Sum(ref d), d.UInt64(), Sum(ref d))),
        Of("ValidatorsFollowed(uint64,uint64,bytes32)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new Followed(n, new Height(d.UInt64()), d.Hash())),
        Of("Forked(uint64,uint64,uint256)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new Forked(n, new Height(d.UInt64()), d.UInt256())),
        Of("PausedSet(uint64,uint8,uint32)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new Paused(n, Byte(ref d), d.UInt32())),
        Of("ActionDone(uint64,bytes32,uint8)", 2, (ulong n, ref AbiReader i, ref AbiReader d) => new ActionDone(n, i.Hash(), Byte(ref d))),
        Of("LimitsSet(uint64,uint96,uint96,uint96)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new LimitsSet(n, Sum(ref d), Sum(ref d), Sum(ref d))),
        Of("LimitsPending(uint64,uint96,uint96,uint40)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new LimitsPending(n, Sum(ref d), Sum(ref d), d.UInt64())),
        Of("UnpauseStarted(uint64,uint32,uint40)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new UnpauseStarted(n, d.UInt32(), d.UInt64())),
        Of("GuardianSet(uint64,address,uint256)", 2, (ulong n, ref AbiReader i, ref AbiReader d) => new GuardianSet(n, i.Address(), d.UInt256())),
        Of("Rescued(uint64,address,address,uint256)", 3, (ulong n, ref AbiReader i, ref AbiReader d) => new Rescued(n, i.Address(), i.Address(), d.UInt256())),
        Of("RetireStarted(uint64,address,uint40)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new RetireStarted(n, d.Address(), d.UInt64())),
        Of("RecoveryStarted(uint64,address,uint40)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new RecoveryStarted(n, d.Address(), d.UInt64())),
        Of("RecoveryCancelled(uint64)", 1, (ulong n, ref AbiReader _, ref AbiReader _) => new RecoveryCancelled(n)),
        Of("VaultRetired(uint64,address,uint256)", 1, (ulong n, ref AbiReader _, ref AbiReader d) => new Retired(n, d.Address(), Sum(ref d))),
        Of("Inherited(uint64,address,uint256,uint256)", 2, (ulong n, ref AbiReader i, ref AbiReader d) => new Inherited(n, i.Address(), Sum(ref d), Sum(ref d))),
    }.ToDictionary(shape => shape.Event.Topic);

    private delegate VaultNotice Build(ulong nonce, ref AbiReader indexed, ref AbiReader data);

    /// <summary>The nonce of any log of the vault; false where it can be none.</summary>
    public static bool TryReadNonce(EthereumLog log, out ulong nonce)
    {
        nonce = 0;
        return log.Topics.Length >= 2 && UInt256.FromHash(log.Topics[1]).TryToUInt64(out nonce) && nonce > 0;
    }

    /// <summary>Reads a log of the vault, whose address the caller has compared; false where it is of no known kind or not in its one form.</summary>
    public static bool TryRead(EthereumLog log, [NotNullWhen(true)] out VaultNotice? read)
    {
        read = null;
        if (log.Topics.IsEmpty || !Shapes.TryGetValue(log.Topics[0], out var shape)) return false;
        var indexed = shape.Event.Open(log, shape.Words, out var data);
        var built = shape.Build(indexed.UInt64(), ref indexed, ref data);
        if (indexed.IsWhole && data.IsWhole && built.Nonce > 0) read = built;
        return read is not null;
    }

    /// <summary>
    /// The contract's chain over all its events, in slot 3: keccak256(abi.encode(chain, nonce, topic, keccak256(all other arguments, a word
    /// each))). Indexed arguments are declared before the others.
    /// </summary>
    public static Hash256 Fold(Hash256 chain, EthereumLog log)
    {
        var arguments = new ByteWriter();
        foreach (var topic in log.Topics.AsSpan()[2..]) arguments.Hash(topic);
        arguments.Bytes(log.Data.Span);
        return Keccak256.Hash(new AbiWriter().Hash(chain).Hash(log.Topics[1]).Hash(log.Topics[0]).Hash(Keccak256.Hash(arguments.Written.Span)).ToArray());
    }

    // Each argument is a word, and the others than the indexed ones are the data.
    private static Shape Of(string signature, int indexed, Build build) =>
        new(AbiEvent.Of(signature, indexed), signature.Count(letter => letter == ',') + 1 - indexed, build);

    private static Amount Sum(ref AbiReader data) => new(data.UInt128());

    private static byte Byte(ref AbiReader data)
    {
        var value = data.UInt32();
        if (value > byte.MaxValue) data.Fail(AbiFault.Padding);
        return (byte)(value & byte.MaxValue);
    }

    public sealed record Deployed(ulong Nonce, Hash256 Genesis, Hash256 Root, Height SetHeight, Address Token) : VaultNotice(Nonce);

    public sealed record Locked(ulong Nonce, Address Sender, Hash256 Recipient, Amount Amount, Amount TotalLocked) : VaultNotice(Nonce);

    public sealed record Released(ulong Nonce, Hash256 BurnId, Address To, Amount Amount, ulong Height, Amount TotalReleased) : VaultNotice(Nonce);

    public sealed record Followed(ulong Nonce, Height Height, Hash256 Root) : VaultNotice(Nonce);

    public sealed record Forked(ulong Nonce, Height Height, UInt256 Set) : VaultNotice(Nonce);

    public sealed record Paused(ulong Nonce, byte Flags, uint PauseCount) : VaultNotice(Nonce);

    public sealed record ActionDone(ulong Nonce, Hash256 ActionId, byte Kind) : VaultNotice(Nonce);

    public sealed record LimitsSet(ulong Nonce, Amount Capacity, Amount PerSecond, Amount MinLock) : VaultNotice(Nonce);

    public sealed record LimitsPending(ulong Nonce, Amount Capacity, Amount PerSecond, ulong Due) : VaultNotice(Nonce);

    public sealed record UnpauseStarted(ulong Nonce, uint PauseCount, ulong Due) : VaultNotice(Nonce);

    public sealed record GuardianSet(ulong Nonce, Address Guardian, UInt256 Until) : VaultNotice(Nonce);

    public sealed record Rescued(ulong Nonce, Address Token, Address To, UInt256 Amount) : VaultNotice(Nonce);

    public sealed record RetireStarted(ulong Nonce, Address NewVault, ulong Due) : VaultNotice(Nonce);

    public sealed record RecoveryStarted(ulong Nonce, Address NewVault, ulong Due) : VaultNotice(Nonce);

    public sealed record RecoveryCancelled(ulong Nonce) : VaultNotice(Nonce);

    public sealed record Retired(ulong Nonce, Address NewVault, Amount Amount) : VaultNotice(Nonce);

    public sealed record Inherited(ulong Nonce, Address Predecessor, Amount Amount, Amount TotalLocked) : VaultNotice(Nonce);

    private sealed record Shape(AbiEvent Event, int Words, Build Build);
}
