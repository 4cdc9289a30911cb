using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>A holders file has one spelling, and says nothing of itself that its lists do not.</summary>
public sealed class HoldersFileTests
{
    private const string Good = """
        NTK snapshot v1
        ethereum chain: 1
        token: 0x69BEaB403438253f13b6e92Db91F7FB849258263
        first block: 4600000
        block: 4700000 0x0000000000000000000000000000000000000000000000000000000000000007
        supply: 16.5
        excluded: 1 4
        0x0000000000000000000000000000000000000009 4 a pool: nobody can sign for it
        holders: 3 12.5
        0x0000000000000000000000000000000000000001 10
        0x0000000000000000000000000000000000000002 0.5
        0x0000000000000000000000000000000000000010 2
        root: ROOT

        """;

    private static readonly string Whole = Good.ReplaceLineEndings("\n").Replace(
        "ROOT",
        ClaimTree.Of([(At(1), Amount.FromNtk(10)), (At(2), new Amount(Amount.UnitsPerNtk / 2)), (At(16), Amount.FromNtk(2))]).Root.ToString(),
        StringComparison.Ordinal);

    [Fact]
    public void AGoodOneIsReadAndWrittenAsItWas()
    {
        Assert.True(HoldersFile.TryParse(Bytes(Whole), out var file, out var fault), fault);
        Assert.Equal(Whole, Encoding.ASCII.GetString(file.Encode()));
        Assert.Equal((3, 1, new Amount(Amount.UnitsPerNtk / 2)), (file.Holders.Length, file.Excluded.Length, file.AmountOf(At(2))!.Value));
        Assert.Null(file.AmountOf(At(9)));
        Assert.Equal(new GenesisClaims(1, file.Token, 4_700_000, file.Block.Hash, file.Tree.Root, file.Total, Amount.FromNtk(4), 700_000), file.ToGenesis(700_000));
    }

    [Theory]
    [InlineData("v1", "v2")]
    [InlineData("chain: 1\n", "chain: 01\n")]
    [InlineData("chain: 1\n", "chain: 0\n")]
    [InlineData("0x69BEaB", "0x69beaB")] // no ERC-55
    [InlineData("0x69BEaB403438253f13b6e92Db91F7FB849258263", "0x69beab403438253f13b6e92db91f7fb849258263")] // another spelling
    [InlineData("first block: 4600000", "first block: 4700001")]
    [InlineData("supply: 16.5", "supply: 16.50")]
    [InlineData("supply: 16.5", "supply: 17")]
    [InlineData("excluded: 1 4", "excluded: 1 5")]
    [InlineData("excluded: 1 4", "excluded: 10001 4")]
    [InlineData("holders: 3 12.5", "holders: 2 12.5")]
    [InlineData("holders: 3 12.5", "holders: 4 12.5")]
    [InlineData("holders: 3 12.5", "holders: 3 12")]
    [InlineData("1 10\n", "1 10.0\n")]
    [InlineData("1 10\n", "1 0\n")]
    [InlineData("1 10\n", "1 100000000\n")]
    [InlineData("1 10\n", "1 10 \n")]
    [InlineData("1 10\n", "1 10\r\n")]
    [InlineData("0002 0.5", "0001 0.5")] // twice
    [InlineData("0002 0.5", "0011 0.5")] // out of order
    [InlineData("0002 0.5", "0009 0.5")] // excluded, and a leaf
    [InlineData("pool: nobody", "pool:\tnobody")]
    [InlineData("sign for it\n", "sign for it \n")]
    [InlineData("sign for it\n", "sign für it\n")]
    [InlineData("0010 2\n", "0010 2")]
    [InlineData("root: 0x", "root: 0X")]
    public void AnyOtherSpellingIsRefused(string good, string bad)
    {
        Assert.Contains(good, Whole, StringComparison.Ordinal);
        Assert.False(HoldersFile.TryParse(Encoding.Latin1.GetBytes(Whole.Replace(good, bad, StringComparison.Ordinal)), out _, out var fault));
        Assert.NotEqual("", fault);
    }

    [Fact]
    public void WhatIsCutOffOrFollowsIsRefused()
    {
        Assert.False(HoldersFile.TryParse(Bytes(Whole + "\n"), out _, out _));
        Assert.False(HoldersFile.TryParse([], out _, out _));
        for (var length = 0; length < Whole.Length; length += 7) Assert.False(HoldersFile.TryParse(Bytes(Whole[..length]), out _, out _));
        Assert.False(HoldersFile.TryParse(Bytes(Whole.Replace("4 a pool", $"4 {new string('p', 300)}", StringComparison.Ordinal)), out _, out var fault));
        Assert.Equal("line 8 is not what a holders file has there", fault);
    }

    [Theory]
    [InlineData("0x69BEaB403438253f13b6e92Db91F7FB849258263", "line 1")]
    [InlineData("0x69BEaB403438253f13b6e92Db91F7FB849258263 a\nx b", "line 2")]
    [InlineData("0x69BEaB403438253f13b6e92Db91F7FB849258263  a", "line 1")]
    [InlineData("0x69BEaB403438253f13b6e92Db91F7FB849258263 a\n0x69BEaB403438253f13b6e92Db91F7FB849258263 b\n", "stands twice")]
    public void AnExclusionListNamesItsWrongLine(string text, string words) =>
        Assert.Contains(words, Assert.Throws<OperatorException>(() => ExclusionList.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void AnEmptyExclusionListLeavesNobodyOut()
    {
        Assert.Empty(ExclusionList.Parse("").Reasons);
        Assert.Equal("a b", Assert.Single(ExclusionList.Parse($"{At(1)} a b\r\n").Reasons).Value);
    }

    private static Address At(byte number) => Address.FromBytes([.. new byte[19], number]);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
}
