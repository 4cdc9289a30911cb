using System.Collections.Immutable;

namespace NeuroChain.Chain.Tests;

/// <summary>Things of Ethereum made from a seed, in all the forms that they have.</summary>
internal static class AnyEthereum
{
    public static readonly ImmutableArray<HeaderLayout> Layouts =
        [HeaderLayout.Frontier, HeaderLayout.London, HeaderLayout.Shanghai, HeaderLayout.Cancun, HeaderLayout.Prague, HeaderLayout.Amsterdam];

    public static byte[] Bytes(SeededStream s, int most)
    {
        var bytes = new byte[s.NextBelow((ulong)most + 1)];
        s.Fill(bytes);
        return bytes;
    }

    public static Address AnyAddress(SeededStream s) => Chain.Address.FromBytes(s.NextHash().ToArray().AsSpan(0, Chain.Address.Size));

    /// <summary>Small ones as often as great ones.</summary>
    public static UInt256 AnyNumber(SeededStream s)
    {
        var bytes = s.NextHash().ToArray();
        bytes.AsSpan(0, (int)s.NextBelow(UInt256.Size + 1)).Clear();
        return UInt256.FromBytes(bytes);
    }

    public static ulong AnySmallNumber(SeededStream s) => s.NextUInt64() >> (int)s.NextBelow(64);

    public static EthereumLog AnyLog(SeededStream s) =>
        new(AnyAddress(s), [.. Enumerable.Range(0, (int)s.NextBelow(EthereumLog.TopicsMax + 1)).Select(_ => s.NextHash())], Bytes(s, 100));

    public static EthereumReceipt AnyReceipt(SeededStream s)
    {
        var type = (byte)s.NextBelow(EthereumReceipt.TypeMax + 1UL);
        var isOld = type == 0 && s.NextChance(1, 3);
        var logs = Enumerable.Range(0, (int)s.NextBelow(4)).Select(_ => AnyLog(s));
        return new EthereumReceipt(type, isOld ? s.NextHash() : null, !isOld && s.NextChance(3, 4), AnySmallNumber(s), [.. logs]);
    }

    public static EthereumHeader AnyHeader(SeededStream s) => AnyHeader(s, Layouts[(int)s.NextBelow((ulong)Layouts.Length)]);

    public static EthereumHeader AnyHeader(SeededStream s, HeaderLayout layout) => new()
    {
        ParentHash = s.NextHash(),
        OmmersHash = s.NextHash(),
        Beneficiary = AnyAddress(s),
        StateRoot = s.NextHash(),
        TransactionsRoot = s.NextHash(),
        ReceiptsRoot = s.NextHash(),
        LogsBloom = Bloom.Of([AnyLog(s)]),
        Difficulty = AnyNumber(s),
        Number = AnySmallNumber(s),
        GasLimit = AnySmallNumber(s),
        GasUsed = AnySmallNumber(s),
        Timestamp = AnySmallNumber(s),
        ExtraData = Bytes(s, 40),
        MixHash = s.NextHash(),
        MixNonce = AnySmallNumber(s),
        BaseFeePerGas = layout >= HeaderLayout.London ? AnyNumber(s) : null,
        WithdrawalsRoot = layout >= HeaderLayout.Shanghai ? s.NextHash() : null,
        BlobGasUsed = layout >= HeaderLayout.Cancun ? AnySmallNumber(s) : null,
        ExcessBlobGas = layout >= HeaderLayout.Cancun ? AnySmallNumber(s) : null,
        ParentBeaconBlockRoot = layout >= HeaderLayout.Cancun ? s.NextHash() : null,
        RequestsHash = layout >= HeaderLayout.Prague ? s.NextHash() : null,
        BlockAccessListHash = layout >= HeaderLayout.Amsterdam ? s.NextHash() : null,
        SlotNumber = layout >= HeaderLayout.Amsterdam ? AnySmallNumber(s) : null,
    };

    public static EthereumAccount AnyAccount(SeededStream s) => new(AnySmallNumber(s), AnyNumber(s), s.NextHash(), s.NextHash());

    public static EthereumTransaction AnyTransaction(SeededStream s)
    {
        var type = (EthereumTransactionType)s.NextBelow(3);
        var fee = AnyNumber(s);
        return new EthereumTransaction
        {
            Type = type,
            ChainId = type == EthereumTransactionType.Legacy && s.NextChance(1, 4) ? null : s.NextUInt64() % EthereumTransaction.ChainIdMax >> (int)s.NextBelow(63),
            Nonce = AnySmallNumber(s) >> 1,
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = type == EthereumTransactionType.DynamicFee && s.NextChance(1, 2) ? fee : UInt256.Zero,
            GasLimit = AnySmallNumber(s),
            To = s.NextChance(1, 4) ? null : AnyAddress(s),
            Value = AnyNumber(s),
            Data = Bytes(s, 100),
            AccessList = type == EthereumTransactionType.Legacy ? [] : [.. Enumerable.Range(0, (int)s.NextBelow(3)).Select(_ => AnyEntry(s))],
        };
    }

    /// <summary>Receipts of a block and the trie over them.</summary>
    public static (ImmutableArray<EthereumReceipt> Receipts, PatriciaTrie Trie) AnyBlock(SeededStream s, int count)
    {
        ImmutableArray<EthereumReceipt> receipts = [.. Enumerable.Range(0, count).Select(_ => AnyReceipt(s))];
        return (receipts, EthereumReceipt.TrieOf(receipts));
    }

    private static AccessListEntry AnyEntry(SeededStream s) =>
        new(AnyAddress(s), [.. Enumerable.Range(0, (int)s.NextBelow(3)).Select(_ => s.NextHash())]);
}
