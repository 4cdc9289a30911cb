namespace NeuroChain.P2P.Tests;

public sealed class PeerEndpointTests
{
    private const string Address = "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf";

    [Theory]
    [InlineData("127.0.0.1", 26656)]
    [InlineData("validator-2.example.org", 1)]
    [InlineData("[::1]", 65535)]
    public void TextIsReadAndWrittenAlike(string host, int port)
    {
        Assert.True(PeerEndpoint.TryParse($"{Address}@{host}:{port}", out var endpoint));
        Assert.Equal((host, port), (endpoint.Host, endpoint.Port));
        Assert.Equal($"{Address}@{host}:{port}", endpoint.ToString());
        Assert.Equal(port, endpoint.ToUri().Port);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("127.0.0.1:26656")]
    [InlineData("0x12@127.0.0.1:26656")]
    [InlineData(Address + "@127.0.0.1")]
    [InlineData(Address + "@:26656")]
    [InlineData(Address + "@127.0.0.1:0")]
    [InlineData(Address + "@127.0.0.1:65536")]
    [InlineData(Address + "@127.0.0.1:-1")]
    [InlineData(Address + "@::1:26656")]
    [InlineData(Address + "@bad host:26656")]
    [InlineData(Address + "@host/path:26656")]
    public void OtherTextIsNoEndpoint(string? text) => Assert.False(PeerEndpoint.TryParse(text, out _));
}
