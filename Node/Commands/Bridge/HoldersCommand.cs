using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge snapshot: the file of the token's holders after a block of Ethereum: makes it, checks it, takes a leaf's proof out of it.</summary>
internal static class HoldersCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Command Create() => new("snapshot", "Holders of the token on Ethereum, for claims") { Build(), Check(), Proof() };

    private static Command Build()
    {
        var source = new SnapshotSource();
        var token = new Option<string>("--token") { Description = "Address of the token's contract", Required = true };
        var first = new Option<ulong>("--first-block") { Description = "Block of the token's deployment, or one before it", Required = true };
        var block = new Option<ulong>("--block") { Description = "A final block, after which balances are read; one of the last, whose state endpoints still have", Required = true };
        var exclude = new Option<string?>("--exclude") { Description = "File with addresses that are no leaves: a line each, the address, a space, the reason" };
        var output = new Option<string>("--output") { Description = "File to write", Required = true };
        var command = new Command("build", "Read all transfers and burns by a quorum of endpoints, prove every balance, write the holders file; all validators come to the same bytes")
        {
            token, first, block, exclude, output,
        };
        source.AddTo(command, isRequired: true);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var list = parsed.GetValue(exclude) is { } path ? ExclusionList.Parse(Read(path, "--exclude")) : ExclusionList.None;
            var built = await source.BuildAsync(parsed, AddressArgument.Parse(parsed.GetValue(token), "--token"), parsed.GetValue(first), parsed.GetValue(block), list, cancellationToken).ConfigureAwait(false);
            File.WriteAllBytes(parsed.GetValue(output)!, built.Encode());
            Print(built);
            return 0;
        });
        return command;
    }

    private static Command Check()
    {
        var source = new SnapshotSource();
        var file = new Argument<string>("file") { Description = "Holders file" };
        var genesis = new Option<string?>("--genesis") { Description = "genesis.json whose claims must be of this file" };
        var closing = new Option<ulong?>("--closing-height") { Description = "Show the claims section of a genesis with this closing height" };
        var command = new Command("check", "Check a holders file: its form, sums and root; with endpoints, that it is what the chain says") { file, genesis, closing };
        source.AddTo(command, isRequired: false);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var holders = Load(parsed.GetValue(file)!);
            if (parsed.GetValue(genesis) is { } path)
            {
                var document = GenesisDocument.Parse(System.Text.Encoding.UTF8.GetBytes(Read(path, "--genesis")));
                if (document.Claims is not { } claims) throw new OperatorException($"{path} names no snapshot");
                if (claims != holders.ToGenesis(claims.ClosingHeight)) throw new OperatorException($"the claims of {path} are not of this file: {claims.Root} is its root, {claims.Total} NTK its total");
            }

            if (source.IsGiven(parsed))
            {
                var list = new ExclusionList(System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(holders.Excluded.Select(one => KeyValuePair.Create(one.Holder, one.Reason))));
                var built = await source.BuildAsync(parsed, holders.Token, holders.FirstBlock, holders.Block.Number, list, cancellationToken).ConfigureAwait(false);
                if (!built.Encode().AsSpan().SequenceEqual(holders.Encode())) throw new OperatorException("the file is not what the endpoints say: build one and compare them");
            }

            Print(holders);
            if (parsed.GetValue(closing) is { } height) Console.WriteLine(Section(holders.ToGenesis(height)));
            return 0;
        });
        return command;
    }

    private static Command Proof()
    {
        var file = new Argument<string>("file") { Description = "Holders file" };
        var holder = new Argument<string>("holder") { Description = "0x and 40 digits" };
        var command = new Command("proof", "Show a holder's leaf and its path to the root, as JSON") { file, holder };
        command.SetAction(parsed =>
        {
            var (holders, address) = (Load(parsed.GetValue(file)!), AddressArgument.Parse(parsed.GetValue(holder), "holder"));
            var amount = RequireLeaf(holders, address);
            var shown = new JsonObject
            {
                ["holder"] = address.ToString(),
                ["amount"] = amount.ToString(),
                ["root"] = holders.Tree.Root.ToString(),
                ["path"] = new JsonArray([.. holders.Tree.Prove(address, amount)!.Value.Select(node => JsonValue.Create(node.ToString()))]),
            };
            Console.WriteLine(shown.ToJsonString(Indented));
            return 0;
        });
        return command;
    }

    /// <exception cref="OperatorException">There is no such file, or it is none.</exception>
    public static HoldersFile Load(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists) throw new OperatorException($"there is no {path}");
        if (info.Length > HoldersFile.BytesMax) throw new OperatorException($"{path}: more than {HoldersFile.BytesMax} bytes");
        return HoldersFile.TryParse(File.ReadAllBytes(path), out var file, out var fault) ? file : throw new OperatorException($"{path} is no holders file: {fault}");
    }

    /// <exception cref="OperatorException">It has none; says why where the file does.</exception>
    public static Amount RequireLeaf(HoldersFile holders, Address holder)
    {
        if (holders.AmountOf(holder) is { } amount) return amount;
        var excluded = holders.Excluded.Where(one => one.Holder == holder).Select(one => $"{holder} is left out of the snapshot, with {one.Amount} NTK: {one.Reason}");
        throw new OperatorException(excluded.FirstOrDefault() ?? $"{holder} held nothing after block {holders.Block.Number}");
    }

    private static string Section(GenesisClaims claims) => new JsonObject
    {
        ["claims"] = new JsonObject
        {
            ["ethereum_chain_id"] = claims.EthereumChainId,
            ["token"] = claims.Token.ToString(),
            ["block_number"] = claims.BlockNumber,
            ["block_hash"] = claims.BlockHash.ToString(),
            ["root"] = claims.Root.ToString(),
            ["total"] = claims.Total.ToString(),
            ["excluded"] = claims.Excluded.ToString(),
            ["closing_height"] = claims.ClosingHeight,
        },
    }.ToJsonString(Indented);

    private static void Print(HoldersFile file)
    {
        Console.WriteLine($"token        {file.Token} on chain {file.EthereumChainId}");
        Console.WriteLine($"block        {file.Block.Number} {file.Block.Hash}, events from block {file.FirstBlock} on");
        Console.WriteLine($"supply       {file.Supply} NTK");
        Console.WriteLine($"holders      {file.Holders.Length} with {file.Total} NTK");
        foreach (var (holder, amount, reason) in file.Excluded) Console.WriteLine($"left out     {holder} {amount} NTK: {reason}");
        Console.WriteLine($"root         {file.Tree.Root}");
    }

    private static string Read(string path, string option) => File.Exists(path) ? File.ReadAllText(path) : throw new OperatorException($"{option}: there is no {path}");
}
