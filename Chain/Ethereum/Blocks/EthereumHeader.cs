using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A block's header of any fork so far. Its hash is Keccak-256 of its bytes, which are canonical: what is read here is what was hashed.
/// Forks only ever added fields at the end, so the number of items names the layout; any other number is refused by that name, because a
/// field that is not known may change what the others mean.
/// </summary>
public sealed record EthereumHeader
{
    /// <summary>Consensus allows 32 (yellow paper, 4.4.4); networks with signers in the header have more.</summary>
    public const int ExtraDataBytesMax = 1_024;

    /// <summary>The longest header: no received one may be more.</summary>
    public const int BytesMax = 2_048;

    public const int MixNonceSize = 8;

    public required Hash256 ParentHash { get; init; }

    public required Hash256 OmmersHash { get; init; }

    public required Address Beneficiary { get; init; }

    public required Hash256 StateRoot { get; init; }

    public required Hash256 TransactionsRoot { get; init; }

    public required Hash256 ReceiptsRoot { get; init; }

    public required Bloom LogsBloom { get; init; }

    public required UInt256 Difficulty { get; init; }

    public required ulong Number { get; init; }

    public required ulong GasLimit { get; init; }

    public required ulong GasUsed { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public required ulong Timestamp { get; init; }

    public required ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>Mix of the proof of work; since the merge randomness of the beacon chain (EIP-4399).</summary>
    public required Hash256 MixHash { get; init; }

    /// <summary>Eight bytes, zero since the merge (EIP-3675).</summary>
    public required ulong MixNonce { get; init; }

    /// <summary>From London on (EIP-1559): the 16th item.</summary>
    public UInt256? BaseFeePerGas { get; init; }

    /// <summary>From Shanghai on (EIP-4895): the 17th.</summary>
    public Hash256? WithdrawalsRoot { get; init; }

    /// <summary>From Cancun on (EIP-4844): the 18th and the 19th.</summary>
    public ulong? BlobGasUsed { get; init; }

    public ulong? ExcessBlobGas { get; init; }

    /// <summary>From Cancun on (EIP-4788): the 20th.</summary>
    public Hash256? ParentBeaconBlockRoot { get; init; }

    /// <summary>From Prague on (EIP-7685): the 21st.</summary>
    public Hash256? RequestsHash { get; init; }

    /// <summary>From Amsterdam on (EIP-7928): the 22nd. No header ends with it.</summary>
    public Hash256? BlockAccessListHash { get; init; }

    /// <summary>From Amsterdam on (EIP-7843): the 23rd.</summary>
    public ulong? SlotNumber { get; init; }

    /// <summary>Keccak-256 of <see cref="Encode"/>, computed anew.</summary>
    public Hash256 ComputeHash() => Keccak256.Hash(Encode());

    /// <exception cref="InvariantException">The later fields are not those of one fork, or one is out of bounds.</exception>
    public byte[] Encode()
    {
        Invariant.Check(ExtraData.Length <= ExtraDataBytesMax, "extra data is bounded");
        var writer = new RlpWriter(BytesMax);
        var list = writer.Begin();
        writer.Hash(ParentHash).Hash(OmmersHash).Address(Beneficiary).Hash(StateRoot).Hash(TransactionsRoot).Hash(ReceiptsRoot);
        writer.Bytes(LogsBloom.Bytes).UInt256(Difficulty).UInt64(Number).UInt64(GasLimit).UInt64(GasUsed).UInt64(Timestamp);
        writer.Bytes(ExtraData.Span).Hash(MixHash).Bytes(new ByteWriter().UInt64(MixNonce).ToArray());
        var layout = HeaderLayouts.LayoutOf(this);
        if (layout >= HeaderLayout.London) writer.UInt256(BaseFeePerGas!.Value);
        if (layout >= HeaderLayout.Shanghai) writer.Hash(WithdrawalsRoot!.Value);
        if (layout >= HeaderLayout.Cancun) writer.UInt64(BlobGasUsed!.Value).UInt64(ExcessBlobGas!.Value).Hash(ParentBeaconBlockRoot!.Value);
        if (layout >= HeaderLayout.Prague) writer.Hash(RequestsHash!.Value);
        if (layout >= HeaderLayout.Amsterdam) writer.Hash(BlockAccessListHash!.Value).UInt64(SlotNumber!.Value);
        return writer.End(list).ToArray();
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EthereumHeader? header, out EthereumFault fault)
    {
        header = null;
        fault = EthereumFault.TooLarge;
        if (bytes.Length > BytesMax) return false;
        var reader = new RlpReader(bytes);
        var list = reader.List();
        list.Fail(HeaderLayouts.Find(list, out var layout));
        header = ReadFrom(ref list, layout);
        reader.Leave(ref list);
        reader.End();
        fault = reader.Fault;
        if (fault != EthereumFault.None) header = null;
        return header is not null;
    }

    private static EthereumHeader ReadFrom(ref RlpReader list, HeaderLayout layout) => new()
    {
        ParentHash = list.Hash(),
        OmmersHash = list.Hash(),
        Beneficiary = list.Address(),
        StateRoot = list.Hash(),
        TransactionsRoot = list.Hash(),
        ReceiptsRoot = list.Hash(),
        LogsBloom = Bloom.TryFromBytes(list.Fixed(Bloom.Size), out var bloom) ? bloom : Bloom.Empty,
        Difficulty = list.UInt256(),
        Number = list.UInt64(),
        GasLimit = list.UInt64(),
        GasUsed = list.UInt64(),
        Timestamp = list.UInt64(),
        ExtraData = list.Bytes(ExtraDataBytesMax).ToArray(),
        MixHash = list.Hash(),
        MixNonce = new ByteReader(list.Fixed(MixNonceSize)).UInt64(),
        BaseFeePerGas = layout >= HeaderLayout.London ? list.UInt256() : null,
        WithdrawalsRoot = layout >= HeaderLayout.Shanghai ? list.Hash() : null,
        BlobGasUsed = layout >= HeaderLayout.Cancun ? list.UInt64() : null,
        ExcessBlobGas = layout >= HeaderLayout.Cancun ? list.UInt64() : null,
        ParentBeaconBlockRoot = layout >= HeaderLayout.Cancun ? list.Hash() : null,
        RequestsHash = layout >= HeaderLayout.Prague ? list.Hash() : null,
        BlockAccessListHash = layout >= HeaderLayout.Amsterdam ? list.Hash() : null,
        SlotNumber = layout >= HeaderLayout.Amsterdam ? list.UInt64() : null,
    };
}
