using System.Globalization;
using System.Text.RegularExpressions;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Queries that believe the node nothing, against a running network.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed partial class LightClientTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    private readonly Address _receiver = PrivateKey.Generate().Address;

    private string GenesisFile => Network.Nodes[0].Home.GenesisFile;

    [Fact]
    public async Task ATransferIsProvedFromGenesisInItsBlockAndInTheBalance()
    {
        var sent = await TransferAsync("2.5");
        var transaction = await ProveAsync(Network.Nodes[1], "tx", sent.Hash, "--genesis", GenesisFile);
        Assert.Equal("done", transaction["state"]);
        Assert.StartsWith($"{sent.Height}, index ", transaction["block"]);
        Assert.StartsWith($"accounts.transferred from={Network.Funded.Address} to={_receiver} amount=2.5 ", transaction["event"], StringComparison.OrdinalIgnoreCase); // events are in lower case
        IsProvedAgainst(transaction, sent.Height + 1);

        var account = await ProveAsync(Network.Nodes[2], "account", _receiver.ToString(), "--genesis", GenesisFile);
        Assert.Equal("2.5 NTK", account["balance"]);
        Assert.Equal("0", account["nonce"]);
        var height = ulong.Parse(account["at height"], CultureInfo.InvariantCulture);
        Assert.True(height >= sent.Height, account.Output);
        IsProvedAgainst(account, height + 1);

        var block = await ProveAsync(Network.Nodes[3], "block", sent.Height.ToString(CultureInfo.InvariantCulture), "--genesis", GenesisFile);
        Assert.Contains($"{sent.Hash} done", block.Output, StringComparison.Ordinal);
        Assert.Contains("accounts.transferred", block.Output, StringComparison.Ordinal);
        IsProvedAgainst(block, sent.Height + 1);
        var plain = await ChildProcess.RunNeurochainAsync("query", "block", sent.Height.ToString(CultureInfo.InvariantCulture), "--node", Network.Nodes[3].Api);
        Assert.StartsWith(plain.Output, block.Output);
    }

    [Fact]
    public async Task AnAbsentAccountIsProvedAbsentFromATrustedHeader()
    {
        await Network.AllReachAsync(4);
        var trusted = await HashOfAsync(3);
        var account = await ProveAsync(Network.Nodes[1], "account", _receiver.ToString(), "--trust-height", "3", "--trust-hash", trusted);
        Assert.Equal("0 NTK", account["balance"]);
        IsProvedAgainst(account, ulong.Parse(account["at height"], CultureInfo.InvariantCulture) + 1);
    }

    [Fact]
    public async Task AnOlderBlockIsProvedByParentHashesAndTheHeadByWitnesses()
    {
        await Network.AllReachAsync(9);
        var block = await ProveAsync(Network.Nodes[0], "block", "3", "--trust-height", "8", "--trust-hash", await HashOfAsync(8));
        Assert.Equal("3", block["height"]);
        Assert.EndsWith("an ancestor of a certified header, 4 headers checked", block["proved"]);
        var latest = await ProveAsync(
            Network.Nodes[0], "block", "latest", "--genesis", GenesisFile, "--witness", Network.Nodes[1].Api, "--witness", Network.Nodes[2].Api);
        IsProvedAgainst(latest, ulong.Parse(latest["height"], CultureInfo.InvariantCulture) + 1);
    }

    [Fact]
    public async Task TheValidatorsAreProved()
    {
        var validators = await ProveAsync(Network.Nodes[0], "validators", "--genesis", GenesisFile);
        foreach (var node in Network.Nodes)
            Assert.Contains($"{node.Validator}, power 10, node {node.Identity}", validators.Output, StringComparison.Ordinal);
    }

    // Further back than the states that are at hand.
    [Fact]
    public async Task AStateOfLongAgoIsProvedToo()
    {
        await Network.AllReachAsync(25);
        using var client = new NodeClient(Network.Nodes[3].Api);
        var node = new ProofClient(client.Channel);
        var key = NeuroChain.Ledger.AccountsModule.Key(Network.Funded.Address);
        foreach (ulong height in new ulong[] { 0, 1, 7 })
        {
            var (shown, record) = await node.StateAsync(key, new Height(height), Cancelled);
            Assert.Equal(height, shown.Value);
            var after = await node.LightBlockAsync(new Height(height + 1), Cancelled);
            new ProvenState(shown, after.Header.StateRoot.Value).Add(key, record);
        }
    }

    [Fact]
    public async Task AModelThatTheChainDoesNotHaveIsProvedAbsent()
    {
        var model = await ProveAsync(Network.Nodes[0], "model", Hash256.Sha256([1]).ToString(), "--genesis", GenesisFile);
        Assert.Equal("the chain has none with this hash", model["model"]);
    }

    [Fact]
    public async Task TheNextCallBeginsWhereTheLastOneEnded()
    {
        using var folder = new TemporaryFolder();
        var file = folder["trust.json"];
        var address = Network.Funded.Address.ToString();
        await ProveAsync(Network.Nodes[0], "account", address, "--genesis", GenesisFile, "--trust-file", file);
        var kept = await File.ReadAllTextAsync(file, Cancelled);
        await Network.AllReachAsync(await Network.HighestAsync() + 2);
        var again = await ProveAsync(Network.Nodes[1], "account", address, "--trust-file", file);
        Assert.EndsWith(", 1 headers checked", again["proved"]);
        Assert.NotEqual(kept, await File.ReadAllTextAsync(file, Cancelled));
        await File.WriteAllTextAsync(file, "{}", Cancelled);
        var harmed = await AskAsync(Network.Nodes[1], "account", address, "--trust-file", file);
        Assert.Equal(2, harmed.ExitCode);
        Assert.Contains("--trust-file", harmed.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherChainIsRefusedLoudly()
    {
        await Network.AllReachAsync(3);
        using var folder = new TemporaryFolder();
        var other = folder["genesis.json"];
        await File.WriteAllBytesAsync(other, (Network.Genesis with { ChainName = "another" }).ToJson(), Cancelled);
        var genesis = await AskAsync(Network.Nodes[0], "account", _receiver.ToString(), "--genesis", other);
        Assert.Equal(1, genesis.ExitCode);
        Assert.Empty(genesis.Output);
        Assert.Matches("^neurochain: NOT PROVED: the header of height [0-9]+ is refused: WrongGenesis\n$", genesis.Errors);

        var hash = await AskAsync(Network.Nodes[0], "account", _receiver.ToString(), "--trust-height", "2", "--trust-hash", await HashOfAsync(3));
        Assert.Equal(1, hash.ExitCode);
        Assert.StartsWith("neurochain: NOT PROVED: the trusted header 2 is refused: NotTheTrustedHeader", hash.Errors);
    }

    [Theory]
    [InlineData("--prove needs something to begin from")]
    [InlineData("--trust-height and --trust-hash go together", "--trust-height", "3")]
    [InlineData("--trust-hash: 0x and 64", "--trust-height", "3", "--trust-hash", "0x12")]
    [InlineData("--genesis: there is no", "--genesis", "/nowhere/genesis.json")]
    public async Task AnOperatorWhoGivesNothingToTrustIsToldWhat(string words, params string[] arguments)
    {
        var answer = await AskAsync(Network.Nodes[0], ["account", _receiver.ToString(), .. arguments]);
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains(words, answer.Errors, StringComparison.Ordinal);
    }

    private static void IsProvedAgainst(CommandResult answer, ulong height)
    {
        var said = ProofLine().Match(answer["proved"]);
        Assert.True(said.Success, answer["proved"]);
        Assert.Equal(height, ulong.Parse(said.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.InRange(int.Parse(said.Groups[2].Value, CultureInfo.InvariantCulture), 3, 4);
    }

    [GeneratedRegex("^against header ([0-9]+) \\(0x[0-9a-f]{64}\\), ([34]) of 4 validators signed, [0-9]+ headers checked$")]
    private static partial Regex ProofLine();

    private async Task<string> HashOfAsync(ulong height)
    {
        var block = await Network.Nodes[0].BlockAsync(height);
        return Hex.Encode(block.Hash.Span);
    }

    private async Task<(string Hash, ulong Height)> TransferAsync(string amount)
    {
        var sent = await ChildProcess.RunNeurochainAsync(
            "tx", "transfer", "--to", _receiver.ToString(), "--amount", amount, "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile, "--node", Network.Nodes[0].Api);
        Assert.True(sent.ExitCode == 0, sent.ToString());
        var lines = sent.Output.Split('\n');
        var height = ulong.Parse(lines[1]["in block ".Length..], CultureInfo.InvariantCulture);
        await Network.AllReachAsync(height + 1);
        return (lines[0], height);
    }

    private static Task<CommandResult> AskAsync(NodeProcess node, params string[] question) =>
        ChildProcess.RunNeurochainAsync(["query", .. question, "--prove", "--node", node.Api]);

    private static async Task<CommandResult> ProveAsync(NodeProcess node, params string[] question)
    {
        var answer = await AskAsync(node, question);
        Assert.True(answer.ExitCode == 0, answer.ToString());
        Assert.Empty(answer.Errors);
        return answer;
    }
}
