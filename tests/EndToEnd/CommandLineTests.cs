using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>The command line against a running network.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed class CommandLineTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    private readonly Address _receiver = PrivateKey.Generate().Address;

    [Fact]
    public async Task ATransferReachesABlockAndEveryNodeShowsIt()
    {
        await Network.AllReachAsync(6); // validators register their seed chains in the first blocks, before any payment
        var sent = await TransferAsync("1.5");
        Assert.True(sent.ExitCode == 0, sent.ToString());
        var lines = sent.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.True(Hash256.TryParse(lines[0], out _), lines[0]);
        Assert.StartsWith("in block ", lines[1]);
        var height = ulong.Parse(lines[1]["in block ".Length..], CultureInfo.InvariantCulture);

        var other = Network.Nodes[2];
        await other.ReachesAsync(height);
        var transaction = await QueryAsync(other, "tx", lines[0]);
        Assert.Equal("done", transaction["state"]);
        Assert.Equal($"{height}, index 0", transaction["block"]);
        Assert.Equal("1.5 NTK", (await QueryAsync(other, "account", _receiver.ToString()))["balance"]);
        var block = await QueryAsync(other, "block", height.ToString(CultureInfo.InvariantCulture));
        Assert.Equal($"{lines[0]} done", block["transaction"]);
        Assert.Contains("accounts.transferred", block.Output, StringComparison.Ordinal);
        Assert.Equal(block.Output, (await QueryAsync(other, "block", block["hash"])).Output);
    }

    [Fact]
    public async Task ATransferBeyondTheBalanceFailsInABlockAndSaysSo()
    {
        var sent = await TransferAsync("1000000");
        Assert.Equal(1, sent.ExitCode);
        Assert.Contains("failed in block", sent.Output, StringComparison.Ordinal);
        Assert.Contains("BalanceTooLow", sent.Output, StringComparison.Ordinal);
        Assert.Equal("0 NTK", (await QueryAsync(Network.Nodes[0], "account", _receiver.ToString()))["balance"]);
    }

    /// <summary>What a fork would be judged by, of two running nodes: they decided alike, so there is nothing to judge.</summary>
    [Fact]
    public async Task HowAHeightWasDecidedIsAFileThatInspectForkTakes()
    {
        await Network.AllReachAsync(3);
        using var folder = new TemporaryFolder();
        foreach (var i in new[] { 0, 1 })
        {
            var asked = await ChildProcess.RunNeurochainAsync("query", "certificates", "2", "--out", folder[$"{i}.bin"], "--node", Network.Nodes[i].Api);
            Assert.True(asked.ExitCode == 0, asked.ToString());
            Assert.Matches("block 0x[0-9a-f]{64} of height 2, decided in round [0-9]+, and [1-9][0-9]* polka certificates", asked.Output);
        }

        var judged = await ChildProcess.RunNeurochainAsync("inspect", "fork", folder["0.bin"], folder["1.bin"]);
        Assert.Equal(1, judged.ExitCode);
        Assert.StartsWith("no fork: ", judged.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoOfThreeKeysPayFromAnAccountThatTheyHold()
    {
        await Network.AllReachAsync(6);
        using var folder = new TemporaryFolder();
        string[] keys = [.. new[] { "a", "b", "c" }.Select(name => Path.Combine(folder.Path, $"{name}.json"))];
        var members = new List<string>();
        foreach (var key in keys) members.Add((await RunAsync(0, "key", "new", key, "--password-file", Network.PasswordFile)).Output.Trim());
        var (policy, draft) = (Path.Combine(folder.Path, "policy.json"), Path.Combine(folder.Path, "draft.json"));
        var account = (await RunAsync(0, ["key", "policy", policy, "--threshold", "2", .. members.SelectMany(member => new[] { "--member", member })])).Output.Trim();
        var funded = await ChildProcess.RunNeurochainAsync(
            "tx", "transfer", "--to", account, "--amount", "10", "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile, "--node", Network.Nodes[0].Api);
        Assert.True(funded.ExitCode == 0, funded.ToString());

        var made = await RunAsync(0, "tx", "transfer", "--to", _receiver.ToString(), "--amount", "4", "--policy", policy, "--draft", draft, "--expiry", "1000000", "--node", Network.Nodes[0].Api);
        Assert.Equal("0 of 2", made["signatures"]);
        await RunAsync(2, "tx", "send", draft, "--node", Network.Nodes[0].Api);
        await RunAsync(2, "tx", "sign", draft, "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile);
        foreach (var key in keys[1..]) await RunAsync(0, "tx", "sign", draft, "--key", key, "--password-file", Network.PasswordFile);
        var sent = await RunAsync(0, "tx", "send", draft, "--node", Network.Nodes[1].Api);
        Assert.Contains("in block ", sent.Output, StringComparison.Ordinal);
        Assert.Equal("4 NTK", (await QueryAsync(Network.Nodes[1], "account", _receiver.ToString()))["balance"]);

        static async Task<CommandResult> RunAsync(int exitCode, params string[] arguments)
        {
            var result = await ChildProcess.RunNeurochainAsync(arguments);
            Assert.True(result.ExitCode == exitCode, result.ToString());
            return result;
        }
    }

    [Fact]
    public async Task QueryStatusShowsTheChain()
    {
        await Network.AllReachAsync(2);
        var status = await QueryAsync(Network.Nodes[1], "status");
        Assert.Equal("end-to-end", status["chain"]);
        Assert.Equal(Network.Genesis.Hash.ToString(), status["genesis"]);
        Assert.EndsWith("caretaker", status["led by"], StringComparison.Ordinal);
        Assert.Equal("no", status["catching up"]);
        var latest = await QueryAsync(Network.Nodes[1], "block");
        Assert.True(ulong.Parse(latest["height"], CultureInfo.InvariantCulture) >= ulong.Parse(status["height"], CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(2, "address: 0x and 40", "query", "account", "0x12")]
    [InlineData(2, "hash: 0x and 64", "query", "tx", "zz")]
    [InlineData(2, "block: a height, a hash or", "query", "block", "-1")]
    [InlineData(1, "NotFound: no block at height 18446744073709551615", "query", "block", "18446744073709551615")]
    [InlineData(1, "NotFound: this node knows no such transaction", "query", "tx", "0x1111111111111111111111111111111111111111111111111111111111111111")]
    public async Task AWrongQuestionIsAnsweredWithOneLine(int exitCode, string words, params string[] arguments)
    {
        var answer = await ChildProcess.RunNeurochainAsync([.. arguments, "--node", Network.Nodes[0].Api]);
        Assert.Equal(exitCode, answer.ExitCode);
        Assert.Empty(answer.Output);
        var line = Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("neurochain: ", line);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhereNoNodeAnswersTheCommandSaysSo()
    {
        var answer = await ChildProcess.RunNeurochainAsync("query", "status", "--node", $"127.0.0.1:{FreePorts.Take(1)[0]}");
        Assert.Equal(1, answer.ExitCode);
        Assert.StartsWith("neurochain: no node answers", Assert.Single(answer.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
    }

    private Task<CommandResult> TransferAsync(string amount) => ChildProcess.RunNeurochainAsync(
        "tx", "transfer", "--to", _receiver.ToString(), "--amount", amount, "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile, "--node", Network.Nodes[0].Api);

    private static async Task<CommandResult> QueryAsync(NodeProcess node, params string[] question)
    {
        var answer = await ChildProcess.RunNeurochainAsync(["query", .. question, "--node", node.Api]);
        Assert.True(answer.ExitCode == 0, answer.ToString());
        Assert.Empty(answer.Errors);
        return answer;
    }
}
