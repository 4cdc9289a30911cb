using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NeuroChain.Chain.Tests;

/// <summary>Solidity's ABI against the official vectors and the examples of its specification, and in one spelling only.</summary>
public sealed class AbiTests
{
    [Fact]
    public void WhatTheOfficialVectorsEncodeIsWritten()
    {
        foreach (var vector in OfficialVectors.Read("basic_abi_tests.json").EnumerateObject())
        {
            var writer = new AbiWriter();
            var types = vector.Value.GetProperty("types").EnumerateArray().Select(type => type.GetString()!);
            foreach (var (type, argument) in types.Zip(vector.Value.GetProperty("args").EnumerateArray())) Write(writer, type, argument);
            Assert.Equal((vector.Name, vector.Value.GetProperty("result").GetString()), (vector.Name, Convert.ToHexStringLower(writer.ToArray())));
        }
    }

    [Theory]
    [InlineData("baz(uint32,bool)", "0xcdcd77c0")]
    [InlineData("sam(bytes,bool,uint256[])", "0xa5643bf2")]
    [InlineData("f(uint256,uint32[],bytes10,bytes)", "0x8be65246")]
    [InlineData("g(uint256[][],string[])", "0x2289b18c")]
    [InlineData("transfer(address,uint256)", "0xa9059cbb")]
    [InlineData("Error(string)", "0x08c379a0")]
    [InlineData("Panic(uint256)", "0x4e487b71")]
    public void SelectorsAreThoseOfTheSpecification(string signature, string selector) => Assert.Equal(selector, AbiSelector.Of(signature).ToString());

    /// <summary>"Examples" of the specification: sam("dave", true, [1, 2, 3]).</summary>
    [Fact]
    public void TheDynamicExampleIsWrittenAndRead()
    {
        var call = AbiSelector.Of("sam(bytes,bool,uint256[])").With(
            new AbiWriter().Bytes("dave"u8).Bool(true).Array([1UL, 2UL, 3UL], (elements, value) => elements.UInt64(value)));
        Assert.Equal(
            "a5643bf2" + Words("60", "1", "a0", "4") + "6461766500000000000000000000000000000000000000000000000000000000" + Words("3", "1", "2", "3"),
            Convert.ToHexStringLower(call));
        var reader = AbiSelector.Of("sam(bytes,bool,uint256[])").Open(call, 3);
        Assert.Equal("dave"u8.ToArray(), reader.Bytes(10).ToArray());
        Assert.True(reader.Bool());
        var array = reader.Array(3, 1, out var count);
        Assert.Equal([1UL, 2UL, 3UL], (ulong[])[array.UInt64(), array.UInt64(), array.UInt64()]);
        reader.Leave(ref array);
        Assert.Equal(3, count);
        Assert.True(reader.IsWhole);
    }

    /// <summary>"Use of Dynamic Types" of the specification: g([[1, 2], [3]], ["one", "two", "three"]).</summary>
    [Fact]
    public void TheNestedExampleIsWrittenAndRead()
    {
        ulong[][] numbers = [[1, 2], [3]];
        string[] names = ["one", "two", "three"];
        var bytes = new AbiWriter()
            .Array(numbers, (outer, inner) => outer.Array(inner, (elements, value) => elements.UInt64(value)))
            .Array(names, (elements, name) => elements.Text(name))
            .ToArray();
        Assert.Equal(
            Words("40", "140", "2", "40", "a0", "2", "1", "2", "1", "3", "3", "60", "a0", "e0", "3")
            + Text("one") + Words("3") + Text("two") + Words("5") + Text("three"),
            Convert.ToHexStringLower(bytes));
        var reader = new AbiReader(bytes, 2);
        var outer = reader.Array(2, 1, out var rows);
        for (var i = 0; i < rows; i++)
        {
            var row = outer.Array(2, 1, out var count);
            for (var j = 0; j < count; j++) Assert.Equal(numbers[i][j], row.UInt64());
            outer.Leave(ref row);
        }

        reader.Leave(ref outer);
        var texts = reader.Array(3, 1, out var textCount);
        for (var i = 0; i < textCount; i++) Assert.Equal(names[i], texts.Text(5));
        reader.Leave(ref texts);
        Assert.Equal(AbiFault.None, reader.WholeFault);
    }

    [Fact]
    public void StaticTuplesStandInLineAndDynamicOnesBehind()
    {
        var tuple = new AbiWriter().UInt64(1).Bytes([9]);
        var bytes = new AbiWriter().Tuple(new AbiWriter().UInt64(7).Bool(true)).Tuple(tuple).ToArray();
        Assert.Equal(Words("7", "1", "60", "1", "40", "1") + "09" + new string('0', 62), Convert.ToHexStringLower(bytes));
        var reader = new AbiReader(bytes, 3);
        Assert.Equal((7UL, true), (reader.UInt64(), reader.Bool()));
        var inner = reader.Tuple(2);
        Assert.Equal(1UL, inner.UInt64());
        Assert.Equal([9], inner.Bytes(1).ToArray());
        reader.Leave(ref inner);
        Assert.True(reader.IsWhole);
    }

    [Theory]
    [InlineData(32, 0x01, AbiFault.Padding)]
    [InlineData(43, 0x01, AbiFault.Padding)]
    [InlineData(44, 0x01, AbiFault.None)]
    [InlineData(64, 0x01, AbiFault.Padding)]
    [InlineData(95, 0x02, AbiFault.Padding)]
    [InlineData(127, 0xc0, AbiFault.Offset)]
    [InlineData(127, 0x81, AbiFault.Offset)]
    [InlineData(96, 0x80, AbiFault.Offset)]
    [InlineData(128, 0x01, AbiFault.TooLarge)]
    [InlineData(159, 0x21, AbiFault.Truncated)]
    [InlineData(159, 0x01, AbiFault.Padding)]
    [InlineData(162, 0x01, AbiFault.Padding)]
    [InlineData(191, 0x01, AbiFault.Padding)]
    public void EachByteThatIsNotAsWrittenIsRefusedByName(int at, byte value, AbiFault fault)
    {
        var bytes = new AbiWriter().UInt128(5).Address(Address.Zero).Bool(true).Bytes([1, 2]).ToArray();
        bytes[at] = value;
        Assert.Equal(fault, Read(bytes));
    }

    [Fact]
    public void NothingIsMissingAndNothingFollows()
    {
        var bytes = new AbiWriter().UInt128(5).Address(Address.Zero).Bool(true).Bytes([1, 2]).ToArray();
        Assert.Equal(AbiFault.None, Read(bytes));
        Assert.Equal(AbiFault.LeftOver, Read([.. bytes, 0]));
        Assert.Equal(AbiFault.LeftOver, Read([.. bytes, .. new byte[32]]));
        for (var length = 0; length < bytes.Length; length++) Assert.Equal(AbiFault.Truncated, Read(bytes[..length]));
    }

    [Fact]
    public void NumbersThatDoNotFitAreRefused()
    {
        var max = new AbiWriter().UInt256(UInt256.MaxValue).ToArray();
        var reader = new AbiReader(max, 1);
        Assert.Equal((UInt128)0, reader.UInt128());
        Assert.Equal(AbiFault.Padding, reader.Fault);
        reader = new AbiReader(new AbiWriter().UInt64(1UL << 32).ToArray(), 1);
        Assert.Equal(0u, reader.UInt32());
        Assert.Equal(AbiFault.Padding, reader.Fault);
        reader = new AbiReader(max, 1);
        Assert.Equal(UInt256.MaxValue, reader.UInt256());
        Assert.True(reader.IsWhole);
    }

    /// <summary>A count for which there are no bytes takes no memory, and no time.</summary>
    [Fact]
    public void ALieAboutACountIsRefused()
    {
        byte[] bytes = [.. new AbiWriter().UInt64(32).UInt64(1_000_000).UInt64(1).ToArray()];
        var reader = new AbiReader(bytes, 1);
        _ = reader.Array(int.MaxValue, 1, out var count);
        Assert.Equal((0, AbiFault.Truncated), (count, reader.Fault));
        reader = new AbiReader(bytes, 1);
        _ = reader.Array(999_999, 1, out count);
        Assert.Equal((0, AbiFault.TooLarge), (count, reader.Fault));
    }

    [Theory]
    [InlineData("7fffffff")]
    [InlineData("80000000")]
    [InlineData("ffffffffffffffff")]
    [InlineData("010000000000000000")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    public void ALengthBeyondEveryBufferIsRefused(string length)
    {
        byte[] bytes = [.. new AbiWriter().UInt64(32).ToArray(), .. Convert.FromHexString(length.PadLeft(64, '0')), .. new byte[32]];
        var array = new AbiReader(bytes, 1);
        Assert.Equal(0, new AbiReader(bytes, 1).Bytes(int.MaxValue).Length);
        _ = array.Array(int.MaxValue, 1, out var count);
        Assert.Equal(0, count);
        Assert.NotEqual(AbiFault.None, array.Fault);
    }

    [Fact]
    public void ATextIsUtf8()
    {
        var reader = new AbiReader(new AbiWriter().Bytes([0xff, 0xfe]).ToArray(), 1);
        Assert.Equal("", reader.Text(10));
        Assert.Equal(AbiFault.NotText, reader.Fault);
    }

    /// <summary>Whatever is taken encodes to itself: the values of random tuples, and of their mutations.</summary>
    [Fact]
    public void WhatIsTakenEncodesToItself()
    {
        var (stream, taken) = (new SeededStream(4), 0);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Write(stream.NextBelow(100), AnyEthereum.Bytes(stream, 40), [.. Enumerable.Range(0, (int)stream.NextBelow(4)).Select(_ => stream.NextBelow(9))]);
            if (stream.NextChance(2, 3)) bytes[(int)stream.NextBelow((ulong)bytes.Length)] = (byte)stream.NextBelow(256);
            var reader = new AbiReader(bytes, 3);
            var number = reader.UInt64();
            var data = reader.Bytes(1_000).ToArray();
            var array = reader.Array(100, 1, out var count);
            var items = new ulong[count];
            for (var j = 0; j < count; j++) items[j] = array.UInt64();
            reader.Leave(ref array);
            if (!reader.IsWhole) continue;
            Assert.Equal(bytes, Write(number, data, items));
            taken++;
        }

        Assert.InRange(taken, 5_000, 15_000);

        static byte[] Write(ulong number, byte[] data, ulong[] items) =>
            new AbiWriter().UInt64(number).Bytes(data).Array(items, (elements, item) => elements.UInt64(item)).ToArray();
    }

    [Fact]
    public void ALogIsReadAsItsEventSays()
    {
        var transfer = AbiEvent.Of("Transfer(address,address,uint256)", indexed: 2);
        Assert.Equal("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", transfer.Topic.ToString());
        var (from, to) = (AnyEthereum.AnyAddress(new SeededStream(1)), AnyEthereum.AnyAddress(new SeededStream(2)));
        var log = new EthereumLog(Address.Zero, [transfer.Topic, Topic(from), Topic(to)], new AbiWriter().UInt64(77).ToArray());
        var topics = transfer.Open(log, 1, out var data);
        Assert.Equal((from, to, 77UL), (topics.Address(), topics.Address(), data.UInt64()));
        Assert.True(topics.IsWhole && data.IsWhole);

        // The same event with other indexed arguments, or another event, is not this one.
        foreach (var other in (EthereumLog[])[log with { Topics = log.Topics[..2] }, log with { Topics = [Hash256.Zero, .. log.Topics[1..]] }, log with { Topics = [] }])
        {
            topics = transfer.Open(other, 1, out data);
            Assert.Equal((AbiFault.WrongSelector, AbiFault.WrongSelector), (topics.Fault, data.Fault));
        }

        static Hash256 Topic(Address address) => Hash256.FromBytes(new AbiWriter().Address(address).ToArray());
    }

    [Fact]
    public void WhatARevertGaveBackIsRead()
    {
        Assert.Equal("no", RevertReason.Read(AbiSelector.Of("Error(string)").With(new AbiWriter().Text("no"))).ToString());
        Assert.Equal("panic 0x11", RevertReason.Read(AbiSelector.Of("Panic(uint256)").With(new AbiWriter().UInt64(0x11))).ToString());
        Assert.Equal("reverted without a reason", RevertReason.Read([]).ToString());
        Assert.Equal("reverted without a reason", RevertReason.Read([1, 2, 3]).ToString());
        var custom = AbiSelector.Of("LimitReached(uint256)");
        Assert.Equal(custom, RevertReason.Read(custom.With(new AbiWriter().UInt64(5))).Custom);
        Assert.Equal("error 0x08c379a0", RevertReason.Read([0x08, 0xc3, 0x79, 0xa0, 1]).ToString());
    }

    [Theory]
    [InlineData("0", 0, "0x0")]
    [InlineData("1", 1, "0x1")]
    [InlineData("0100", 2, "0x100")]
    [InlineData("ffffffffffffffffffffffffffffffff", 16, "0xffffffffffffffffffffffffffffffff")]
    [InlineData("0100000000000000000000000000000000", 17, "0x100000000000000000000000000000000")]
    public void AWordKnowsItsLengthAndItsText(string hex, int bytes, string text)
    {
        var word = UInt256.FromBytes(Convert.FromHexString(hex.PadLeft(64, '0')));
        Assert.Equal((bytes, text), (word.ByteCount, word.ToString()));
        Assert.Equal(word, UInt256.FromHash(word.ToHash()));
        Assert.Equal(bytes <= 16, word.TryToUInt128(out _));
        Assert.Equal(bytes <= 8, word.TryToUInt64(out _));
    }

    [Fact]
    public void NoMoreThanTheCapIsAnAmount()
    {
        var cap = Amount.FromNtk(100_000_000);
        Assert.True(new UInt256(cap.Units).TryToAmount(cap, out var all));
        Assert.Equal(cap, all);
        foreach (var more in (UInt256[])[new UInt256(cap.Units + 1), new UInt256(UInt128.MaxValue), new UInt256(1, 0), UInt256.MaxValue])
        {
            Assert.False(more.TryToAmount(cap, out var none));
            Assert.Equal(Amount.Zero, none);
        }

        Assert.Equal(new UInt256(1, 4), new UInt256(UInt128.MaxValue).AddWrapping(new UInt256(5)));
        Assert.Equal(new UInt256(4), UInt256.MaxValue.AddWrapping(new UInt256(5)));
        Assert.True(UInt256.MaxValue > new UInt256(1, 0) && new UInt256(1, 0) > new UInt256(UInt128.MaxValue));
    }

    private static AbiFault Read(byte[] bytes)
    {
        var reader = new AbiReader(bytes, 4);
        _ = reader.UInt128();
        _ = reader.Address();
        _ = reader.Bool();
        _ = reader.Bytes(100);
        return reader.WholeFault;
    }

    private static string Words(params string[] words) => string.Concat(words.Select(word => word.PadLeft(64, '0')));

    private static string Text(string text) => Convert.ToHexStringLower(Encoding.ASCII.GetBytes(text)).PadRight(64, '0');

    private static void Write(AbiWriter writer, string type, JsonElement argument)
    {
        if (type == "uint32[]") writer.Array([.. argument.EnumerateArray().Select(item => item.GetUInt64())], (elements, value) => elements.UInt64(value));
        else if (type == "uint256") writer.UInt256(new UInt256(UInt128.Parse(argument.GetRawText(), CultureInfo.InvariantCulture)));
        else if (type == "bytes10") writer.FixedBytes(Encoding.ASCII.GetBytes(argument.GetString()!));
        else if (type == "bytes") writer.Bytes(Encoding.ASCII.GetBytes(argument.GetString()!));
        else if (type == "address" && Address.TryParse(argument.GetString(), out var address)) writer.Address(address);
        else Assert.Fail($"{type} is not among the types of the vectors");
    }
}
