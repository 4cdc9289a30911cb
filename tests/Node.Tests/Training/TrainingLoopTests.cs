using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A trainer against a real node, up to the block that has its reveal: evaluators are processes of the whole program, and tested there.</summary>
public sealed class TrainingLoopTests
{
    [Fact]
    public async Task ATrainerLearnsCommitsAndReveals()
    {
        await using var node = await TrainingNode.StartAsync();
        await using var trainer = new RunningTrainer(node, node.Settings());
        await trainer.SaysAsync("round 1: learning from");
        await trainer.SaysAsync("round 1: committed, own gain");
        await trainer.SaysAsync("round 1: revealed");
        var revealed = await EventAsync(node, "training.revealed");
        Assert.Equal(node.Trainer.Address, AddressIn(revealed, "trainer"));
        Assert.Equal(node.Genesis.Validators[0].Address, AddressIn(revealed, "producer"));
        Assert.Equal("cpu", revealed["device"]);
        await trainer.SaysAsync("round 1: uploaded");
    }

    // The reveal has a window and costs a bond; the checkpoint has longer, and a node takes it only when it was shown.
    [Fact]
    public async Task TheRevealDoesNotWaitForTheUpload()
    {
        await using var node = await TrainingNode.StartAsync();
        await using var trainer = new RunningTrainer(node, node.Settings());
        await trainer.SaysAsync("round 1: uploaded");
        Assert.True(trainer.IndexOf("round 1: revealed") < trainer.IndexOf("round 1: uploaded"));
        var model = (await EventAsync(node, "training.revealed"))["model"];
        using var client = new NodeClient(node.Api);
        await trainer.SaysAsync($"{Checkpoint.SizeBytes(node.Plan)} bytes"); // the whole form, after the delta
        var blob = new BlobHash(Hash256.TryParse(model, out var hash) ? hash : default);
        Assert.NotEmpty(await new TrainingClient(client.Channel).DownloadAsync(blob, Checkpoint.SizeBytes(node.Plan), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ATrainerBringsUpATrainingSetThatHasMovedOnBeforeItCommits()
    {
        await using var node = await TrainingNode.StartAsync(datasets: new DatasetParameters { PeriodBlocks = 60, DeltaBond = Amount.FromNtk(1) });
        var training = IdxFolder.Load(node.DataFolder).Training;
        // It learns on and on and commits nothing while the set changes.
        Hash256 expected;
        await using (var trainer = new RunningTrainer(node, node.Settings(settings => settings with { StepsMin = 100_000_000, StepsMax = 100_000_000 })))
        {
            await trainer.SaysAsync("learning from");
            expected = await ChangeSetAsync(node, training);
            await trainer.SaysAsync($"the training set has moved on to {expected}");
            await trainer.SaysAsync($"the training set is {expected}, 599 samples");
        }

        await using var second = new RunningTrainer(node, node.Settings()); // and a fresh one begins with it
        await second.SaysAsync("599 samples");
        await second.SaysAsync("revealed");
        while (TrainingQueries.Reveal(node.Runtime.Host.Current.State, node.Task, 0) is null) await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(expected.ToByteString(), TrainingQueries.Reveal(node.Runtime.Host.Current.State, node.Task, 0)!.Manifest.TrainingSet);
    }

    [Fact]
    public async Task ATrainerThatWasEndedBetweenCommitAndRevealRevealsAfterItsReturn()
    {
        await using var node = await TrainingNode.StartAsync();
        await using (var first = new RunningTrainer(node, node.Settings())) await first.SaysAsync("round 1: committed");
        await using var second = new RunningTrainer(node, node.Settings(settings => settings with { StepsMin = 200 }));
        await second.SaysAsync("a commit was sent before the restart");
        Assert.Equal(node.Trainer.Address, AddressIn(await EventAsync(node, "training.revealed"), "trainer"));
    }

    /// <summary>Two begin from the same model and one wins: the other goes on from the winner with what it learned itself on top.</summary>
    [Fact]
    public async Task WhatLostIsTriedOnTopOfTheWinner()
    {
        await using var node = await TrainingNode.StartAsync(commitBlocks: 40);
        await using var one = new RunningTrainer(node, node.Settings());
        await using var two = new RunningTrainer(node, node.Settings(), home: node.SecondTrainerHome, key: TrainingNode.SecondTrainer);
        const string Stacked = "with what the own candidate learned on top where that is better";
        var loser = await RunningTrainer.FirstToSayAsync(Stacked, one, two);
        var said = loser.Said.Split('\n');
        Assert.DoesNotContain("the incumbent is ours", said[Array.FindIndex(said, line => line.EndsWith(Stacked, StringComparison.Ordinal)) - 1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATrainerWaitsForANodeThatIsNotThere()
    {
        await using var node = await TrainingNode.StartAsync();
        var settings = node.Settings(settings => settings with { Node = "127.0.0.1:1" });
        await using var trainer = new RunningTrainer(node, settings);
        await trainer.SaysAsync("trying again");
        Assert.False(trainer.Completion.IsCompleted);
    }

    [Fact]
    public async Task AnotherTrainingSetIsTheOperatorsMistake()
    {
        await using var node = await TrainingNode.StartAsync();
        await using var trainer = new RunningTrainer(node, node.Settings(), SmallImages.MakeDataset(600, 9));
        var wrong = await Assert.ThrowsAsync<OperatorException>(() => trainer.Completion);
        Assert.Contains("trainer.json: dataset", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("letters")]
    [InlineData("0x0000000000000000000000000000000000000000000000000000000000000001")]
    public async Task AnUnknownTaskIsTheOperatorsMistake(string task)
    {
        await using var node = await TrainingNode.StartAsync();
        await using var trainer = new RunningTrainer(node, node.Settings(settings => settings with { Task = task }));
        var wrong = await Assert.ThrowsAsync<OperatorException>(() => trainer.Completion);
        Assert.Contains("trainer.json: task: one of digits", wrong.Message, StringComparison.Ordinal);
    }

    // One sample goes, by a delta that the only validator approves.
    private static async Task<Hash256> ChangeSetAsync(TrainingNode node, Dataset training)
    {
        var cancelled = TestContext.Current.CancellationToken;
        using var client = new NodeClient(node.Api);
        var delta = DatasetDelta.Between(training, [3], null);
        var (message, blob) = await DatasetProposal.MakeAsync(client, node.Task, training, delta, null, "a test", cancelled);
        var proposed = await client.SubmitAsync(await client.SignAsync(node.Proposer, null, body => body.DatasetDeltaProposal = message, cancelled), cancelled);
        Assert.Equal(0u, (await client.WaitAsync(proposed, TimeSpan.FromSeconds(60), cancelled)).Code);
        await new TrainingClient(client.Channel).UploadWhenNamedAsync(node.Genesis.Hash, node.Proposer, BlobManifest.Of(blob), blob, _ => { }, cancelled);
        var vote = new DatasetVote { Task = node.Task.ToByteString(), Delta = 1, Approve = true };
        var voted = await client.SubmitAsync(await client.SignAsync(node.Validator, null, body => body.DatasetVote = vote, cancelled), cancelled);
        Assert.Equal(0u, (await client.WaitAsync(voted, TimeSpan.FromSeconds(60), cancelled)).Code);
        return Hash256.FromBytes(message.ResultRoot.Span);
    }

    // The attributes of the first event of a kind, from whichever block has it.
    private static async Task<Dictionary<string, string>> EventAsync(TrainingNode node, string kind)
    {
        using var client = new NodeClient(node.Api);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        await foreach (var block in client.BlocksAsync(Height.First, limit.Token))
            foreach (var happened in block.Events)
                if (happened.Kind == kind)
                    return happened.Attributes.ToDictionary(a => a.Key, a => a.Value);
        throw new UnreachableException();
    }

    private static Address AddressIn(Dictionary<string, string> attributes, string key) => Address.TryParse(attributes[key], out var address) ? address : default;

    /// <summary>A trainer with its words.</summary>
    private sealed class RunningTrainer : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        private readonly Words _said = new();
        private readonly TrainerLoop _loop;

        public RunningTrainer(TrainingNode node, TrainerSettings settings, Dataset? training = null, TrainerHome? home = null, PrivateKey? key = null)
        {
            _loop = new TrainerLoop(
                home ?? node.TrainerHome, settings, key ?? node.Trainer, () => training ?? IdxFolder.Load(settings.Dataset).Training, _said);
            Completion = Task.Run(() => _loop.RunAsync(_stop.Token));
        }

        public Task Completion { get; }

        public int IndexOf(string text) => Said.IndexOf(text, StringComparison.Ordinal);

        public string Said => _said.ToString();

        public Task SaysAsync(string text) => FirstToSayAsync(text, this);

        public static async Task<RunningTrainer> FirstToSayAsync(string text, params RunningTrainer[] trainers)
        {
            var started = Stopwatch.GetTimestamp();
            while (true)
            {
                foreach (var trainer in trainers)
                {
                    if (trainer.Said.Contains(text, StringComparison.Ordinal)) return trainer;
                    if (trainer.Completion.IsFaulted) await trainer.Completion;
                }

                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"not said in time: {text}\n{string.Join('\n', trainers.Select(trainer => trainer.Said))}");
                await Task.Delay(5, TestContext.Current.CancellationToken);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await Task.WhenAny(Completion);
            _loop.Dispose();
            _stop.Dispose();
        }

        /// <summary>What was written, for reading from another thread.</summary>
        private sealed class Words : TextWriter
        {
            private readonly System.Text.StringBuilder _text = new();

            public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

            public override void WriteLine(string? value)
            {
                lock (_text) _text.Append(value).Append('\n');
            }

            public override string ToString()
            {
                lock (_text) return _text.ToString();
            }
        }
    }
}
