using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Validators decide together, from the command line.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed class ValidatorCommandTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    [Fact]
    public async Task AParameterIsChangedByTheVoteOfThreeOfFour()
    {
        Assert.Equal(8u, (await ParametersAsync()).Training.TermBlocks);
        var proposed = await ValidatorAsync(0, "propose", "parameters", "training.term_blocks=9", "--reason", "longer terms");
        Assert.True(proposed.ExitCode == 0, proposed.ToString());
        var open = await RunAsync("validator", "proposals");
        Assert.Contains("set training.term_blocks=9", open.Output, StringComparison.Ordinal);
        Assert.Contains(": longer terms", open.Output, StringComparison.Ordinal);
        var id = open.Output.TrimStart().Split(' ')[0];

        foreach (var node in new[] { 1, 2 })
        {
            var voted = await ValidatorAsync(node, "vote", id, "yes");
            Assert.True(voted.ExitCode == 0, voted.ToString());
        }

        await Eventually.HoldsAsync(async () => (await ParametersAsync()).Training.TermBlocks == 9, "the change holds after its delay");
        Assert.StartsWith("none at height", (await RunAsync("validator", "proposals")).Output);
    }

    [Fact]
    public async Task ABondIsPutDownAndShown()
    {
        var bonded = await RunAsync("validator", "bond", "--amount", "12.5", "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile);
        Assert.True(bonded.ExitCode == 0, bonded.ToString());
        var shown = await RunAsync("validator", "show", Network.Funded.Address.ToString());
        Assert.Equal("12.5 NTK", shown["bonded"]);
        Assert.Equal("not elected", shown["state"]);
        var list = await RunAsync("validator", "list");
        foreach (var node in Network.Nodes) Assert.Contains(node.Validator!.Value.ToString(), list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhoIsNoValidatorProposesNothing()
    {
        var refused = await RunAsync(
            "validator", "propose", "jail", Network.Nodes[0].Validator!.Value.ToString(), "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile);
        Assert.Equal(1, refused.ExitCode);
        Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<ChainParameters> ParametersAsync()
    {
        var answer = await new ValidatorClient(Network.Nodes[3].Client).ParametersAsync(Cancelled);
        Assert.True(ChainParameters.TryDecode(answer.Json.Span, out var parameters));
        return parameters;
    }

    private Task<CommandResult> ValidatorAsync(int node, params string[] operation)
    {
        var home = Network.Nodes[node].Home;
        return RunAsync(["validator", .. operation, "--key", Path.Combine(home.Path, "keys", "validator.json"), "--password-file", Path.Combine(home.Path, "keys", "password")]);
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ChildProcess.RunNeurochainAsync([.. arguments, "--node", Network.Nodes[0].Api]);
}
