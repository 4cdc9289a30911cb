using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Makes the homes of the four validators and their bridged genesis. All waits are short, so that a migration takes minutes.</summary>
internal static class RehearsalHomes
{
    public const int Validators = 4, EndpointsEach = 3;

    public const uint HeartbeatBlocks = 16;

    /// <summary>From a leaf to its deadline. Ethereum's clock runs ahead of the real one here: each block that is mined at once takes a second of it.</summary>
    public const uint ReleaseSeconds = 7_200;

    public const ulong HoldBlocks = 15;

    public static readonly Amount HoldAbove = Amount.FromNtk(10_000);

    public static (GenesisDocument Genesis, ImmutableArray<RehearsalNode> Nodes) Make(string folder, LocalEthereum ethereum, Hash256 ethereumGenesis, RehearsalClaims claims)
    {
        var homes = Enumerable.Range(0, Validators).Select(i => new NodeHome(Path.Combine(folder, $"validator{i}"))).ToList();
        var options = homes.ConvertAll(_ => new NodeOptions { Api = $"127.0.0.1:{LoopbackPorts.Take()}", P2p = $"127.0.0.1:{LoopbackPorts.Take()}" });
        var keys = homes.Select((home, i) => HomeKeys.Make(home, options[i], ScryptCost.Light)).ToList();
        var genesis = Genesis(keys, ethereum) with { Claims = claims.ToGenesis(ethereum, ethereumGenesis) };
        ImmutableArray<string> peers = [.. keys.Select((key, i) => $"{key.Node.Address}@{options[i].P2p}")];
        var nodes = ImmutableArray.CreateBuilder<RehearsalNode>();
        for (var i = 0; i < Validators; i++)
        {
            ImmutableArray<LyingProxy> proxies = [.. Enumerable.Range(0, EndpointsEach).Select(_ => new LyingProxy(ethereum.Endpoint))];
            // What is brought is brought by the case that wants it.
            options[i] = options[i] with { Peers = peers, Ethereum = Watch(proxies, ethereumGenesis), Relay = new RelaySettings { What = "none" } };
            File.WriteAllBytes(homes[i].GenesisFile, genesis.ToJson());
            options[i].Save(homes[i].ConfigFile);
            nodes.Add(new RehearsalNode($"validator{i}", homes[i], keys[i], options[i], proxies, ethereum.Cancelled));
        }

        return (genesis, nodes.ToImmutable());
    }

    private static EthereumSettings Watch(ImmutableArray<LyingProxy> proxies, Hash256 genesis) => new()
    {
        Endpoints = [.. proxies.Select((proxy, i) => new EthereumEndpointSettings { Name = $"endpoint-{i}", Url = proxy.Address.ToString() })],
        Genesis = genesis.ToString(),
        Start = new EthereumStart(0, genesis.ToString()),
        LocalTestnet = true,
        PollMs = 500,
    };

    private static GenesisDocument Genesis(List<HomeKeys> keys, LocalEthereum ethereum) => new()
    {
        ChainName = "rehearsal",
        TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        SupplyMode = GenesisDocument.BridgedSupply,
        Allocations = [],
        RewardReserve = Amount.Zero,
        Bridge = new GenesisBridge(ethereum.ChainId, VaultSite.VaultAddress(ethereum), VaultSite.TokenAddress(ethereum), 1),
        Validators = [.. keys.Select(key => new GenesisValidator(key.Validator!.Address, key.Node.Address, 10))],
        Parameters = new ChainParameters
        {
            BlockIntervalMs = 200,
            Governance = new GovernanceParameters { VotingBlocks = 1_000, DelayBlocks = 1 },
            // A vault hears of forks for twelve days: bonds are locked for longer.
            Validators = new ValidatorParameters { EvidenceMs = BridgeTimes.BondMsMin },
            Bridge = new BridgeParameters { HeartbeatBlocks = HeartbeatBlocks, ReleaseSeconds = ReleaseSeconds, HoldAbove = HoldAbove, HoldBlocks = HoldBlocks },
        },
    };
}
