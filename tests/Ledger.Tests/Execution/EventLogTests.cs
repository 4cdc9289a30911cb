using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>The bytes that the log writes by hand are those that protobuf writes.</summary>
public sealed class EventLogTests
{
    private static readonly Address SomeAddress = PrivateKey.FromSeed(Hash256.Sha256([1])).Address;

    [Fact]
    public void EventsHaveTheBytesOfProtobuf()
    {
        var stream = new SeededStream(1);
        var log = new EventLog();
        var wanted = new List<Event>();
        for (var i = 0; i < 500; i++)
        {
            var kind = "module." + Text(stream, 200);
            var attributes = Enumerable.Range(0, (int)stream.NextBelow(5)).Select(_ => (Key: Text(stream, 140), Value: Text(stream, i % 50 == 0 ? 20_000UL : 300UL))).ToList();
            var transaction = stream.NextBelow(3) == 0 ? 0 : (uint)stream.NextBelow(70_000);
            log.Add(kind, transaction, [.. attributes.Select(a => (a.Key, (EventValue)a.Value))]);
            var happened = new Event { Kind = kind, Transaction = transaction };
            happened.Attributes.AddRange(attributes.Select(a => new EventAttribute { Key = a.Key, Value = a.Value }));
            wanted.Add(happened);
        }

        var list = log.Close();
        Assert.Equal(wanted, list);
        for (var i = 0; i < wanted.Count; i++) Assert.Equal(wanted[i].ToByteArray(), list.Encoded(i).ToArray());
        Assert.Equal(MerkleTree.Root([.. wanted.Select(e => MerkleTree.LeafHash(e.ToByteArray()))]), list.Root());
        Assert.Equal(wanted, EventList.FromPacked(list.Packed));
    }

    [Fact]
    public void ValuesAreText()
    {
        var log = new EventLog();
        log.Add("a.b", 0, [("a", SomeAddress), ("b", new Amount(UInt128.MaxValue)), ("c", new Amount(1_500_000_000_000_000_000)), ("d", Amount.Zero), ("e", new Height(7)), ("f", ulong.MaxValue), ("g", 12), ("h", Hash256.Zero), ("i", "")]);
        string[] values = [.. Assert.Single(log.ToList()).Attributes.Select(a => a.Value)];
        Assert.Equal([SomeAddress.ToString().ToLowerInvariant(), "340282366920938463463.374607431768211455", "1.5", "0", "7", "18446744073709551615", "12", Hash256.Zero.ToString(), ""], values);
        Assert.True(Address.TryParse(values[0], out var address));
        Assert.Equal(SomeAddress, address);
    }

    [Fact]
    public void WhatIsTakenBackLeavesNothing()
    {
        var log = new EventLog();
        log.Add("kept", 1, [("key", "value")]);
        var before = log.ToList().Packed;
        log.Add("gone", 2, [("key", new string('x', 10_000))]);
        log.Shorten(1);
        Assert.Equal(before, log.ToList().Packed);
        log.Shorten(0);
        Assert.Empty(log.ToList());
        Assert.Equal(Hash256.Zero, log.ToList().Root());
    }

    [Theory]
    [InlineData("00")]
    [InlineData("00000005")]
    [InlineData("0000000101000000")]
    [InlineData("ffffffff00")]
    public void WhatWasNotPackedIsNotUnpacked(string packed) => Assert.Throws<InvariantException>(() => EventList.FromPacked(Convert.FromHexString(packed)));

    // Of one to four bytes a character.
    private static string Text(SeededStream stream, ulong lengthMax)
    {
        string[] letters = ["a", "Z", "é", "€", "😀", "\0"];
        return string.Concat(Enumerable.Range(0, (int)stream.NextBelow(lengthMax)).Select(_ => letters[stream.NextBelow((ulong)letters.Length)]));
    }
}
