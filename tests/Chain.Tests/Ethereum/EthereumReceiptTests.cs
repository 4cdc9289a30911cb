using System.Text;

namespace NeuroChain.Chain.Tests;

/// <summary>Receipts of all types, with a state root or a status, and the bloom over their logs.</summary>
public sealed class EthereumReceiptTests
{
    private static readonly EthereumLog Log = new(Address.Zero, [Hash256.Zero], new byte[] { 1, 2 });

    [Fact]
    public void EveryReceiptIsReadAsItWasWritten()
    {
        var stream = new SeededStream(1);
        for (var i = 0; i < 500; i++)
        {
            var bytes = AnyEthereum.AnyReceipt(stream).Encode();
            Assert.True(EthereumReceipt.TryDecode(bytes, out var receipt, out var fault), fault.ToString());
            Assert.Equal(bytes, receipt.Encode());
        }
    }

    [Fact]
    public void AStateRootIsNoSuccess()
    {
        Assert.True(EthereumReceipt.TryDecode(new EthereumReceipt(0, Hash256.Sha256([1]), false, 21_000, [Log]).Encode(), out var old, out _));
        Assert.False(old.Succeeded);
        Assert.Equal(Hash256.Sha256([1]), old.PostState);
    }

    [Theory]
    [InlineData(0, "01", EthereumFault.None)]
    [InlineData(4, "80", EthereumFault.None)]
    [InlineData(0, "02", EthereumFault.MalformedStatus)]
    [InlineData(0, "00", EthereumFault.MalformedStatus)]
    [InlineData(0, "820001", EthereumFault.MalformedStatus)]
    [InlineData(2, "a00000000000000000000000000000000000000000000000000000000000000001", EthereumFault.MalformedStatus)]
    [InlineData(0, "a00000000000000000000000000000000000000000000000000000000000000001", EthereumFault.None)]
    [InlineData(0, "c0", EthereumFault.NotAString)]
    public void TheOutcomeIsAStatusOrInTheOldestAStateRoot(byte type, string outcome, EthereumFault fault) =>
        Assert.Equal(fault, FaultOf(type, Convert.FromHexString(outcome), Bloom.Empty, []));

    [Theory]
    [InlineData("", EthereumFault.Truncated)]
    [InlineData("05c0", EthereumFault.UnknownType)]
    [InlineData("7fc0", EthereumFault.UnknownType)]
    [InlineData("80", EthereumFault.UnknownType)]
    [InlineData("00c0", EthereumFault.UnknownType)]
    [InlineData("01", EthereumFault.Truncated)]
    [InlineData("0180", EthereumFault.NotAList)]
    [InlineData("c0", EthereumFault.Truncated)]
    [InlineData("02c0", EthereumFault.Truncated)]
    public void WhatIsNoReceiptIsRefusedByName(string hex, EthereumFault fault)
    {
        Assert.False(EthereumReceipt.TryDecode(Convert.FromHexString(hex), out _, out var found));
        Assert.Equal(fault, found);
    }

    [Fact]
    public void TheBloomIsThatOfTheLogs()
    {
        Assert.Equal(EthereumFault.None, FaultOf(2, [1], Bloom.Of([Log]), [Log]));
        Assert.Equal(EthereumFault.BloomMismatch, FaultOf(2, [1], Bloom.Empty, [Log]));
        Assert.Equal(EthereumFault.BloomMismatch, FaultOf(2, [1], Bloom.Of([Log]), []));
    }

    [Fact]
    public void ALogHasUpToFourTopics()
    {
        Assert.Equal(EthereumFault.None, FaultOf(2, [1], Bloom.Of([Log with { Topics = [.. Topics(4)] }]), [Log with { Topics = [.. Topics(4)] }]));
        Assert.Equal(EthereumFault.TooManyTopics, FaultOf(2, [1], Bloom.Of([Log with { Topics = [.. Topics(5)] }]), [Log with { Topics = [.. Topics(5)] }]));
    }

    [Fact]
    public void NothingMayFollowAReceipt()
    {
        Assert.False(EthereumReceipt.TryDecode([.. new EthereumReceipt(2, null, true, 1, []).Encode(), 0], out _, out var fault));
        Assert.Equal(EthereumFault.LeftOver, fault);
    }

    [Fact]
    public void WhatWasLoggedIsInTheBloomAndNearlyNothingElse()
    {
        var stream = new SeededStream(1);
        var logs = Enumerable.Range(0, 10).Select(_ => AnyEthereum.AnyLog(stream)).ToList();
        var bloom = Bloom.Of(logs);
        Assert.All(logs, log => Assert.True(bloom.MayContain(log.Address) && log.Topics.All(bloom.MayContain)));
        Assert.True(Enumerable.Range(0, 1_000).Count(_ => bloom.MayContain(AnyEthereum.AnyAddress(stream))) < 20);
        Assert.False(Bloom.Empty.MayContain(Address.Zero));
        Assert.Equal(bloom, Bloom.Of(logs.Concat(logs)));
    }

    /// <summary>Yellow paper, 4.3.1: of 0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6 the bits 1323, 431 and 1319.</summary>
    [Fact]
    public void AnEntrySetsTheBitsOfItsHash()
    {
        Assert.True(Address.TryParse("0x0f572e5295c57f15886f9b263e2f6d2d6c7b5ec6", out var address));
        var bloom = Bloom.Of([new EthereumLog(address, [], default)]).Bytes.ToArray();
        int[] bits = [.. Enumerable.Range(0, 2_048).Where(bit => (bloom[255 - (bit / 8)] & (1 << (bit % 8))) != 0)];
        Assert.Equal([431, 1319, 1323], bits);
    }

    private static IEnumerable<Hash256> Topics(int count) => Enumerable.Range(0, count).Select(i => Hash256.Sha256(Encoding.ASCII.GetBytes($"{i}")));

    private static EthereumFault FaultOf(byte type, byte[] outcome, Bloom bloom, EthereumLog[] logs)
    {
        var writer = new RlpWriter();
        if (type > 0) writer.Raw([type]);
        var list = writer.Begin();
        writer.Raw(outcome).UInt64(21_000).Bytes(bloom.Bytes);
        var inner = writer.Begin();
        foreach (var log in logs) Write(writer, log);
        Assert.Equal(EthereumReceipt.TryDecode(writer.End(inner).End(list).ToArray(), out _, out var fault), fault == EthereumFault.None);
        return fault;
    }

    private static void Write(RlpWriter writer, EthereumLog log)
    {
        var list = writer.Begin();
        writer.Address(log.Address);
        var topics = writer.Begin();
        foreach (var topic in log.Topics) writer.Hash(topic);
        writer.End(topics).Bytes(log.Data.Span).End(list);
    }
}
