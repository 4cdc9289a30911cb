namespace NeuroChain.Chain.Tests;

/// <summary>The vault's events are read in their one form; the contract's own interface is compared in Bridge.Tests.</summary>
public sealed class VaultNoticeTests
{
    private static readonly Address Vault = Address.FromBytes(Enumerable.Repeat((byte)9, 20).ToArray());

    private static readonly Address Someone = Address.FromBytes(Enumerable.Repeat((byte)7, 20).ToArray());

    private static readonly Hash256 A = Hash256.Sha256("a"u8);

    private static readonly Hash256 B = Hash256.Sha256("b"u8);

    public static TheoryData<string, Hash256[], Hash256[], VaultNotice> All => new()
    {
        { "VaultDeployed(uint64,bytes32,bytes32,uint64,address)", [Word(1)], [A, B, Word(4), Word(Someone)], new VaultNotice.Deployed(1, A, B, new Height(4), Someone) },
        { "Locked(uint64,address,bytes32,uint256,uint256)", [Word(2), Word(Someone), A], [Word(5), Word(6)], new VaultNotice.Locked(2, Someone, A, new Amount(5), new Amount(6)) },
        { "Released(uint64,bytes32,address,uint256,uint64,uint256)", [Word(3), A, Word(Someone)], [Word(5), Word(8), Word(9)], new VaultNotice.Released(3, A, Someone, new Amount(5), 8, new Amount(9)) },
        { "ValidatorsFollowed(uint64,uint64,bytes32)", [Word(4)], [Word(8), A], new VaultNotice.Followed(4, new Height(8), A) },
        { "Forked(uint64,uint64,uint256)", [Word(5)], [Word(8), Word(1)], new VaultNotice.Forked(5, new Height(8), new UInt256(1)) },
        { "PausedSet(uint64,uint8,uint32)", [Word(6)], [Word(3), Word(70_000)], new VaultNotice.Paused(6, 3, 70_000) },
        { "ActionDone(uint64,bytes32,uint8)", [Word(7), A], [Word(2)], new VaultNotice.ActionDone(7, A, 2) },
        { "LimitsSet(uint64,uint96,uint96,uint96)", [Word(8)], [Word(1), Word(2), Word(3)], new VaultNotice.LimitsSet(8, new Amount(1), new Amount(2), new Amount(3)) },
        { "LimitsPending(uint64,uint96,uint96,uint40)", [Word(9)], [Word(1), Word(2), Word(3)], new VaultNotice.LimitsPending(9, new Amount(1), new Amount(2), 3) },
        { "UnpauseStarted(uint64,uint32,uint40)", [Word(9)], [Word(3), Word(4)], new VaultNotice.UnpauseStarted(9, 3, 4) },
        { "GuardianSet(uint64,address,uint256)", [Word(10), Word(Someone)], [UInt256.MaxValue.ToHash()], new VaultNotice.GuardianSet(10, Someone, UInt256.MaxValue) },
        { "Rescued(uint64,address,address,uint256)", [Word(11), Word(Someone), Word(Vault)], [UInt256.MaxValue.ToHash()], new VaultNotice.Rescued(11, Someone, Vault, UInt256.MaxValue) },
        { "RetireStarted(uint64,address,uint40)", [Word(12)], [Word(Someone), Word(5)], new VaultNotice.RetireStarted(12, Someone, 5) },
        { "RecoveryStarted(uint64,address,uint40)", [Word(13)], [Word(Someone), Word(5)], new VaultNotice.RecoveryStarted(13, Someone, 5) },
        { "RecoveryCancelled(uint64)", [Word(14)], [], new VaultNotice.RecoveryCancelled(14) },
        { "VaultRetired(uint64,address,uint256)", [Word(15)], [Word(Someone), Word(5)], new VaultNotice.Retired(15, Someone, new Amount(5)) },
        { "Inherited(uint64,address,uint256,uint256)", [Word(16), Word(Someone)], [Word(5), Word(6)], new VaultNotice.Inherited(16, Someone, new Amount(5), new Amount(6)) },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void EachIsReadInItsOneForm(string signature, Hash256[] indexed, Hash256[] rest, VaultNotice expected)
    {
        var log = Log(signature, indexed, rest);
        Assert.True(VaultNotice.TryRead(log, out var read));
        Assert.Equal(expected, read);
        Assert.True(VaultNotice.TryReadNonce(log, out var nonce));
        Assert.Equal(expected.Nonce, nonce);

        Assert.False(VaultNotice.TryRead(log with { Data = new byte[log.Data.Length + 32] }, out _));
        Assert.False(VaultNotice.TryRead(log with { Topics = log.Topics.Add(A) }, out _));
        Assert.False(VaultNotice.TryRead(log with { Topics = log.Topics.RemoveAt(log.Topics.Length - 1) }, out _));
        Assert.False(VaultNotice.TryRead(log with { Topics = log.Topics.SetItem(1, Word(0)) }, out _)); // the nonce begins with 1
        Assert.False(VaultNotice.TryRead(log with { Topics = log.Topics.SetItem(1, UInt256.MaxValue.ToHash()) }, out _));
        if (!log.Data.IsEmpty) Assert.False(VaultNotice.TryRead(log with { Data = log.Data[1..] }, out _));
    }

    [Theory]
    [InlineData("Locked(uint64,address,bytes32,uint256,uint256)", 3, 2, 1, "an address of more than 20 bytes")]
    [InlineData("Locked(uint64,address,bytes32,uint256,uint256)", 3, 2, 3, "a sum of more than 128 bits")]
    [InlineData("PausedSet(uint64,uint8,uint32)", 1, 2, 1, "flags of more than a byte")]
    [InlineData("UnpauseStarted(uint64,uint32,uint40)", 1, 2, 1, "a count of more than 32 bits")]
    public void WhatDoesNotFitItsTypeIsRefused(string signature, int indexed, int rest, int bad, string what)
    {
        var words = Enumerable.Range(0, indexed + rest).Select(i => i == bad ? UInt256.MaxValue.ToHash() : Word(1)).ToArray();
        Assert.False(VaultNotice.TryRead(Log(signature, words[..indexed], words[indexed..]), out _), what);
        words[bad] = Word(1);
        Assert.True(VaultNotice.TryRead(Log(signature, words[..indexed], words[indexed..]), out _));
    }

    [Fact]
    public void AnotherLogIsNone()
    {
        Assert.False(VaultNotice.TryRead(new EthereumLog(Vault, [], default), out _));
        Assert.False(VaultNotice.TryReadNonce(new EthereumLog(Vault, [A], default), out _));
        Assert.False(VaultNotice.TryRead(Log("Transfer(address,address,uint256)", [Word(1), Word(2)], [Word(3)]), out _));
    }

    [Fact]
    public void TheChainOfEventsHashesEveryWordOnce()
    {
        var log = Log("Locked(uint64,address,bytes32,uint256,uint256)", [Word(2), Word(Someone), A], [Word(5), Word(6)]);
        var arguments = Keccak256.Hash(new AbiWriter().Address(Someone).Hash(A).UInt64(5).UInt64(6).ToArray());
        Assert.Equal(Keccak256.Hash(new AbiWriter().Hash(B).UInt64(2).Hash(log.Topics[0]).Hash(arguments).ToArray()), VaultNotice.Fold(B, log));
    }

    private static EthereumLog Log(string signature, Hash256[] indexed, Hash256[] rest) =>
        new(Vault, [AbiEvent.Of(signature, 0).Topic, .. indexed], rest.SelectMany(word => word.ToArray()).ToArray());

    private static Hash256 Word(ulong value) => new UInt256(value).ToHash();

    private static Hash256 Word(Address value) => Hash256.FromBytes(new AbiWriter().Address(value).ToArray());
}
