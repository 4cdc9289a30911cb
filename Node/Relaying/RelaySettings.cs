using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// A relayer inside the node, as config.json writes it: its own account on Ethereum, which pays gas. A validator that watches Ethereum has one that brings
/// sets unless it is told "none": until the vault follows a set, nobody's withdrawal is certified, and nobody else has to care for it.
/// </summary>
public sealed record RelaySettings
{
    internal const string Form = "{\"url\": a text, or \"url_file\": a path, \"key\": a path, ...}";

    private const int UrlBytesMax = 4_096;

    private const decimal WeiPerGwei = 1_000_000_000m;

    /// <summary>JSON-RPC of a node of Ethereum: https, or http of this machine. One is enough: it can cost gas and time, and no NTK.</summary>
    public string? Url { get; init; }

    /// <summary>A file that holds the address in its place, in the home or absolute: an address with a key in it is a secret.</summary>
    public string? UrlFile { get; init; }

    /// <summary>Key file of the account, in the home or absolute; its address needs ether. The password is that of the node's other keys.</summary>
    public string Key { get; init; } = "keys/relayer.json";

    /// <summary>"sets": the changes of the validator set; "all": withdrawals and orders too; "none": nothing, and there is no relayer.</summary>
    public string What { get; init; } = "sets";

    /// <summary>Gwei for each gas to whoever proposes the block.</summary>
    public decimal TipGwei { get; init; } = 1;

    /// <summary>The most for each gas, tip and burned part together, in gwei.</summary>
    public decimal FeeCapGwei { get; init; } = 100;

    /// <summary>Blocks of Ethereum without inclusion after which fees are raised.</summary>
    public ulong ReplaceAfterBlocks { get; init; } = 10;

    /// <summary>Blocks of Ethereum until a transaction counts as done.</summary>
    public ulong Confirmations { get; init; } = 2;

    /// <summary>Seconds after which the next validator in turn brings what none before it did: time for a transaction to be in a block.</summary>
    public int TurnSeconds { get; init; } = 120;

    /// <summary>Seconds from one look to the next: a slot of Ethereum.</summary>
    public int PollSeconds { get; init; } = 12;

    internal bool IsOff => What == "none";

    internal RelayScope Scope => What == "all" ? RelayScope.Everything : RelayScope.Sets;

    internal SendingOptions Sending => new()
    {
        TipWei = Wei(TipGwei),
        FeeCapWei = Wei(FeeCapGwei),
        ReplaceAfterBlocks = ReplaceAfterBlocks,
        Confirmations = Confirmations,
    };

    /// <summary>What a validator has that says nothing of it: sets, by the first of the endpoints that it watches. Null where it watches none.</summary>
    internal static RelaySettings? ByDefault(EthereumSettings? ethereum) =>
        ethereum is { Endpoints: [var first, ..] } ? new RelaySettings { Url = first.Url, UrlFile = first.UrlFile } : null;

    /// <exception cref="OperatorException">Names the key and the form that is wanted.</exception>
    internal void Check()
    {
        if (IsOff) return;
        if (Url is null == UrlFile is null) throw new OperatorException("config: relay: either url or url_file");
        if (Url is not null) _ = EndpointOf(Url, "config: relay: url");
        if (What is not ("sets" or "all")) throw new OperatorException("config: relay: what: \"sets\", \"all\" or \"none\"");
        if (TurnSeconds is < 1 or > 86_400) throw new OperatorException("config: relay: turn_seconds: a number from 1 to 86400");
        if (PollSeconds is < 1 or > 3_600) throw new OperatorException("config: relay: poll_seconds: a number from 1 to 3600");
        if (TipGwei <= 0 || FeeCapGwei is <= 0 or > 1_000_000) throw new OperatorException("config: relay: tip_gwei, fee_cap_gwei: numbers above 0, the cap at most 1000000");
        Sending.Check();
    }

    /// <exception cref="OperatorException">The file is missing, or what is in it is no address that can be asked.</exception>
    internal EndpointOptions EndpointIn(NodeHome home) => Url is not null ? EndpointOf(Url, "config: relay: url") : EndpointInFile(home.In(UrlFile!), "config: relay: url_file");

    internal static EndpointOptions EndpointInFile(string file, string what)
    {
        if (!File.Exists(file)) throw new OperatorException($"{what}: there is no {file}");
        if (new FileInfo(file).Length > UrlBytesMax) throw new OperatorException($"{what}: {file} has more than {UrlBytesMax} bytes: one address is wanted");
        return EndpointOf(File.ReadAllText(file).Trim(), what);
    }

    /// <exception cref="OperatorException">No address. It is not shown: what is wrong with it may be next to a key.</exception>
    internal static EndpointOptions EndpointOf(string text, string what)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)) throw new OperatorException($"{what}: the address of a node of Ethereum wanted, as https://host/path or http://127.0.0.1:8545");
        var options = new EndpointOptions("ethereum", address);
        options.Check();
        return options;
    }

    internal static UInt128 Wei(decimal gwei) => (UInt128)(gwei * WeiPerGwei);
}
