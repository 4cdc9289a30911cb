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
        File.WriteAllText(Config, """{"relay": {"endpoint": "https://ethereum.example/key", "key": "keys/gas.json", "what": "all", "tip_gwei": 0.5, "fee_cap_gwei": 40}}""");
        var relay = NodeOptions.Load(Config).Relay!;
        Assert.Equal(RelayScope.Everything, relay.Scope);
        Assert.Equal(((UInt128)500_000_000, (UInt128)40_000_000_000), (relay.Sending.TipWei, relay.Sending.FeeCapWei));
        Assert.Equal("ethereum.example", relay.EndpointOptions.Address.Host);
        NodeOptions.Load(Config).Save(Config);
        Assert.Equal(relay, NodeOptions.Load(Config).Relay);
    }

    [Theory]
    [InlineData("""{"endpoint": "http://elsewhere.example"}""", "https")]
    [InlineData("""{"endpoint": "elsewhere"}""", "relay: endpoint")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "what": "some"}""", "relay: what")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "turn_seconds": 0}""", "relay: turn_seconds")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "poll_seconds": 0}""", "relay: poll_seconds")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "tip_gwei": 0}""", "tip_gwei")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "tip_gwei": 200}""", "tip")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "confirmations": 0}""", "1000 blocks")]
    [InlineData("""{"endpoint": "http://127.0.0.1:1", "other": 1}""", "relay")]
    [InlineData("3", "relay: {\"endpoint\"")]
    public void WhatCannotStandIsNamed(string relay, string named)
    {
        File.WriteAllText(Config, $$"""{"relay": {{relay}}}""");
        Assert.Contains(named, Assert.Throws<OperatorException>(() => NodeOptions.Load(Config)).Message, StringComparison.Ordinal);
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
