using System.Diagnostics;
using NeuroChain.Chain;
using NeuroChain.Learning;

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
        await using var trainer = new RunningTrainer(node, node.Settings(), IdxFolder.MakeDataset(600, 9));
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

        public RunningTrainer(TrainingNode node, TrainerSettings settings, Dataset? training = null)
        {
            _loop = new TrainerLoop(
                node.TrainerHome, settings, node.Trainer, () => training ?? FashionMnist.Load(settings.Dataset).Training, _said);
            Completion = Task.Run(() => _loop.RunAsync(_stop.Token));
        }

        public Task Completion { get; }

        public async Task SaysAsync(string text)
        {
            var started = Stopwatch.GetTimestamp();
            while (!_said.ToString().Contains(text, StringComparison.Ordinal))
            {
                if (Completion.IsFaulted) await Completion;
                Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60), $"not said in time: {text}\n{_said}");
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
