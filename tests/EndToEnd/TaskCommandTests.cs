using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>
/// A network that learns from stored samples and is judged by generated ones, two of whose nodes are custodians for whoever has the funded key.
/// </summary>
public sealed class CustodianNetworkFixture() : NetworkFixture(
    new NetworkShape { Trains = TrainingGenesis.IsAvailable, Custodians = 2, TrainedTask = "digits-letters", StoredSamples = TaskCommandTests.StoredSamples });

/// <summary>What operators do to a task while it is learned: sealed samples judge it and come into its training set, and it goes on with another model.</summary>
public sealed class TaskCommandTests(CustodianNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<CustodianNetworkFixture>
{
    private const string Learned = "digits-letters";

    internal const int StoredSamples = 4_000;

    private const int SealedSamples = 144;

    /// <summary>A round takes its windows, and four evaluators and a trainer share the cores.</summary>
    private static readonly TimeSpan Certifies = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task SealedSamplesJudgeATaskAndAForkGoesOnFromIt()
    {
        Assert.SkipUnless(TrainingGenesis.IsAvailable, "Fashion-MNIST is not installed: ./setup.sh");
        using var folder = new TemporaryFolder();
        await Network.AllReachAsync(2);
        await OfferSealedSetAsync(folder);
        await Eventually.HoldsAsync(async () => (await SetAsync()).Status == "active", "custodians have taken their seats and validators hold the blob", Certifies);
        await CertifiedAsync(Learned);
        await Eventually.HoldsAsync(async () => (await SetAsync()).LastRound > 0, "samples were opened and have judged", Certifies);
        var listed = await RunAsync("dataset", "sealed", "list", "--task", Learned);
        Assert.Matches($"^1: active, [1-9][0-9]* of {SealedSamples} samples opened, 2 of 2 custodians \\(2 accepted\\), held by [34], ", listed.Output);

        await ForkAsync(folder["model.json"]);
        // As a library for GPUs ends it: that is the trainer's matter alone.
        Network.KillTrainer();
        var then = await Network.HighestAsync();
        await Network.AllReachAsync(then + 3);
        await GraduateAsync(); // while the trainer, whose key votes too, sends nothing
        Network.StartTrainer(settings => settings with { Task = "wider" });
        await CertifiedAsync("wider");
        var fork = await RunAsync("query", "task", "wider");
        Assert.Matches("^0x[0-9a-f]{64} at height [1-9][0-9]*$", fork["forked from"]);
        Assert.Matches("^model 0x[0-9a-f]{64}$", fork["grown from"]);
        Assert.Matches("^[0-9.]+ nats: gains below it are paid$", fork["bar"]);
        var parent = await RunAsync("query", "task", Learned);
        Assert.StartsWith(parent["task"].Split(' ')[1], fork["forked from"], StringComparison.Ordinal);
        await GraduatedAsync();
        await VerifyAsync();
    }

    // Sealed rounds, those of the fork, and what was re-checked: all of it again, from the data of a node that has stopped.
    private async Task VerifyAsync()
    {
        var node = Network.Nodes[0];
        Assert.Equal(0, await node.TerminateAsync(Eventually.Limit));
        var verified = await ChildProcess.RunNeurochainAsync(Certifies, "verify", "training", "--home", node.Home.Path);
        Assert.True(verified.ExitCode == 0, verified.ToString());
        Assert.Equal("yes", verified["verified"]);
    }

    // What has judged is proposed for the training set, and voted in.
    private async Task GraduateAsync()
    {
        string[] graduate = ["dataset", "sealed", "graduate", "1", "--task", Learned, "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile];
        var elsewhere = await RunAsync(graduate);
        Assert.Equal(2, elsewhere.ExitCode);
        Assert.Contains("which is not what the task began from", elsewhere.Errors, StringComparison.Ordinal);
        var proposed = await RunAsync([.. graduate, "--dataset", Network.StoredFolder]);
        Assert.True(proposed.ExitCode == 0, proposed.ToString());
        string[] vote = ["dataset", "vote", "1", "yes", "--task", Learned];
        // Whoever was paid for the task has a say, and nobody for more than a fifth: validators alone are too few.
        var trainer = RunAsync([.. vote, "--key", Network.Trainer.In("keys/trainer.json"), "--password-file", Network.Trainer.In("keys/password")]);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(node => KeyedAsync(node, vote)));
        Assert.True((await trainer).ExitCode == 0, (await trainer).ToString());
    }

    private async Task GraduatedAsync()
    {
        var datasets = new DatasetClient(Network.Nodes[0].Client.Channel);
        var learned = await LearnedIdAsync();
        await Eventually.HoldsAsync(async () => (await datasets.SetAsync(learned, Cancelled)).Version == 1, "the next version of the training set", Certifies);
        var version = (await datasets.VersionsAsync(learned, Cancelled))[1];
        Assert.InRange(version.Adds, 1u, (uint)SealedSamples);
        Assert.Equal((StoredSamples + version.Adds, 0u), (version.Samples, version.Removes));
        var listed = await RunAsync("dataset", "list", "--task", Learned);
        Assert.Contains($"1: {version.Samples} samples, +{version.Adds} -0, height {version.Height}, ", listed.Output, StringComparison.Ordinal);
    }

    private async Task OfferSealedSetAsync(TemporaryFolder folder)
    {
        var samples = DigitsAndLetters.Instance.Samples(SampleStream.Training, Hash256.Sha256("what a supplier has drawn"u8), 0, 40 * SealedSamples);
        IdxFiles.Write(samples.Take(OfEachClass(samples)), folder["images"], folder["labels"]);
        List<string> seal = ["dataset", "sealed", "seal", "--task", Learned, "--images", folder["images"], "--labels", folder["labels"], "--threshold", "2", "--to", folder["sealed"]];
        foreach (var node in Network.Nodes.Take(2))
        {
            var shown = await ChildProcess.RunNeurochainAsync("key", "show", Path.Combine(node.Home.Path, NetworkFixture.CustodianKey), "--public", "--password-file", Path.Combine(node.Home.Path, "keys", "password"));
            Assert.True(shown.ExitCode == 0, shown.ToString());
            seal.AddRange(["--custodian", shown.Output.Split('\n')[1].Trim()]);
        }

        var made = await RunAsync([.. seal]);
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Contains($"{SealedSamples} samples", made.Output, StringComparison.Ordinal);
        var offered = await RunAsync("dataset", "sealed", "offer", folder["sealed"], "--key", Network.FundedKeyFile, "--password-file", Network.PasswordFile);
        Assert.True(offered.ExitCode == 0, offered.ToString());
    }

    // As many of each class, for every class must have some.
    private static List<int> OfEachClass(Dataset samples)
    {
        var chosen = Enumerable.Range(0, samples.Count).GroupBy(i => samples.Label(i)).SelectMany(group => group.Take(SealedSamples / DigitsAndLetters.Classes)).ToList();
        Assert.Equal(SealedSamples, chosen.Count);
        return chosen;
    }

    private async Task ForkAsync(string file)
    {
        var model = JsonNode.Parse(ModelSpec.SmallConvolutional(classes: DigitsAndLetters.Classes).CanonicalJson)!;
        model["layers"]![0]!["channels"] = 12;
        await File.WriteAllTextAsync(file, model.ToJsonString(), Cancelled);
        await ValidatorAsync(0, "propose", "fork-task", Learned, "--model", file, "--name", "wider");
        var id = (await RunAsync("validator", "proposals")).Output.TrimStart().Split(' ')[0];
        await Task.WhenAll(ValidatorAsync(1, "vote", id, "yes"), ValidatorAsync(2, "vote", id, "yes"));
        await Eventually.HoldsAsync(async () => await TaskAsync("wider") is not null, "the task has its fork");
    }

    // A process of the command line for each look would take the cores from those who learn.
    private Task CertifiedAsync(string task) => Eventually.HoldsAsync(
        async () => await TaskAsync(task) is { Certified: > 0 }, $"{task} has a certified model; the trainer says: {Network.TrainerOutput}", Certifies);

    private async Task<Node.V1.TrainingTask?> TaskAsync(string name) =>
        (await new TrainingClient(Network.Nodes[0].Client.Channel).TasksAsync(Cancelled)).FirstOrDefault(task => task.Name == name);

    private async Task<Node.V1.SealedSetState> SetAsync() => Assert.Single(await new DatasetClient(Network.Nodes[0].Client.Channel).SealedSetsAsync(await LearnedIdAsync(), Cancelled));

    private async Task<Hash256> LearnedIdAsync() => Hash256.FromBytes((await TaskAsync(Learned))!.Id.Span);

    private Task ValidatorAsync(int node, params string[] operation) => KeyedAsync(node, ["validator", .. operation]);

    private async Task KeyedAsync(int node, params string[] command)
    {
        var home = Network.Nodes[node].Home;
        var done = await RunAsync([.. command, "--key", Path.Combine(home.Path, "keys", "validator.json"), "--password-file", Path.Combine(home.Path, "keys", "password")]);
        Assert.True(done.ExitCode == 0, done.ToString());
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => ChildProcess.RunNeurochainAsync([.. arguments, "--node", Network.Nodes[0].Api]);
}
