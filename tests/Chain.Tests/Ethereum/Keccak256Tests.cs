namespace NeuroChain.Chain.Tests;

/// <summary>Around the rate of 136 bytes, where the padding is one byte, or a block of its own. The digests are those of @noble/hashes.</summary>
public sealed class Keccak256Tests
{
    [Theory]
    [InlineData(0, "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData(1, "bc36789e7a1e281436464229828f817d6612f7b477d66591ff96a9e064bcc98a")]
    [InlineData(135, "cbdfd9dee5faad3818d6b06f95a219fd290b0e1706f6a82e5a595b9ce9faca62")]
    [InlineData(136, "7ce759f1ab7f9ce437719970c26b0a66ff11fe3e38e17df89cf5d29c7d7f807e")]
    [InlineData(137, "ac73d4fae68b8453f764007c1a20ce95994187861f0c3227a3a8e99a73a3b1db")]
    [InlineData(271, "27eceb59ebc3dc8a04a5b135be641591a7278540e4556a2ba9f408194e666ec3")]
    [InlineData(272, "8e2476e65823b24d96ebe239f2c1534cdf763e689e2410c3b1cb0c74e6177bfc")]
    [InlineData(273, "3f02f134370e4debb95140ef49ddd3aed8c65ff1ed83a43f1b269421f179c5f9")]
    public void EachLengthAroundTheRateIsHashedAsElsewhere(int length, string digest) =>
        Assert.Equal("0x" + digest, Keccak256.Hash([.. Enumerable.Range(0, length).Select(i => (byte)(i % 251))]).ToString());
}
