using System.Text;
using System.Text.Json.Nodes;

namespace NeuroChain.Chain.Tests;

/// <summary>A snapshot in a genesis: as the only way in which NTK come to be, or beside a vault whose locks pay for it; what would make NTK twice is refused.</summary>
public sealed class GenesisClaimsTests
{
    private const string Hash = "0x0000000000000000000000000000000000000000000000000000000000000001";

    private const string Claimed = $$"""
        {
          "chain_name": "test", "time_ms": 1, "supply_mode": "claimed",
          "claims": {
            "ethereum_chain_id": 1, "token": "0x0000000000000000000000000000000000000022", "block_number": 5, "block_hash": "{{Hash}}", "root": "{{Hash}}",
            "total": "99000000", "excluded": "500000", "closing_height": 604800
          },
          "reward_reserve": "500000",
          "allocations": [ { "address": "0x0000000000000000000000000000000000000003", "amount": "500000" } ],
          "validators": [ { "address": "0x0000000000000000000000000000000000000001", "node": "0x0000000000000000000000000000000000000011", "power": 1 } ]
        }
        """;

    private const string Vault = """{ "ethereum_chain_id": 1, "vault": "0x0000000000000000000000000000000000000021", "token": "0x0000000000000000000000000000000000000022", "first_block": 5 }""";

    [Fact]
    public void ASnapshotIsRead()
    {
        var genesis = Parse(JsonNode.Parse(Claimed)!);
        Assert.Equal((Amount.FromNtk(99_000_000), Amount.FromNtk(500_000), 604_800UL), (genesis.Claims!.Total, genesis.Claims.Excluded, genesis.Claims.ClosingHeight));
        Assert.Equal(genesis.Hash, GenesisDocument.Parse(genesis.ToJson()).Hash);
        Assert.NotEqual(genesis.Hash, (genesis with { Claims = genesis.Claims with { ClosingHeight = 604_801 } }).Hash);
    }

    [Fact]
    public void ASnapshotMayBePaidByLocks()
    {
        var genesis = Parse(Bridged());
        Assert.Equal((GenesisDocument.BridgedSupply, 5UL), (genesis.SupplyMode, genesis.Claims!.BlockNumber));
    }

    /// <summary>Each of these would let the same tokens come here twice, or more come than there ever was.</summary>
    [Theory]
    [InlineData("supply_mode", "\"native\"", "claims: none where supply_mode is \"native\"")]
    [InlineData("bridge", Vault, "bridge: the vault on Ethereum where supply_mode is \"bridged\", and only there")]
    [InlineData("claims", "null", "claims: the snapshot where supply_mode is \"claimed\"")]
    [InlineData("reward_reserve", "\"500000.000000000000000001\"", "allocations, reward_reserve and claims.total: 1000000.000000000000000001 and 99000000 NTK, at most 100000000 together")]
    [InlineData("allocations.0.amount", "\"500000.000000000000000001\"", "allocations: 500000.000000000000000001 NTK, at most claims.excluded where supply_mode is \"claimed\": they stand for holders who cannot claim")]
    [InlineData("claims.total", "\"99500000.000000000000000001\"", "claims.total: above 0, with claims.excluded at most 100000000")]
    [InlineData("claims.total", "\"0\"", "claims.total: above 0")]
    [InlineData("claims.ethereum_chain_id", "0", "claims.ethereum_chain_id: above 0")]
    [InlineData("claims.token", "\"0x0000000000000000000000000000000000000000\"", "claims.token: an address, not zero")]
    [InlineData("claims.block_number", "0", "claims.block_number: a block of Ethereum, above 0")]
    [InlineData("claims.block_hash", "\"0x0000000000000000000000000000000000000000000000000000000000000000\"", "claims.block_hash: a hash, not zero")]
    [InlineData("claims.root", "\"0x0000000000000000000000000000000000000000000000000000000000000000\"", "claims.root: a hash, not zero")]
    [InlineData("claims.closing_height", "604799", "claims.closing_height: a height from 604800 on")]
    [InlineData("supply_mode", "\"free\"", "supply_mode: \"native\", \"bridged\" or \"claimed\"")]
    public void WhatIsWrongIsNamed(string path, string value, string message) => Refused(Changed(JsonNode.Parse(Claimed)!, path, value), message);

    [Theory]
    [InlineData("claims.token", "\"0x0000000000000000000000000000000000000023\"", "claims.token: on the same chain the same token as the bridge's, since its locks pay the claims")]
    [InlineData("claims.ethereum_chain_id", "5", "claims.token: on the same chain the same token as the bridge's, since its locks pay the claims")]
    [InlineData("claims.total", "\"0\"", "claims.total: above 0")]
    [InlineData("supply_mode", "\"claimed\"", "bridge: the vault on Ethereum where supply_mode is \"bridged\", and only there")]
    public void WhatIsWrongBesideAVaultIsNamed(string path, string value, string message) => Refused(Changed(Bridged(), path, value), message);

    private static JsonNode Bridged()
    {
        var root = JsonNode.Parse(Claimed)!;
        (root["supply_mode"], root["bridge"], root["parameters"]) = ("bridged", JsonNode.Parse(Vault), JsonNode.Parse("""{ "bridge": {} }"""));
        root.AsObject().Remove("allocations");
        return root;
    }

    private static JsonNode Changed(JsonNode root, string path, string value)
    {
        var parent = root;
        var keys = path.Split('.');
        foreach (var key in keys[..^1]) parent = (int.TryParse(key, out var index) ? parent[index] : parent[key])!;
        parent[keys[^1]] = JsonNode.Parse(value);
        return root;
    }

    private static void Refused(JsonNode root, string message) =>
        Assert.Contains(message, Assert.Throws<OperatorException>(() => Parse(root)).Message, StringComparison.Ordinal);

    private static GenesisDocument Parse(JsonNode root) => GenesisDocument.Parse(Encoding.UTF8.GetBytes(root.ToJsonString()));
}
