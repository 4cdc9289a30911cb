using System.Text;
using System.Text.Json.Nodes;

namespace NeuroChain.Chain.Tests;

/// <summary>A bridged chain names its vault, and no other chain does.</summary>
public sealed class GenesisBridgeTests
{
    private const string Bridged = """
        {
          "chain_name": "test", "time_ms": 1, "supply_mode": "bridged",
          "bridge": { "ethereum_chain_id": 1, "vault": "0x0000000000000000000000000000000000000021", "token": "0x0000000000000000000000000000000000000022", "first_block": 5 },
          "parameters": { "bridge": { "hold_blocks": 7 } },
          "validators": [ { "address": "0x0000000000000000000000000000000000000001", "node": "0x0000000000000000000000000000000000000011", "power": 1 } ]
        }
        """;

    [Fact]
    public void AVaultIsRead()
    {
        var genesis = GenesisDocument.Parse(Encoding.UTF8.GetBytes(Bridged));
        Assert.Equal((1UL, 5UL), (genesis.Bridge!.EthereumChainId, genesis.Bridge.FirstBlock));
        Assert.Equal((7UL, new BridgeParameters().OutCapacity), (genesis.Parameters.Bridge!.HoldBlocks, genesis.Parameters.Bridge.OutCapacity));
        Assert.Equal(genesis.Hash, GenesisDocument.Parse(genesis.ToJson()).Hash);
        Assert.NotEqual(genesis.Hash, (genesis with { Bridge = genesis.Bridge with { FirstBlock = 6 } }).Hash);
    }

    [Theory]
    [InlineData("bridge", "null", "bridge: the vault on Ethereum where supply_mode is \"bridged\", and only there")]
    [InlineData("supply_mode", "\"native\"", "bridge: the vault on Ethereum where supply_mode is \"bridged\", and only there")]
    [InlineData("parameters.bridge", "null", "parameters.bridge: an object where supply_mode is \"bridged\", and only there")]
    [InlineData("bridge.ethereum_chain_id", "0", "bridge.ethereum_chain_id: above 0")]
    [InlineData("bridge.vault", "\"0x0000000000000000000000000000000000000000\"", "bridge.vault: an address, not zero")]
    [InlineData("bridge.token", "\"0x0000000000000000000000000000000000000021\"", "bridge.token: an address, neither zero nor the vault's")]
    [InlineData("bridge.first_block", "0", "bridge.first_block: a block of Ethereum, above 0")]
    [InlineData("parameters.bridge.in_capacity", "\"0\"", "parameters.bridge.in_capacity: above 0, at most the cap")]
    [InlineData("parameters.bridge.in_per_second", "\"0\"", "parameters.bridge.in_per_second: above 0, at most the cap")]
    [InlineData("parameters.bridge.out_capacity", "\"100000000.1\"", "parameters.bridge.out_capacity: above 0, at most the cap")]
    [InlineData("parameters.bridge.out_per_second", "\"0\"", "parameters.bridge.out_per_second: above 0, at most the cap")]
    [InlineData("parameters.bridge.hold_blocks", "0", "parameters.bridge.hold_blocks: a number from 1 to 10000000")]
    [InlineData("parameters.bridge.withdrawal_min", "\"1000001\"", "parameters.bridge.withdrawal_min: above 0, at most out_capacity")]
    [InlineData("parameters.bridge.release_seconds", "59", "parameters.bridge.release_seconds: a number from 60 to 31536000")]
    [InlineData("parameters.bridge.dispute_blocks", "0", "parameters.bridge.dispute_blocks: a number from 1 to 10000000")]
    [InlineData("parameters.bridge.heartbeat_blocks", "0", "parameters.bridge.heartbeat_blocks: a number from 1 to 1000000")]
    public void WhatIsWrongIsNamed(string path, string value, string message)
    {
        var root = JsonNode.Parse(Bridged)!;
        var parent = root;
        var keys = path.Split('.');
        foreach (var key in keys[..^1]) parent = parent[key]!;
        parent[keys[^1]] = JsonNode.Parse(value);
        var refused = Assert.Throws<OperatorException>(() => GenesisDocument.Parse(Encoding.UTF8.GetBytes(root.ToJsonString())));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AChainWithoutABridgeDoesNotWriteIt() =>
        Assert.DoesNotContain("bridge", Encoding.UTF8.GetString(GenesisDocument.Parse(Encoding.UTF8.GetBytes(GenesisTests.Good)).ToJson()), StringComparison.Ordinal);
}
