using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace NeuroChain.Chain.Tests;

/// <summary>RLP against the official vectors, and in one spelling only.</summary>
public sealed class RlpTests
{
    [Fact]
    public void WhatTheOfficialVectorsEncodeIsWrittenAndRead()
    {
        var read = 0;
        foreach (var vector in OfficialVectors.Read("rlptest.json").EnumerateObject())
        {
            var writer = new RlpWriter();
            Write(writer, vector.Value.GetProperty("in"));
            Assert.Equal((vector.Name, vector.Value.GetProperty("out").GetString()), (vector.Name, Hex.Encode(writer.ToArray())));
            Assert.Equal((vector.Name, EthereumFault.None), (vector.Name, Again(writer.ToArray(), out var again)));
            Assert.Equal(writer.ToArray(), again);
            read++;
        }

        Assert.True(read >= 27);
    }

    [Fact]
    public void WhatTheOfficialVectorsCallInvalidIsRefused()
    {
        var refused = 0;
        foreach (var vector in OfficialVectors.Read("invalidRLPTest.json").EnumerateObject())
        {
            Assert.True(Hex.TryDecode(vector.Value.GetProperty("out").GetString(), out var bytes));
            Assert.True(Again(bytes, out _) != EthereumFault.None, vector.Name);
            refused++;
        }

        Assert.True(refused >= 20);
    }

    [Theory]
    [InlineData("", EthereumFault.Truncated)]
    [InlineData("8001", EthereumFault.LeftOver)]
    [InlineData("8100", EthereumFault.NotShortest)]
    [InlineData("817f", EthereumFault.NotShortest)]
    [InlineData("81", EthereumFault.Truncated)]
    [InlineData("b800", EthereumFault.NotShortest)]
    [InlineData("b801ff", EthereumFault.NotShortest)]
    [InlineData("b90038", EthereumFault.NotShortest)]
    [InlineData("b838", EthereumFault.Truncated)]
    [InlineData("f801c0", EthereumFault.NotShortest)]
    [InlineData("c1", EthereumFault.Truncated)]
    [InlineData("bbffffffff", EthereumFault.Truncated)]
    [InlineData("bfffffffffffffffff", EthereumFault.Truncated)]
    [InlineData("ffffffffffffffffff", EthereumFault.Truncated)]
    [InlineData("c281", EthereumFault.Truncated)]
    [InlineData("c28100", EthereumFault.NotShortest)]
    public void EachFaultHasItsName(string hex, EthereumFault fault) => Assert.Equal(fault, Again(Convert.FromHexString(hex), out _));

    [Theory]
    [InlineData("00", EthereumFault.LeadingZero)]
    [InlineData("820001", EthereumFault.LeadingZero)]
    [InlineData("89010000000000000000", EthereumFault.TooLarge)]
    [InlineData("c0", EthereumFault.NotAString)]
    public void ANumberHasNoLeadingZerosAndFits(string hex, EthereumFault fault)
    {
        var reader = new RlpReader(Convert.FromHexString(hex));
        Assert.Equal(0UL, reader.UInt64());
        Assert.Equal(fault, reader.Fault);
    }

    [Fact]
    public void EveryNumberIsReadAsItWasWritten()
    {
        var stream = new SeededStream(1);
        for (var i = 0; i < 2_000; i++)
        {
            var (number, small) = (AnyEthereum.AnyNumber(stream), AnyEthereum.AnySmallNumber(stream));
            var reader = new RlpReader(new RlpWriter().UInt256(number).UInt64(small).ToArray());
            Assert.Equal((number, small), (reader.UInt256(), reader.UInt64()));
            Assert.True(reader.IsWhole);
        }
    }

    [Fact]
    public void ListsOfEveryLengthAroundTheEdgesAreReadAsTheyWereWritten()
    {
        foreach (var length in (int[])[0, 1, 54, 55, 56, 57, 255, 256, 257, 65_535, 65_536])
        {
            var writer = new RlpWriter();
            var (content, list) = (new byte[length], writer.Begin());
            Array.Fill(content, (byte)0x7f);
            var encoded = writer.Raw(content).End(list).Bytes(content).ToArray();
            var reader = new RlpReader(encoded);
            var inner = reader.List();
            for (var i = 0; i < length; i++) Assert.Equal(0x7fUL, inner.UInt64());
            reader.Leave(ref inner);
            Assert.True(content.AsSpan().SequenceEqual(reader.Bytes()));
            Assert.True(reader.IsWhole);
        }
    }

    /// <summary>Whatever bytes are taken, the values in them encode to these bytes: there is one spelling.</summary>
    [Fact]
    public void RandomBytesThatAreTakenEncodeToThemselves()
    {
        var (stream, taken) = (new SeededStream(2), 0);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = AnyEthereum.Bytes(stream, 8);
            if (bytes.Length > 0 && stream.NextChance(1, 2)) bytes[0] = (byte)(0xbf + bytes.Length);
            if (Again(bytes, out var again) != EthereumFault.None) continue;
            Assert.Equal(bytes, again);
            taken++;
        }

        Assert.True(taken > 1_000);
    }

    [Fact]
    public void TheFirstFaultStands()
    {
        var reader = new RlpReader([0xc0, 0x80]);
        _ = reader.Bytes();
        _ = reader.List();
        reader.End();
        Assert.Equal(EthereumFault.NotAString, reader.Fault);
        Assert.False(reader.HasMore);
    }

    // Reads any item, however deep these tests nest it, and writes it again.
    private static EthereumFault Again(byte[] bytes, out byte[] again)
    {
        var writer = new RlpWriter();
        var reader = new RlpReader(bytes);
        Copy(ref reader, writer);
        reader.End();
        again = writer.ToArray();
        return reader.Fault;
    }

    private static void Write(RlpWriter writer, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var list = writer.Begin();
            foreach (var item in value.EnumerateArray()) Write(writer, item);
            writer.End(list);
        }
        else
        {
            writer.Bytes(value.ValueKind == JsonValueKind.Number ? Number(value.GetRawText()) : Text(value.GetString()!));
        }
    }

    private static byte[] Text(string text) => text is ['#', ..] ? Number(text[1..]) : Encoding.Latin1.GetBytes(text);

    private static byte[] Number(string digits) =>
        BigInteger.Parse(digits, CultureInfo.InvariantCulture) is { IsZero: false } number ? number.ToByteArray(isUnsigned: true, isBigEndian: true) : [];

    private static void Copy(ref RlpReader reader, RlpWriter writer)
    {
        if (reader.Unread is not [>= 0xc0, ..])
        {
            writer.Bytes(reader.Bytes());
            return;
        }

        var inner = reader.List();
        var list = writer.Begin();
        while (inner.HasMore) Copy(ref inner, writer);
        reader.Leave(ref inner);
        writer.End(list);
    }
}
