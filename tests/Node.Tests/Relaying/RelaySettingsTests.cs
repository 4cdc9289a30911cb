using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class RelaySettingsTests : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurochain-relay-");

    private string Config => Path.Combine(_folder.FullName, "config.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void WhatStandsInTheConfigurationIsRead()
    {
        File.WriteAllText(Config, """{"relay": {"url": "https://ethereum.example/key", "key": "keys/gas.json", "what": "all", "tip_gwei": 0.5, "fee_cap_gwei": 40}}""");
        var relay = NodeOptions.Load(Config).Relay!;
        Assert.Equal(RelayScope.Everything, relay.Scope);
        Assert.Equal(((UInt128)500_000_000, (UInt128)40_000_000_000), (relay.Sending.TipWei, relay.Sending.FeeCapWei));
        Assert.Equal("ethereum.example", relay.EndpointIn(new NodeHome(_folder.FullName)).Address.Host);
        NodeOptions.Load(Config).Save(Config);
        Assert.Equal(relay, NodeOptions.Load(Config).Relay);
    }

    [Theory]
    [InlineData("""{"url": "http://elsewhere.example"}""", "https")]
    [InlineData("""{"url": "elsewhere"}""", "relay: url")]
    [InlineData("""{"url": "http://127.0.0.1:1", "what": "some"}""", "relay: what")]
    [InlineData("""{"url": "http://127.0.0.1:1", "turn_seconds": 0}""", "relay: turn_seconds")]
    [InlineData("""{"url": "http://127.0.0.1:1", "poll_seconds": 0}""", "relay: poll_seconds")]
    [InlineData("""{"url": "http://127.0.0.1:1", "tip_gwei": 0}""", "tip_gwei")]
    [InlineData("""{"url": "http://127.0.0.1:1", "tip_gwei": 200}""", "tip")]
    [InlineData("""{"url": "http://127.0.0.1:1", "confirmations": 0}""", "1000 blocks")]
    [InlineData("""{"url": "http://127.0.0.1:1", "other": 1}""", "relay")]
    [InlineData("3", "relay: {\"url\"")]
    [InlineData("""{"what": "all"}""", "either url or url_file")]
    [InlineData("""{"url": "http://127.0.0.1:1", "url_file": "a"}""", "either url or url_file")]
    public void WhatCannotStandIsNamed(string relay, string named)
    {
        File.WriteAllText(Config, $$"""{"relay": {{relay}}}""");
        Assert.Contains(named, Assert.Throws<OperatorException>(() => NodeOptions.Load(Config)).Message, StringComparison.Ordinal);
    }

    /// <summary>A validator that watches Ethereum brings sets untold; one that watches none cannot, and one that is told "none" does not.</summary>
    [Fact]
    public void TheDefaultIsToBringSetsByTheFirstEndpoint()
    {
        EthereumEndpointSettings[] endpoints = [new() { Name = "first", UrlFile = "keys/first" }, new() { Name = "second", Url = "https://ethereum.example" }];
        Assert.Equal(new RelaySettings { UrlFile = "keys/first", What = "sets" }, RelaySettings.ByDefault(new EthereumSettings { Endpoints = [.. endpoints] }));
        Assert.Null(RelaySettings.ByDefault(new EthereumSettings()));
        Assert.Null(RelaySettings.ByDefault(null));
        File.WriteAllText(Config, """{"relay": {"what": "none"}}""");
        Assert.True(NodeOptions.Load(Config).Relay!.IsOff);
    }

    [Fact]
    public void AnAddressMayStandInAFileAndIsNeverShown()
    {
        var (home, file) = (new NodeHome(_folder.FullName), Path.Combine(_folder.FullName, "url"));
        var settings = new RelaySettings { UrlFile = "url" };
        Assert.Contains("there is no", Assert.Throws<OperatorException>(() => settings.EndpointIn(home)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, "https://ethereum.example/secret\n");
        Assert.Equal("/secret", settings.EndpointIn(home).Address.AbsolutePath);
        foreach (var wrong in new[] { "secret", "http://ethereum.example/secret", new string('s', 5_000) })
        {
            File.WriteAllText(file, wrong);
            Assert.DoesNotContain("secret", Assert.Throws<OperatorException>(() => settings.EndpointIn(home)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ValidatorsTakeTurnsInTheOrderOfTheSetAndOthersGoAfterThem()
    {
        Address[] set = [.. Enumerable.Range(1, 4).Select(i => Address.FromBytes([.. new byte[19], (byte)i]))];
        Assert.Equal(new RelayerTurns(2, 4, Pause), RelayAgent.TurnsOf([.. set], set[2], Pause));
        Assert.Equal(new RelayerTurns(4, 5, Pause), RelayAgent.TurnsOf([.. set], null, Pause));
        Assert.Equal(new RelayerTurns(4, 5, Pause), RelayAgent.TurnsOf([.. set], Address.FromBytes([.. new byte[19], 9]), Pause));
        Assert.Equal(new RelayerTurns(0, 1, Pause), RelayAgent.TurnsOf([], null, Pause));
    }
}
