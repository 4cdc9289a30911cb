using System.Net;
using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

public sealed class DnsMessageTests
{
    [Fact]
    public void WhatIsWrittenIsRead()
    {
        DnsRecord[] records =
        [
            new DnsRecord.Pointer("_a._tcp.local", "one._a._tcp.local"),
            new DnsRecord.Service("one._a._tcp.local", 26656, "one.local"),
            new DnsRecord.Text("one._a._tcp.local", ["key=value", ""]),
            new DnsRecord.Host("one.local", IPAddress.Parse("192.0.2.1")),
            new DnsRecord.Host("one.local", IPAddress.Parse("2001:db8::1")),
        ];
        var message = new DnsMessage(true, ["_a._tcp.local"], [.. records]);
        Assert.True(DnsMessage.TryDecode(message.Encode(), out var read));
        Assert.True(read.IsResponse);
        Assert.Equal(message.Questions, read.Questions);
        Assert.Equal(records.Length, read.Records.Length);
        foreach (var (expected, record) in records.Zip(read.Records))
            if (expected is DnsRecord.Text text) Assert.Equal(text.Strings, Assert.IsType<DnsRecord.Text>(record).Strings);
            else Assert.Equal(expected, record);
    }

    [Fact]
    public void AMessageAsOthersWriteItIsRead()
    {
        // A response of avahi's form: names shortened by pointers, another kind of record between.
        byte[] bytes =
        [
            0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 1,
            2, (byte)'_', (byte)'a', 4, .. "_tcp"u8, 5, .. "local"u8, 0, 0, 12, 0, 1, 0, 0, 0, 9, 0, 4, 1, (byte)'x', 0xc0, 12,
            0xc0, 12, 0, 47, 0, 1, 0, 0, 0, 9, 0, 3, 1, 2, 3,
            0xc0, 37, 0, 33, 0x80, 1, 0, 0, 0, 9, 0, 8, 0, 0, 0, 0, 0x1f, 0x90, 0xc0, 20,
        ];
        Assert.True(DnsMessage.TryDecode(bytes, out var message));
        Assert.Equal([new DnsRecord.Pointer("_a._tcp.local", "x._a._tcp.local"), new DnsRecord.Service("x._a._tcp.local", 8080, "local")], message.Records);
    }

    [Fact]
    public void AGoodbyeIsPassedOver()
    {
        var bytes = new DnsMessage(true, [], [new DnsRecord.Pointer("a", "b")]).Encode();
        bytes[22] = 0; // the last byte of the time to live: 12 of the header, 3 of the name, 4 of type and class, then 4
        Assert.True(DnsMessage.TryDecode(bytes, out var message));
        Assert.Empty(message.Records);
    }

    [Theory]
    [InlineData(0xc0, 12)] // to itself
    [InlineData(0xc0, 13)]
    [InlineData(0xc0, 200)] // ahead
    [InlineData(0x40, 0)] // a label of 64
    public void ANameThatLeadsNowhereIsRefused(byte first, byte second)
    {
        byte[] bytes = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, first, second, 0, 12, 0, 1, .. new byte[70]];
        Assert.False(DnsMessage.TryDecode(bytes, out _));
    }

    [Fact]
    public void ANameIsNeverLongerThanTheDnsHasThem()
    {
        // Each question's name is a label and a pointer to the one before: the last would have 40 labels of ten bytes.
        var writer = new ByteWriter().UInt16(0).UInt16(0).UInt16(40).UInt16(0).UInt32(0);
        var previous = 0;
        for (var i = 0; i < 40; i++)
        {
            var at = writer.Length;
            writer.Byte(10).Bytes("0123456789"u8);
            if (i == 0) writer.Byte(0);
            else writer.UInt16((ushort)(0xc000 | previous));
            writer.UInt16(12).UInt16(1);
            previous = at;
        }

        Assert.False(DnsMessage.TryDecode(writer.ToArray(), out _));
    }

    [Fact]
    public void WhatIsCutIsRefused()
    {
        var bytes = new DnsMessage(true, ["_a._tcp.local"], [new DnsRecord.Service("one.local", 1, "one.local")]).Encode();
        for (var length = 0; length < bytes.Length; length++) Assert.False(DnsMessage.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(DnsMessage.TryDecode(new byte[DnsMessage.BytesMax + 1], out _));
        Assert.False(DnsMessage.TryDecode([0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, .. new byte[500]], out _));
    }
}
