namespace NeuroChain.Chain.Tests;

/// <summary>Headers of every fork, whose hash is that of their bytes.</summary>
public sealed class EthereumHeaderTests
{
    public static TheoryData<HeaderLayout> Layouts => [.. AnyEthereum.Layouts];

    /// <summary>The first block of Ethereum's main network.</summary>
    [Fact]
    public void TheHashOfMainnetsGenesisIsKnown()
    {
        var header = new EthereumHeader
        {
            ParentHash = Hash256.Zero,
            OmmersHash = Hash("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"),
            Beneficiary = Address.Zero,
            StateRoot = Hash("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"),
            TransactionsRoot = PatriciaTrie.EmptyRoot,
            ReceiptsRoot = PatriciaTrie.EmptyRoot,
            LogsBloom = Bloom.Empty,
            Difficulty = new UInt256(17_179_869_184),
            Number = 0,
            GasLimit = 5_000,
            GasUsed = 0,
            Timestamp = 0,
            ExtraData = Convert.FromHexString("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"),
            MixHash = Hash256.Zero,
            MixNonce = 0x42,
        };
        Assert.Equal("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3", header.ComputeHash().ToString());
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void EveryLayoutIsReadAsItWasWritten(HeaderLayout layout)
    {
        var stream = new SeededStream((ulong)layout);
        for (var i = 0; i < 50; i++)
        {
            var bytes = AnyEthereum.AnyHeader(stream, layout).Encode();
            Assert.True(EthereumHeader.TryDecode(bytes, out var header, out var fault));
            Assert.Equal(EthereumFault.None, fault);
            Assert.Equal(bytes, header.Encode());
            Assert.Equal(Keccak256.Hash(bytes), header.ComputeHash());
            Assert.Equal((int)layout, ItemsOf(bytes).Count);
        }
    }

    /// <summary>A fork to come, or a stretch of one: never guessed at.</summary>
    [Fact]
    public void EveryOtherNumberOfItemsIsAnUnknownLayout()
    {
        var items = ItemsOf(AnyEthereum.AnyHeader(new SeededStream(1), HeaderLayout.Amsterdam).Encode());
        for (var count = 0; count <= 26; count++)
        {
            List<byte[]> some = [.. items.Take(count), .. Enumerable.Repeat(items[0], Math.Max(0, count - items.Count))];
            var fault = FaultOf(some);
            Assert.Equal((count, Enum.IsDefined((HeaderLayout)count) ? EthereumFault.None : EthereumFault.UnknownLayout), (count, fault));
        }
    }

    [Theory]
    [InlineData(0, "80", EthereumFault.WrongSize)]
    [InlineData(0, "c0", EthereumFault.NotAString)]
    [InlineData(2, "83010203", EthereumFault.WrongSize)]
    [InlineData(6, "80", EthereumFault.WrongSize)]
    [InlineData(7, "820001", EthereumFault.LeadingZero)]
    [InlineData(8, "00", EthereumFault.LeadingZero)]
    [InlineData(8, "89010000000000000000", EthereumFault.TooLarge)]
    [InlineData(11, "8101", EthereumFault.NotShortest)]
    [InlineData(14, "80", EthereumFault.WrongSize)]
    [InlineData(15, "c0", EthereumFault.NotAString)]
    [InlineData(20, "80", EthereumFault.WrongSize)]
    [InlineData(21, "80", EthereumFault.WrongSize)]
    [InlineData(22, "820001", EthereumFault.LeadingZero)]
    [InlineData(22, "89010000000000000000", EthereumFault.TooLarge)]
    public void AFieldOfAnotherFormIsRefusedByName(int item, string form, EthereumFault fault)
    {
        var items = ItemsOf(AnyEthereum.AnyHeader(new SeededStream(1), HeaderLayout.Amsterdam).Encode());
        items[item] = Convert.FromHexString(form);
        Assert.Equal(fault, FaultOf(items));
    }

    [Fact]
    public void LongHeadersAreRefusedUnread()
    {
        var items = ItemsOf(AnyEthereum.AnyHeader(new SeededStream(1)).Encode());
        items[12] = new RlpWriter().Bytes(new byte[EthereumHeader.ExtraDataBytesMax + 1]).ToArray();
        Assert.Equal(EthereumFault.TooLarge, FaultOf(items));
        Assert.False(EthereumHeader.TryDecode(new byte[EthereumHeader.BytesMax + 1], out _, out var fault));
        Assert.Equal(EthereumFault.TooLarge, fault);
    }

    [Fact]
    public void NothingMayFollowAHeader()
    {
        Assert.False(EthereumHeader.TryDecode([.. AnyEthereum.AnyHeader(new SeededStream(1)).Encode(), 0x80], out _, out var fault));
        Assert.Equal(EthereumFault.LeftOver, fault);
    }

    [Fact]
    public void FieldsOfNoForkAreABug()
    {
        var header = AnyEthereum.AnyHeader(new SeededStream(1), HeaderLayout.Prague);
        Assert.Throws<InvariantException>(() => (header with { BaseFeePerGas = null }).Encode());
        Assert.Throws<InvariantException>(() => (header with { WithdrawalsRoot = null }).Encode());
        Assert.Throws<InvariantException>(() => (header with { ExcessBlobGas = null }).Encode());
        var latest = AnyEthereum.AnyHeader(new SeededStream(1), HeaderLayout.Amsterdam);
        Assert.Throws<InvariantException>(() => (latest with { SlotNumber = null }).Encode());
        Assert.Throws<InvariantException>(() => (latest with { BlockAccessListHash = null }).Encode());
        Assert.Throws<InvariantException>(() => (latest with { RequestsHash = null }).Encode());
        Assert.Throws<InvariantException>(() => (header with { BlobGasUsed = null, ExcessBlobGas = null, ParentBeaconBlockRoot = null }).Encode());
    }

    [Fact]
    public void EveryBitOfTheBytesIsInTheHash()
    {
        var bytes = AnyEthereum.AnyHeader(new SeededStream(1), HeaderLayout.Prague).Encode();
        var hash = Keccak256.Hash(bytes);
        for (var bit = 0; bit < 8 * bytes.Length; bit++)
        {
            byte[] other = [.. bytes];
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            if (EthereumHeader.TryDecode(other, out var header, out _)) Assert.NotEqual(hash, header.ComputeHash());
        }
    }

    private static EthereumFault FaultOf(List<byte[]> items)
    {
        var writer = new RlpWriter();
        var list = writer.Begin();
        foreach (var item in items) writer.Raw(item);
        Assert.Equal(EthereumHeader.TryDecode(writer.End(list).ToArray(), out var header, out var fault), header is not null);
        Assert.Equal(header is not null, fault == EthereumFault.None);
        return fault;
    }

    private static List<byte[]> ItemsOf(byte[] list)
    {
        var reader = new RlpReader(list).List();
        List<byte[]> items = [];
        while (reader.HasMore) items.Add(reader.Raw().ToArray());
        return items;
    }

    private static Hash256 Hash(string hex) => Hash256.FromBytes(Convert.FromHexString(hex));
}
