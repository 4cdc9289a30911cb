using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Something of one's own to learn: written into a genesis by command, and a chain begins with it.</summary>
public sealed class GenesisTaskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AChainBeginsWithATaskOnOwnSamples()
    {
        using var node = LoneNode.Make(new NodeHome(_folder["node"]));
        var samples = DigitsAndLetters.Instance.Samples(SampleStream.Training, Hash256.Sha256("somebody's own"u8), 0, 5_000);
        var (training, test) = (samples.Take([.. Enumerable.Range(0, 400)]), samples.Take([.. Enumerable.Range(400, 4_600)]));
        IdxFiles.WriteFolder(_folder["own"], training, test);

        var own = await TaskAsync(node.Home.GenesisFile, "own", "--dataset", _folder["own"], "--required-gain", "20000");
        Assert.True(own.ExitCode == 0, own.ToString());
        Assert.Contains($"data set     own, training: 400 samples, root {training.Root}\n", own.Output, StringComparison.Ordinal);
        Assert.Contains($"data set     own, test: 4600 samples, root {test.Root}\n", own.Output, StringComparison.Ordinal);
        var painted = await TaskAsync(_folder["agreed.json"], "painted", "--dataset", _folder["own"], "--generated", "--seed", training.Root.ToString());
        Assert.True(painted.ExitCode == 0, painted.ToString());
        File.Copy(_folder["agreed.json"], node.Home.GenesisFile, overwrite: true);
        (NodeOptions.Load(node.Home.ConfigFile) with { Datasets = [_folder["own"]] }).Save(node.Home.ConfigFile);
        node.Start();
        await node.WaitUntilUpAsync();
        await node.ReachesAsync(2);

        var genesis = node.Home.LoadGenesis();
        var asked = await ChildProcess.RunNeurochainAsync("query", "task", "own", "--node", node.Api);
        Assert.Equal($"own {genesis.Tasks[0].Id}", asked["task"]);
        Assert.StartsWith("2 % of the loss", asked["asks for"], StringComparison.Ordinal);
        Assert.Equal(training.Root.ToString(), asked["training set"]);
        Assert.Equal((test.Root, DigitsAndLetters.Instance.Root), (genesis.Tasks[0].EvaluationSet, genesis.Tasks[1].EvaluationSet));
        Assert.Equal((training.Root, training.Root), (genesis.Tasks[1].TrainingSet, genesis.Tasks[1].InitialSeed));
        Assert.Equal(3, genesis.Datasets.Length); // what two tasks name stands once
    }

    [Fact]
    public async Task WhatDoesNotFitIsRefused()
    {
        using var node = LoneNode.Make(new NodeHome(_folder["node"]));
        await RefusedAsync("--dataset", _folder["nowhere"], $"{_folder["nowhere"]} has no train-images-idx3-ubyte.gz");
        await RefusedAsync("--model", _folder["nowhere"], "--model: there is no ");
        await RefusedAsync("--seed", "0x12", "--seed: 0x and 64 hexadecimal digits");
        File.WriteAllBytes(_folder["ten.json"], ModelSpec.SmallConvolutional().CanonicalJson.ToArray());
        await RefusedAsync("--model", _folder["ten.json"], "digits-letters-1 has 36 classes");
        Assert.Equal(0, (await TaskAsync(node.Home.GenesisFile, "letters")).ExitCode);
        var again = await TaskAsync(_folder["agreed.json"], "letters");
        Assert.Equal((2, "neurochain: --name: the genesis has a task \"letters\"\n"), (again.ExitCode, again.Errors));

        async Task RefusedAsync(string option, string value, string expected)
        {
            var refused = await TaskAsync(node.Home.GenesisFile, "letters", option, value);
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains(expected, refused.Errors, StringComparison.Ordinal);
        }
    }

    private Task<CommandResult> TaskAsync(string genesis, string name, params string[] more) =>
        ChildProcess.RunNeurochainAsync(["genesis", "task", genesis, "--output", _folder["agreed.json"], "--name", name, .. more]);
}
