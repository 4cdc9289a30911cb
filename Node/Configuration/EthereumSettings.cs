using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Where a node reads Ethereum: the key "ethereum" of config.json. Which vault it watches stands in the genesis.</summary>
public sealed record EthereumSettings
{
    /// <summary>The form, for whoever wrote another.</summary>
    internal const string Form =
        "{\"endpoints\": [{\"name\": a text, \"url\": a text, or \"url_file\": a path}], \"quorum\": a number, \"genesis\": a hash, \"start\": {\"number\": a number, \"hash\": a hash}}";

    private const int PollMsMin = 100, PollMsMax = 600_000;

    // Of networks that everybody knows by their chain id: Ethereum's own and its test network Sepolia.
    private static readonly Dictionary<ulong, string> KnownGenesis = new()
    {
        [1] = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
        [11_155_111] = "0x25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9",
    };

    /// <summary>JSON-RPC endpoints of different operators, at least three.</summary>
    public ImmutableArray<EthereumEndpointSettings> Endpoints { get; init; } = [];

    /// <summary>So many of them must agree; 0 is the least that is more than half.</summary>
    public int Quorum { get; init; }

    /// <summary>Hash of Ethereum's block 0; null where the chain id is one that is known.</summary>
    public string? Genesis { get; init; }

    /// <summary>The block after which the watch begins: below the chain's bridge.first_block.</summary>
    public EthereumStart? Start { get; init; }

    /// <summary>Milliseconds between two looks; a slot of Ethereum has 12,000.</summary>
    public int PollMs { get; init; } = 12_000;

    /// <summary>Fewer endpoints are taken, and several on one host: for a network that holds nothing of value.</summary>
    public bool LocalTestnet { get; init; }

    /// <exception cref="OperatorException">Names the key and the form that is wanted, as far as they need nothing but the settings.</exception>
    internal void Check()
    {
        if (Endpoints.IsDefault) throw Bad("endpoints", "a list");
        foreach (var endpoint in Endpoints) endpoint.Check();
        if (Start is not { IsWhole: true }) throw Bad("start", "{\"number\": a block, \"hash\": \"0x and 64 hexadecimal digits\"}: the block after which the watch begins");
        if (Genesis is not null && !Hash256.TryParse(Genesis, out _)) throw Bad("genesis", "0x and 64 hexadecimal digits: the hash of Ethereum's block 0");
        if (PollMs is < PollMsMin or > PollMsMax) throw Bad("poll_ms", $"a number of milliseconds from {PollMsMin} to {PollMsMax}");
    }

    /// <summary>What is watched.</summary>
    /// <param name="bridge">The chain's vault.</param>
    /// <param name="heartbeatBlocks">The chain's interval between two proofs of reserves.</param>
    /// <exception cref="OperatorException">The settings do not fit the chain, or make no quorum.</exception>
    internal WatcherOptions WatcherFor(GenesisBridge bridge, ulong heartbeatBlocks)
    {
        var genesis = Genesis ?? KnownGenesis.GetValueOrDefault(bridge.EthereumChainId) ?? throw Bad("genesis", $"the hash of block 0, since chain id {bridge.EthereumChainId} is of no network that is known");
        if (Start!.Number >= bridge.FirstBlock) throw Bad("start.number", $"below {bridge.FirstBlock}, the chain's bridge.first_block: later the vault's first event might be missed");
        var quorum = new QuorumOptions(Endpoints.Length, Quorum == 0 ? (Endpoints.Length / 2) + 1 : Quorum, bridge.EthereumChainId, HashOf(genesis)) { IsLocalTestnet = LocalTestnet };
        var options = new WatcherOptions(quorum, bridge.Vault, bridge.Token, new EthereumBlockId(Start.Number, HashOf(Start.Hash!))) { HeartbeatBlocks = heartbeatBlocks };
        options.Check();
        return options;
    }

    private static Hash256 HashOf(string text)
    {
        var isHash = Hash256.TryParse(text, out var hash);
        Invariant.Check(isHash, "settings are checked when they are read");
        return hash;
    }

    internal static OperatorException Bad(string key, string wanted) => new($"config: ethereum.{key}: {wanted}");
}

/// <summary>One endpoint, as the operator names it.</summary>
public sealed record EthereumEndpointSettings
{
    private const int UrlBytesMax = 4_096;

    /// <summary>Stands in logs, metrics and the API, where the address never does: it may hold a key.</summary>
    public string Name { get; init; } = "";

    /// <summary>https, or http of this machine.</summary>
    public string? Url { get; init; }

    /// <summary>A file that holds the address in its place, in the home or absolute: an address with a key in it is a secret.</summary>
    public string? UrlFile { get; init; }

    internal void Check()
    {
        if (Url is null == UrlFile is null) throw EthereumSettings.Bad("endpoints", $"\"{Name}\": either url or url_file");
        if (Url is not null) _ = Options(Url);
    }

    /// <exception cref="OperatorException">The file is missing, or what is in it is no address that can be asked.</exception>
    internal EndpointOptions Options(NodeHome home)
    {
        if (Url is not null) return Options(Url);
        var file = home.In(UrlFile!);
        if (!File.Exists(file)) throw EthereumSettings.Bad("endpoints", $"\"{Name}\": {file} is missing: it holds the address");
        if (new FileInfo(file).Length > UrlBytesMax) throw EthereumSettings.Bad("endpoints", $"\"{Name}\": {file} has more than {UrlBytesMax} bytes: one address is wanted");
        return Options(File.ReadAllText(file).Trim());
    }

    private EndpointOptions Options(string url)
    {
        // The text itself is not shown: what is wrong with it may be next to a key.
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address)) throw EthereumSettings.Bad("endpoints", $"\"{Name}\": its address is none: https://...");
        var options = new EndpointOptions(Name, address);
        options.Check();
        return options;
    }
}

/// <summary>A block of Ethereum, as settings write it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Hash">0x and 64 hexadecimal digits.</param>
public sealed record EthereumStart(ulong Number, string? Hash)
{
    internal bool IsWhole => Hash256.TryParse(Hash, out var hash) && !hash.IsZero;
}
