using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>Messages about transactions: what is written is read, and what is out of bounds is not.</summary>
public sealed class PeerMessageTests
{
    [Fact]
    public void TransactionsAreReadAsWritten()
    {
        ReadOnlyMemory<byte>[] parts = [new byte[] { 1 }, new byte[] { 2, 3 }, new byte[Limits.TransactionBytesMax]];
        var read = Assert.IsType<PeerMessage.TransactionsMessage>(Read(new PeerMessage.TransactionsMessage([.. parts]).Encode()));
        Assert.Equal(parts.Select(p => p.ToArray()), read.Transactions.Select(p => p.ToArray()));
    }

    [Fact]
    public void HashesAndLinksAreReadAsWritten()
    {
        TransactionHash[] hashes = [.. Enumerable.Range(0, 3).Select(i => new TransactionHash(Hash256.Sha256([(byte)i])))];
        Assert.Equal(hashes, Assert.IsType<PeerMessage.AnnouncementMessage>(Read(new PeerMessage.AnnouncementMessage([.. hashes]).Encode())).Hashes);
        Assert.Equal(hashes, Assert.IsType<PeerMessage.WantedMessage>(Read(new PeerMessage.WantedMessage([.. hashes]).Encode())).Hashes);
        Address[] peers = [.. Enumerable.Range(1, 4).Select(i => PrivateKey.FromSeed(Hash256.Sha256([(byte)i])).Address)];
        Assert.Equal(peers, Assert.IsType<PeerMessage.LinksMessage>(Read(new PeerMessage.LinksMessage([.. peers]).Encode())).Peers);
        Assert.Empty(Assert.IsType<PeerMessage.LinksMessage>(Read(new PeerMessage.LinksMessage([]).Encode())).Peers);
    }

    [Theory]
    [InlineData(6, 0)] // no transaction
    [InlineData(6, 3)] // half a length
    [InlineData(6, (256 * 1024) + 1)]
    [InlineData(16, 0)]
    [InlineData(16, 33)]
    [InlineData(16, 32 * 4097)]
    [InlineData(17, 31)]
    [InlineData(18, 19)]
    [InlineData(18, 20 * 257)]
    public void WhatIsOutOfBoundsIsNotRead(byte kind, int length)
    {
        byte[] bytes = [kind, .. new byte[length]];
        Assert.False(PeerMessage.TryDecode(bytes, out _));
    }

    [Theory]
    [InlineData(2, 195)] // vote
    [InlineData(3, 64 * 1024)]
    [InlineData(4, 64 * 1024)]
    [InlineData(5, 9)] // status
    [InlineData(6, (256 * 1024) + 1)]
    [InlineData(8, 33 + (2 * 20_000))]
    [InlineData(9, 33 + (512 * 1024) + (64 * 1024) + (6 * 20_000))] // of a block
    [InlineData(16, 1 + (4096 * 32))]
    [InlineData(17, 1 + (4096 * 32))]
    [InlineData(18, 64 * 1024)]
    public void EachKindHasItsBound(byte kind, int most) => Assert.Equal(most, PeerMessage.MostBytes([kind, 1, 2]));

    [Fact]
    public void TheGreatestCertificateIsWithinItsBound()
    {
        Assert.InRange(2 + (Limits.ValidatorsMax * SignedVote.EncodedMax), 1, PeerMessage.MostBytes([4]));
        Assert.Equal(0, PeerMessage.MostBytes([]));
    }

    [Fact]
    public void ALengthThatLiesIsNotRead() => Assert.False(PeerMessage.TryDecode([6, 0, 0, 0, 5, 1, 2, 3, 4], out _));

    [Fact]
    public void ManyTransactionsGoInMessagesOfBoundedBytes()
    {
        using var network = new EngineNetwork(1);
        var transactions = Enumerable.Range(0, 2_000).Select(network.Transfer).ToArray();
        var messages = PeerMessage.TransactionsMessage.Batches(transactions).Cast<PeerMessage.TransactionsMessage>().ToArray();
        Assert.InRange(messages.Length, 2, 3);
        Assert.All(messages, message => Assert.InRange(message.Encode().Length, 1, PeerMessage.TransactionsMessage.BytesMax + 1));
        Assert.Equal(transactions.Select(t => t.Bytes.Length), messages.SelectMany(m => m.Transactions).Select(t => t.Length));
    }

    private static PeerMessage Read(byte[] bytes)
    {
        Assert.True(PeerMessage.TryDecode(bytes, out var message));
        return message;
    }
}
