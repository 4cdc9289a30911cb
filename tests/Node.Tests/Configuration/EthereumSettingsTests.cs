using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Node.Tests;

/// <summary>What an operator may write under "ethereum", and the one line that says what else is wanted.</summary>
public sealed class EthereumSettingsTests : IDisposable
{
    private const string Hash = "0x00000000000000000000000000000000000000000000000000000000000000aa";

    private readonly NodeHome _home = new(Directory.CreateTempSubdirectory("neurochain-settings-").FullName);

    private static readonly EthereumSettings Good = new()
    {
        Endpoints = [Endpoint("a"), Endpoint("b"), Endpoint("c")],
        Start = new EthereumStart(999, Hash),
    };

    [Fact]
    public void TheQuorumIsMoreThanHalfAndTheGenesisThatOfTheChainId()
    {
        var options = Good.WatcherFor(BridgeWorld.Bridge, 300);
        Assert.Equal((3, 2, 1UL), (options.Quorum.Endpoints, options.Quorum.Required, options.Quorum.ChainId));
        Assert.Equal("0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3", options.Quorum.Genesis.ToString());
        Assert.Equal((999UL, 300UL, BridgeWorld.Bridge.Vault), (options.Start.Number, options.HeartbeatBlocks, options.Vault));
        Assert.Equal(3, (Good with { Quorum = 3 }).WatcherFor(BridgeWorld.Bridge, 300).Quorum.Required);
    }

    [Fact]
    public void WhatDoesNotFitTheChainIsRefused()
    {
        Assert.Contains("start.number: below 1000", Refusal(Good with { Start = new EthereumStart(1_000, Hash) }), StringComparison.Ordinal);
        Assert.Contains("are no quorum", Refusal(Good with { Quorum = 1 }), StringComparison.Ordinal);
        Assert.Contains("2 Ethereum endpoints", Refusal(Good with { Endpoints = [Endpoint("a"), Endpoint("b")] }), StringComparison.Ordinal);
        var local = BridgeWorld.Bridge with { EthereumChainId = 31_337 };
        Assert.Contains("genesis: the hash of block 0", Assert.Throws<OperatorException>(() => Good.WatcherFor(local, 300)).Message, StringComparison.Ordinal);
        _ = (Good with { Genesis = Hash, LocalTestnet = true, Endpoints = [Endpoint("a")] }).WatcherFor(local, 300);
        var native = new GenesisDocument { ChainName = "native", TimeMs = 1, Validators = [] };
        Assert.Contains("no bridge", Assert.Throws<OperatorException>(() => BridgeSide.Check(native, Good)).Message, StringComparison.Ordinal);
        BridgeSide.Check(native, null);
    }

    [Theory]
    [InlineData("\"endpoints\": null", "ethereum: {\"endpoints\":")]
    [InlineData("\"endpoints\": [{\"name\": \"a\"}], \"start\": START", "\"a\": either url or url_file")]
    [InlineData("\"endpoints\": [{\"name\": \"a\", \"url\": \"https://a\", \"url_file\": \"b\"}], \"start\": START", "\"a\": either url or url_file")]
    [InlineData("\"endpoints\": [{\"name\": \"a\", \"url\": \"http://a.example/secret\"}], \"start\": START", "must begin with https")]
    [InlineData("\"endpoints\": [{\"name\": \"a\", \"url\": \"secret\"}], \"start\": START", "its address is none")]
    [InlineData("\"endpoints\": [{\"name\": \"a b\", \"url\": \"https://a\"}], \"start\": START", "letters, digits, points and hyphens")]
    [InlineData("\"endpoints\": []", "ethereum.start")]
    [InlineData("\"start\": {\"number\": 1, \"hash\": \"0x12\"}", "ethereum.start")]
    [InlineData("\"start\": START, \"genesis\": \"x\"", "ethereum.genesis")]
    [InlineData("\"start\": START, \"poll_ms\": 1", "ethereum.poll_ms")]
    [InlineData("\"start\": START, \"unknown\": 1", "ethereum: {\"endpoints\":")]
    public void AMistakeIsNamedInOneLineWithoutTheAddress(string settings, string said)
    {
        File.WriteAllText(_home.ConfigFile, $"{{\"ethereum\": {{{settings.Replace("START", $"{{\"number\": 1, \"hash\": \"{Hash}\"}}", StringComparison.Ordinal)}}}}}");
        var message = Assert.Throws<OperatorException>(() => NodeOptions.Load(_home.ConfigFile)).Message;
        Assert.Contains(said, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAddressWithAKeyStandsInAFileOfItsOwn()
    {
        var endpoint = new EthereumEndpointSettings { Name = "a", UrlFile = "keys/a" };
        Assert.Contains("is missing", Assert.Throws<OperatorException>(() => endpoint.Options(_home)).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(_home.In("keys"));
        File.WriteAllText(_home.In("keys/a"), "https://a.example/key\n");
        Assert.Equal(new EndpointOptions("a", new Uri("https://a.example/key")), endpoint.Options(_home));
        File.WriteAllText(_home.In("keys/a"), new string('a', 5_000));
        Assert.Contains("one address", Assert.Throws<OperatorException>(() => endpoint.Options(_home)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SettingsAreSavedAndReadBack()
    {
        (new NodeOptions { Ethereum = Good }).Save(_home.ConfigFile);
        var read = NodeOptions.Load(_home.ConfigFile).Ethereum!;
        Assert.Equal(Good.Endpoints, read.Endpoints);
        Assert.Equal((Good.Start, Good.Quorum, Good.Genesis, Good.PollMs, Good.LocalTestnet), (read.Start, read.Quorum, read.Genesis, read.PollMs, read.LocalTestnet));
    }

    public void Dispose() => Directory.Delete(_home.Path, recursive: true);

    private static EthereumEndpointSettings Endpoint(string name) => new() { Name = name, Url = $"https://{name}.example" };

    private static string Refusal(EthereumSettings settings) => Assert.Throws<OperatorException>(() => settings.WatcherFor(BridgeWorld.Bridge, 300)).Message;
}
