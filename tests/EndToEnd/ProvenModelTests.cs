using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A network that learns, where there is something to learn.</summary>
public sealed class LearningNetworkFixture() : NetworkFixture(new NetworkShape { Trains = TrainingGenesis.IsAvailable });

/// <summary>Queries that believe the node nothing, on a chain that certifies models and whose validators change.</summary>
public sealed class ProvenModelTests(LearningNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<LearningNetworkFixture>
{
    /// <summary>A round takes its windows, and four evaluators and a trainer share the cores.</summary>
    private static readonly TimeSpan Certifies = TimeSpan.FromMinutes(6);

    private string GenesisFile => Network.Nodes[0].Home.GenesisFile;

    [Fact]
    public async Task ACertifiedModelIsProvedAndSoIsWhatComesAfterTheValidatorsChanged()
    {
        Assert.SkipUnless(TrainingGenesis.IsAvailable, "Fashion-MNIST is not installed: ./setup.sh");
        using var folder = new TemporaryFolder();
        var trust = folder["trust.json"];
        await Network.AllReachAsync(3);
        var before = await ProveAsync(0, "validators", "--genesis", GenesisFile, "--trust-file", trust);
        Assert.Contains("of 4 validators signed", before["proved"], StringComparison.Ordinal);

        await ChangeValidatorsAsync();
        // Once from the header that was trusted before the change, and once from genesis, which knows the first four only.
        foreach (var start in new string[][] { ["--trust-file", trust], ["--genesis", GenesisFile] })
        {
            var after = await ProveAsync(1, ["validators", .. start]);
            Assert.Contains("of 5 validators signed", after["proved"], StringComparison.Ordinal);
            foreach (var node in Network.Nodes) Assert.Contains($"{node.Validator}, power 10", after.Output, StringComparison.Ordinal);
            Assert.Contains(", power 1, node ", after.Output, StringComparison.Ordinal);
        }

        var task = await CertifiedTaskAsync();
        var model = await ProveAsync(2, "model", Hex.Encode(task.BestModel.Span), "--genesis", GenesisFile);
        Assert.Equal(Hex.Encode(task.Id.Span), model["task"]);
        Assert.Matches("^training round [1-9][0-9]*, block [1-9][0-9]*$", model["certified"]);
        Assert.Matches("^0x[0-9A-Fa-f]{40}$", model["trainer"]);
        Assert.Contains(Network.Nodes, node => $"{node.Validator}" == model["producer"]);
        Assert.Matches("^[0-9.]+ -> [0-9.]+ on [1-9][0-9]* samples$", model["losses"]);
        Assert.InRange(int.Parse(model["attested by"].Split(' ')[0], CultureInfo.InvariantCulture), 3, 5);
        Assert.Contains("of 5 validators signed", model["proved"], StringComparison.Ordinal);
        var first = await ProveAsync(3, "model", model["parent"], "--trust-file", trust);
        Assert.Equal(model["task"], first["task"]);
        await RecheckedAsync();
    }

    private async Task<Node.V1.TrainingTask> CertifiedTaskAsync()
    {
        var client = new TrainingClient(Network.Nodes[0].Client.Channel);
        Node.V1.TrainingTask? task = null;
        await Eventually.HoldsAsync(
            async () => (task = (await client.TasksAsync(Cancelled)).FirstOrDefault(one => one.Certified > 0)) is not null, $"a model is certified; the trainer says: {Network.TrainerOutput}", Certifies);
        return task!;
    }

    // The evaluators of at least three nodes, each a process of its own, found the same: nobody's private losses are wrong.
    private async Task RecheckedAsync()
    {
        var from = 1UL;
        Node.V1.BlockEvent? rechecked = null;
        await Eventually.HoldsAsync(
            async () =>
            {
                for (var last = await Network.HighestAsync(); from <= last && rechecked is null; from++)
                    rechecked = (await Network.Nodes[0].BlockAsync(from)).Events.FirstOrDefault(happened => happened.Kind == "training.rechecked");
                return rechecked is not null;
            },
            "a re-check ends",
            Certifies);
        var told = rechecked!.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        Assert.Equal("yes", told["agreed"]);
        for (var height = 1UL; height < from; height++)
            Assert.DoesNotContain((await Network.Nodes[0].BlockAsync(height)).Events, happened => happened.Kind.StartsWith("training.false", StringComparison.Ordinal));
        Assert.Contains("re-check", (await RunAsync("query", "task")).Output, StringComparison.Ordinal);
    }

    // A fifth one, which never runs and has hardly any power.
    private async Task ChangeValidatorsAsync()
    {
        var (validator, node) = (PrivateKey.Generate().Address, PrivateKey.Generate().Address);
        await ValidatorAsync(0, "propose", "admit", $"{validator}", "--node-address", $"{node}", "--power", "1");
        var id = (await RunAsync("validator", "proposals")).Output.TrimStart().Split(' ')[0];
        await Task.WhenAll(ValidatorAsync(1, "vote", id, "yes"), ValidatorAsync(2, "vote", id, "yes"));
        await Eventually.HoldsAsync(async () => (await Network.Nodes[0].StatusAsync()).Validators == 5, "there are five");
        await Network.AllReachAsync(await Network.HighestAsync() + 3);
    }

    private async Task ValidatorAsync(int node, params string[] operation)
    {
        var home = Network.Nodes[node].Home;
        var done = await RunAsync(["validator", .. operation, "--key", Path.Combine(home.Path, "keys", "validator.json"), "--password-file", Path.Combine(home.Path, "keys", "password")]);
        Assert.True(done.ExitCode == 0, done.ToString());
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ChildProcess.RunNeurochainAsync([.. arguments, "--node", Network.Nodes[0].Api]);

    private async Task<CommandResult> ProveAsync(int node, params string[] question)
    {
        var answer = await ChildProcess.RunNeurochainAsync(["query", .. question, "--prove", "--node", Network.Nodes[node].Api]);
        Assert.True(answer.ExitCode == 0, answer.ToString());
        return answer;
    }
}
