using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>All that validators decide, from the command line, one thing after another on one chain; at its end it is as it was.</summary>
public sealed class GovernanceCommandTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<NetworkFixture>
{
    private const string Nowhere = "0x1111111111111111111111111111111111111111111111111111111111111111";

    private int _proposals;

    private string Last => Network.Nodes[3].Validator!.Value.ToString();

    [Fact]
    public async Task EveryActionIsProposedVotedOnAndCarriedOut()
    {
        await Network.AllReachAsync(2);
        await DecideAsync("power", Last, "--power", "12");
        await ShowsAsync(Last, "power", "12");
        await DecideAsync("power", Last, "--power", "10");
        await ShowsAsync(Last, "power", "10");

        await DecideAsync("jail", Last);
        await ShowsAsync(Last, "state", "jailed, keeps its power until the others remove it");
        await DecideAsync("unjail", Last);
        await ShowsAsync(Last, "state", "active");

        await DecideAsync("upgrade", "far-away", "--height", "1000000");
        await UpgradesAreAsync(1);
        await DecideAsync("cancel-upgrade", "far-away");
        await UpgradesAreAsync(0);

        // Fees of a few payments are the treasury.
        var (payee, fundedBefore) = (PrivateKey.Generate().Address.ToString(), await BalanceAsync(Network.Funded.Address.ToString()));
        var paid = await RunAsync("tx", "transfer", "--to", payee, "--amount", "1", "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile);
        Assert.True(paid.ExitCode == 0, paid.ToString());
        Assert.NotEqual(fundedBefore, await BalanceAsync(Network.Funded.Address.ToString()));
        await DecideAsync("pay", payee, "--amount", "0.000000000000000001");
        await Eventually.HoldsAsync(async () => await BalanceAsync(payee) == "1.000000000000000001 NTK", "the treasury has paid");

        await RefusedAsync("UnknownTask", "close-task", Nowhere);
        await RefusedAsync("UnknownTask", "reopen-task", Nowhere);
        await BondsAsync();

        var stranger = PrivateKey.Generate().Address.ToString();
        await DecideAsync("admit", stranger, "--node-address", PrivateKey.Generate().Address.ToString(), "--power", "1");
        await ShowsAsync(stranger, "power", "1");
        await DecideAsync("remove", stranger);
        await ShowsAsync(stranger, "state", "not elected");
        await RefusedAsync("TooFewValidators", "remove", Last);

        await RotateLastAsync();
        var height = await Network.HighestAsync();
        foreach (var node in Network.Nodes) await node.ReachesAsync(height + 4);
    }

    // At once, and with the ledger's own reason.
    private async Task RefusedAsync(string reason, params string[] action)
    {
        var refused = await ValidatorAsync(0, ["propose", .. action]);
        Assert.Equal(1, refused.ExitCode);
        Assert.Equal($"neurochain: FailedPrecondition: {reason}", refused.Errors.TrimEnd());
    }

    private async Task BondsAsync()
    {
        string[] key = ["--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile];
        var bonded = await RunAsync(["validator", "bond", "--amount", "5", .. key]);
        Assert.True(bonded.ExitCode == 0, bonded.ToString());
        var back = await RunAsync(["validator", "unbond", "--amount", "2", .. key]);
        Assert.True(back.ExitCode == 0, back.ToString());
        await ShowsAsync(Network.Funded.Address.ToString(), "bonded", "3 NTK");
    }

    // As docs/operator tells it: the new key signs from two heights later on, with a memory of its own.
    private async Task RotateLastAsync()
    {
        var node = Network.Nodes[3];
        var (file, password) = (Path.Combine(node.Home.Path, "keys", "validator-2.json"), Path.Combine(node.Home.Path, "keys", "password"));
        var made = await ChildProcess.RunNeurochainAsync("key", "new", file, "--password-file", password);
        Assert.True(made.ExitCode == 0, made.ToString());
        var rotated = await ValidatorAsync(3, "rotate-key", "--new-key", file);
        Assert.True(rotated.ExitCode == 0, rotated.ToString());
        Assert.True(KeystoreFile.TryLoad(file, (await File.ReadAllTextAsync(password, Cancelled)).TrimEnd(), out var key, out _));
        var fresh = key.Address;
        await Eventually.HoldsAsync(async () => (await new ValidatorClient(node.Client).ValidatorsAsync(Cancelled)).Validators.Any(v => Address.FromBytes(v.Address.Span) == fresh), "it is elected");
        await node.ReachesAsync(await node.HeightAsync() + 2);

        Assert.Equal(0, await node.TerminateAsync(Eventually.Limit));
        var options = NodeOptions.Load(node.Home.ConfigFile);
        (options with { ValidatorKey = "keys/validator-2.json" }).Save(node.Home.ConfigFile);
        Directory.Move(node.Home.SignerFolder, node.Home.SignerFolder + "-1");
        node.Start();
        await node.WaitUntilUpAsync();
        await ShowsAsync(fresh.ToString(), "state", "active");
    }

    // Three of four are more than two thirds.
    private async Task DecideAsync(params string[] action)
    {
        var proposed = await ValidatorAsync(0, ["propose", .. action]);
        Assert.True(proposed.ExitCode == 0, proposed.ToString());
        var id = (++_proposals).ToString(CultureInfo.InvariantCulture);
        foreach (var voter in new[] { 1, 2 })
        {
            var voted = await ValidatorAsync(voter, "vote", id, "yes");
            Assert.True(voted.ExitCode == 0, $"{string.Join(' ', action)}: {voted}");
        }
    }

    // At the node that the next proposal goes to: the last vote was another's, which may be a block ahead.
    private Task UpgradesAreAsync(int count) => Eventually.HoldsAsync(
        async () => (await new ValidatorClient(Network.Nodes[0].Client).UpgradesAsync(Cancelled)).Upgrades.Count == count, $"{count} upgrades are decided");

    private Task ShowsAsync(string address, string field, string value) =>
        Eventually.HoldsAsync(async () => await RunAsync("validator", "show", address) is { ExitCode: 0 } shown && shown[field] == value, $"{address}: {field} {value}");

    private async Task<string> BalanceAsync(string address) => (await RunAsync("query", "account", address))["balance"];

    private Task<CommandResult> ValidatorAsync(int node, params string[] operation)
    {
        var home = Network.Nodes[node].Home;
        return RunAsync(["validator", .. operation, "--key", Path.Combine(home.Path, "keys", "validator.json"), "--password-file", Path.Combine(home.Path, "keys", "password")]);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ChildProcess.RunNeurochainAsync([.. arguments, "--node", Network.Nodes[0].Api]);
}
