using System.Collections.Immutable;

namespace NeuroChain.Chain;

public enum EthereumTransactionType : byte
{
    /// <summary>Its chain, where it names one, is in its signature (EIP-155).</summary>
    Legacy = 0,

    /// <summary>EIP-2930.</summary>
    AccessList = 1,

    /// <summary>EIP-1559.</summary>
    DynamicFee = 2,
}

/// <summary>Storage that a transaction says it will touch (EIP-2930).</summary>
public sealed record AccessListEntry(Address Address, ImmutableArray<Hash256> Slots);

/// <summary>A transaction of Ethereum before it is signed: what a relayer sends. Blobs and delegations (types 3 and 4) nobody here sends.</summary>
public sealed record EthereumTransaction
{
    /// <summary>Clients take no larger transaction from a peer.</summary>
    public const int BytesMax = 128 * 1024;

    /// <summary>EIP-2294: so that v, which is twice it and some, is never more than 2^64.</summary>
    public const ulong ChainIdMax = (ulong.MaxValue / 2) - 36;

    public required EthereumTransactionType Type { get; init; }

    /// <summary>Null for a legacy transaction that counts on every chain: those are read, and made only on purpose.</summary>
    public required ulong? ChainId { get; init; }

    public required ulong Nonce { get; init; }

    /// <summary>In wei for each gas: the price; with dynamic fees the most.</summary>
    public required UInt256 MaxFeePerGas { get; init; }

    /// <summary>With dynamic fees: of that, the most for whoever proposes the block. Zero for the others.</summary>
    public UInt256 MaxPriorityFeePerGas { get; init; }

    public required ulong GasLimit { get; init; }

    /// <summary>Null where it makes a contract.</summary>
    public required Address? To { get; init; }

    /// <summary>In wei.</summary>
    public UInt256 Value { get; init; }

    public ReadOnlyMemory<byte> Data { get; init; }

    public ImmutableArray<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>The 32 bytes that are signed.</summary>
    public Hash256 SigningHash
    {
        get
        {
            var writer = Begin(out var list);
            WriteFields(writer);
            if (Type == EthereumTransactionType.Legacy && ChainId is { } chain) writer.UInt64(chain).UInt64(0).UInt64(0);
            return Keccak256.Hash(writer.End(list).Written);
        }
    }

    public SignedEthereumTransaction Sign(PrivateKey key)
    {
        var fault = Check();
        Invariant.Check(fault == EthereumFault.None, $"a transaction that is signed keeps the rules: {fault}");
        return new SignedEthereumTransaction(this, key.Sign(SigningHash));
    }

    /// <summary>Rules that hold for whatever values the fields have.</summary>
    internal EthereumFault Check()
    {
        if (Nonce == ulong.MaxValue) return EthereumFault.NonceTooLarge;
        if (ChainId > ChainIdMax) return EthereumFault.TooLarge;
        return MaxPriorityFeePerGas > MaxFeePerGas ? EthereumFault.TipAboveFee : EthereumFault.None;
    }

    internal RlpWriter Begin(out int list)
    {
        Invariant.Check(Type == EthereumTransactionType.Legacy || ChainId is not null, "typed transactions name their chain");
        var writer = new RlpWriter(256 + Data.Length);
        if (Type != EthereumTransactionType.Legacy) writer.Raw([(byte)Type]);
        list = writer.Begin();
        return writer;
    }

    /// <summary>All but what belongs to the signature.</summary>
    internal void WriteFields(RlpWriter writer)
    {
        if (Type != EthereumTransactionType.Legacy) writer.UInt64(ChainId!.Value);
        writer.UInt64(Nonce);
        if (Type == EthereumTransactionType.DynamicFee) writer.UInt256(MaxPriorityFeePerGas);
        writer.UInt256(MaxFeePerGas).UInt64(GasLimit);
        if (To is { } to) writer.Address(to);
        else writer.Bytes([]);
        writer.UInt256(Value).Bytes(Data.Span);
        if (Type != EthereumTransactionType.Legacy) WriteAccessList(writer);
    }

    private void WriteAccessList(RlpWriter writer)
    {
        var list = writer.Begin();
        foreach (var (address, slots) in AccessList)
        {
            var entry = writer.Begin();
            writer.Address(address);
            var inner = writer.Begin();
            foreach (var slot in slots) writer.Hash(slot);
            writer.End(inner).End(entry);
        }

        writer.End(list);
    }
}
