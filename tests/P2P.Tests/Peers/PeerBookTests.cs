using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

public sealed class PeerBookTests
{
    private static readonly GenesisHash Genesis = TestPeer.Genesis;

    private readonly HashSet<Address> _allowed = TestPeer.Addresses(1, 2, 3);
    private readonly PeerBook _book;
    private TimeSpan _now;

    public PeerBookTests() => _book = new PeerBook(Genesis, _allowed.Contains);

    [Fact]
    public void TheNewestWordOfEachNodeIsKept()
    {
        Assert.Equal(BookEntry.Taken, Learn(Entry(1, "old.example", 5)));
        Assert.Equal(BookEntry.Taken, Learn(Entry(2, "other.example", 1)));
        Assert.Equal(BookEntry.Taken, Learn(Entry(1, "new.example", 6)));
        Assert.Equal(BookEntry.Ignored, Learn(Entry(1, "old.example", 5)));
        Assert.Equal(BookEntry.Ignored, Learn(Entry(1, "same.example", 6)));
        Assert.Equal(["new.example", "other.example"], _book.Entries.Select(entry => entry.Endpoint.Host).Order());
    }

    [Fact]
    public void WhoMovesTooOftenIsFollowedNoFaster()
    {
        Assert.Equal(BookEntry.Taken, _book.Learn(Entry(1, "a.example", 1), TimeSpan.Zero));
        Assert.Equal(BookEntry.Taken, _book.Learn(Entry(1, "b.example", 2), TimeSpan.Zero)); // what was known may be from long ago
        var soon = PeerBook.BetweenMoves - TimeSpan.FromMilliseconds(1);
        Assert.Equal(BookEntry.Ignored, _book.Learn(Entry(1, "c.example", 3), soon));
        Assert.Equal("b.example", Assert.Single(_book.Entries).Endpoint.Host);
        Assert.Equal(BookEntry.Taken, _book.Learn(Entry(2, "a.example", 1), soon)); // the others are not kept waiting
        Assert.Equal(BookEntry.Taken, _book.Learn(Entry(1, "c.example", 3), PeerBook.BetweenMoves));
    }

    [Fact]
    public void NobodySpeaksForAnother()
    {
        var own = Entry(1, "a.example", 1);
        SignedEndpoint[] forged =
        [
            own with { Endpoint = own.Endpoint with { Address = TestPeer.KeyOf(2).Address } },
            own with { Endpoint = own.Endpoint with { Host = "b.example" } },
            own with { Endpoint = own.Endpoint with { Port = 1 } },
            own with { Sequence = 2 },
            SignedEndpoint.Sign(own.Endpoint, 1, TestPeer.KeyOf(1), new GenesisHash(Hash256.Sha256([9]))),
        ];
        foreach (var entry in forged) Assert.Equal(BookEntry.Forged, Learn(entry));
        Assert.Empty(_book.Entries);
        Assert.Equal(BookEntry.Taken, Learn(own));
    }

    [Fact]
    public void WhoMayNotConnectIsNotInTheBook()
    {
        Assert.Equal(BookEntry.Ignored, Learn(Entry(4, "stranger.example", 1)));
        Assert.Equal(BookEntry.Taken, Learn(Entry(3, "leaver.example", 1)));
        _allowed.Remove(TestPeer.KeyOf(3).Address);
        Assert.Empty(_book.Entries);
    }

    [Fact]
    public void TheBookIsBoundedAndThoseWhoLeftMakeRoom()
    {
        var keys = Enumerable.Range(0, PeerBook.EntriesMax + 1).Select(i => PrivateKey.FromSeed(Hash256.Sha256([1, (byte)(i >> 8), (byte)(i & 255)]))).ToArray();
        foreach (var key in keys) _allowed.Add(key.Address);
        foreach (var key in keys[1..]) Assert.Equal(BookEntry.Taken, Learn(Sign(key, "a.example", 1)));
        Assert.Equal(BookEntry.Ignored, Learn(Sign(keys[0], "a.example", 1)));
        Assert.Equal(BookEntry.Taken, Learn(Sign(keys[1], "b.example", 2))); // a known node may still move
        _allowed.Remove(keys[^1].Address);
        Assert.Equal(BookEntry.Taken, Learn(Sign(keys[0], "a.example", 1)));
        Assert.Equal(PeerBook.EntriesMax, _book.Entries.Count);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    [InlineData("node-1.example")]
    public void WhatIsWrittenIsRead(string host)
    {
        var one = Entry(1, host, ulong.MaxValue);
        Assert.True(SignedEndpoint.TryDecode(one.Encode(), out var read));
        Assert.Equal(one, read);
        Assert.True(read.IsAuthentic(Genesis));
        Assert.True(SignedEndpoint.TryDecodeAll(SignedEndpoint.EncodeAll([one, Entry(2, host, 0)]), 2, out var both));
        Assert.Equal([one, Entry(2, host, 0)], both);
        Assert.True(SignedEndpoint.TryDecodeAll([], 0, out var none));
        Assert.Equal(ImmutableArray<SignedEndpoint>.Empty, none);
    }

    [Fact]
    public void WhatIsOutOfBoundsIsNotRead()
    {
        var one = Entry(1, "a.example", 1).Encode();
        Assert.False(SignedEndpoint.TryDecodeAll([.. one, .. one], 1, out _));
        Assert.False(SignedEndpoint.TryDecode([], out _));
        for (var cut = 1; cut < one.Length; cut++) Assert.False(SignedEndpoint.TryDecode(one.AsSpan(0, cut), out _));
        foreach (var host in (string[])["", "a b", "::1", "ex\u00e4mple"]) Assert.False(SignedEndpoint.TryDecode(Raw(host, 1), out _));
        Assert.False(SignedEndpoint.TryDecode(Raw("a.example", 0), out _));
        Assert.True(SignedEndpoint.TryDecode(Raw("a.example", 1), out _));
    }

    // Time enough passes between two words.
    private BookEntry Learn(SignedEndpoint entry) => _book.Learn(entry, _now += PeerBook.BetweenMoves);

    private static SignedEndpoint Entry(int number, string host, ulong sequence) => Sign(TestPeer.KeyOf(number), host, sequence);

    private static SignedEndpoint Sign(PrivateKey key, string host, ulong sequence) =>
        SignedEndpoint.Sign(new PeerEndpoint(key.Address, host, 26656), sequence, key, Genesis);

    private static byte[] Raw(string host, ushort port)
    {
        var one = Entry(1, "a.example", 1);
        var bytes = System.Text.Encoding.Latin1.GetBytes(host);
        return new ByteWriter().Address(one.Node).Byte((byte)bytes.Length).Bytes(bytes).UInt16(port).UInt64(1).Signature(one.Signature).ToArray();
    }
}
