namespace NeuroChain.Chain.Tests;

/// <summary>The pinned digests are those of ethers 6, <c>TypedDataEncoder.hash({name: "NeuroChain", version: "1"}, types, values)</c>.</summary>
public sealed class DigestTests
{
    private const string Counting = "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    private const string Ones = "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    [Fact]
    public void TheDomainIsThatOfEthers() =>
        Assert.Equal("0x69cd31bd40dd3d13a4d6db58bb8db15e4c20fc3363c4edbd6900ab779a2d2bd1", Eip712.DomainSeparator.ToString());

    [Theory]
    [InlineData(Counting, 1, 0, "2", "3", "4", "0xd3b30c12fc8085c39bed68e4914ca4655368adeb0d967018f8f09001e959287e")]
    [InlineData(Counting, 1, 1, "2", "3", "4", "0x8731a5d5212961aaba52897c0d38f820a6678963e238786736daddca6256181b")]
    [InlineData("5", 123456789, 7, Ones, "0", Ones, "0x48e6738c9b76555dd925dded757bd139153d77e60e218475639e1d41535dd33f")]
    [InlineData(Ones, ulong.MaxValue, uint.MaxValue - 1, Ones, Ones, Ones, "0x665ba922dde2c8b3426dede90d521d57fa125fb455b721b094a42eb65c4a9d16")]
    public void APrecommitIsSignedAsEthersHashesIt(string genesis, ulong height, uint round, string block, string bridge, string next, string digest)
    {
        var precommit = new Precommit(new Height(height), new Round(round), new BlockRef(new BlockHash(HashOf(block)), HashOf(bridge), HashOf(next)));
        Assert.Equal(digest, precommit.Digest(new GenesisHash(HashOf(genesis))).ToString());
    }

    [Theory]
    [InlineData(Counting, 1, 0, "0xb51bca6e8d2426edee5b41017edd6da5ddd551f4e6ab8fa03f4c0578ae1d7797")]
    [InlineData("5", 123456789, 7, "0x2f8ab36cdf4ee5525f0fec4f63bf08a3e03fed90685c6624096db8ab11b3e77d")]
    [InlineData(Ones, ulong.MaxValue, uint.MaxValue - 1, "0xac6e160ca280baa3b72d3b371774c11ed7ec02e018c17b0e57329cc4ebddaba5")]
    public void ANilPrecommitIsSignedAsEthersHashesIt(string genesis, ulong height, uint round, string digest) =>
        Assert.Equal(digest, new Precommit(new Height(height), new Round(round), null).Digest(new GenesisHash(HashOf(genesis))).ToString());

    [Fact]
    public void WhateverDiffersIsSignedDifferently()
    {
        var (genesis, other) = (new GenesisHash(HashOf("1")), new GenesisHash(HashOf("2")));
        var (height, round, block) = (new Height(5), new Round(3), new BlockHash(HashOf("7")));
        var reference = new BlockRef(block, HashOf("8"), HashOf("9"));
        Hash256[] digests =
        [
            new Prevote(height, round, block, null).Digest(genesis),
            new Prevote(height, round, block, null).Digest(other),
            new Prevote(height.Next(), round, block, null).Digest(genesis),
            new Prevote(height, round.Next(), block, null).Digest(genesis),
            new Prevote(height, round, block, Round.Zero).Digest(genesis),
            new Prevote(height, round, block, new Round(1)).Digest(genesis),
            new Prevote(height, round, null, null).Digest(genesis),
            new Proposal(height, round, block, null).Digest(genesis),
            new Proposal(height, round, block, null).Digest(other),
            new Proposal(height.Next(), round, block, null).Digest(genesis),
            new Proposal(height, round.Next(), block, null).Digest(genesis),
            new Proposal(height, round, block, Round.Zero).Digest(genesis),
            new Proposal(height, round, new BlockHash(HashOf("6")), null).Digest(genesis),
            new Precommit(height, round, reference).Digest(genesis),
            new Precommit(height, round, reference).Digest(other),
            new Precommit(height.Next(), round, reference).Digest(genesis),
            new Precommit(height, round.Next(), reference).Digest(genesis),
            new Precommit(height, round, reference with { BridgeRoot = HashOf("9") }).Digest(genesis),
            new Precommit(height, round, reference with { NextValidatorsRoot = HashOf("8") }).Digest(genesis),
            new Precommit(height, round, null).Digest(genesis),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    private static Hash256 HashOf(string text)
    {
        Assert.True(Hash256.TryParse(text.Length > 2 ? text : text.PadLeft(64, '0'), out var hash));
        return hash;
    }
}
