using System.CommandLine;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Endpoints of Ethereum on the command line, for commands that read a snapshot.</summary>
internal sealed class SnapshotSource
{
    private readonly Option<string[]> _endpoints = new("--endpoint") { Description = "name=address of an Ethereum endpoint, once for each: three or more, of different operators" };
    private readonly Option<int> _required = new("--required") { Description = "How many of them must agree: more than half" };
    private readonly Option<ulong> _chain = new("--ethereum-chain-id") { Description = "1 is the main network" };
    private readonly Option<string?> _genesis = new("--ethereum-genesis") { Description = "Hash of Ethereum's block 0" };
    private readonly Option<bool> _local = new("--local-ethereum") { Description = "One endpoint is enough: for a network that holds nothing of value" };

    public void AddTo(Command command, bool isRequired)
    {
        _endpoints.Required = _required.Required = _chain.Required = _genesis.Required = isRequired;
        foreach (var option in (Option[])[_endpoints, _required, _chain, _genesis, _local]) command.Add(option);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_endpoints) is { Length: > 0 };

    /// <exception cref="OperatorException">The options make no quorum, or there is no snapshot: the reason is named.</exception>
    public async Task<HoldersFile> BuildAsync(ParseResult parsed, Address token, ulong firstBlock, ulong block, ExclusionList exclusions, CancellationToken cancellationToken)
    {
        var named = parsed.GetValue(_endpoints)!.Select(OptionsOf).ToList();
        if (!Hash256.TryParse(parsed.GetValue(_genesis), out var genesis)) throw new OperatorException("--ethereum-genesis: 0x and 64 hexadecimal digits");
        var quorum = new QuorumOptions(named.Count, parsed.GetValue(_required), parsed.GetValue(_chain), genesis) { IsLocalTestnet = parsed.GetValue(_local) };
        using var client = EthereumEndpoint.CreateClient();
        var builder = new SnapshotBuilder(new SnapshotOptions(quorum, token, firstBlock, block, exclusions), named.Select(options => new EthereumEndpoint(options, client)));
        builder.Read += to => Console.Error.Write($"\rblock {to} of {block}");
        var outcome = await builder.BuildAsync(cancellationToken).ConfigureAwait(false);
        Console.Error.WriteLine();
        return outcome.File ?? throw new OperatorException($"no snapshot, {outcome.Fault}: {outcome.Detail}");
    }

    private static EndpointOptions OptionsOf(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || !Uri.TryCreate(text[(equals + 1)..], UriKind.Absolute, out var address)) throw new OperatorException($"--endpoint: name=address wanted, not \"{text}\"");
        return new EndpointOptions(text[..equals], address);
    }
}
