using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class EvaluationTurnsTests
{
    private static readonly Hash256 Heavy = Hash256.Sha256([1]);

    private static readonly Hash256 Light = Hash256.Sha256([2]);

    private readonly HeldEvaluator _evaluator = new();

    [Fact]
    public async Task ALightTaskComesBetweenTheCheckpointsOfAHeavyOne()
    {
        var turns = new EvaluationTurns(_evaluator);
        var (heavy, light) = (turns.Of(Heavy, 1_000), turns.Of(Light, 1));
        var asked = new[] { Ask(heavy, 1), Ask(heavy, 2), Ask(heavy, 3), Ask(light, 4), Ask(light, 5) };
        for (var i = 0; i < asked.Length; i++) await _evaluator.FinishOneAsync(new CheckpointReport(CandidateVerdict.Malformed));
        foreach (var one in asked) Assert.NotNull((await one).Report);
        Assert.Equal([1, 4, 5, 2, 3], _evaluator.Order);
        Assert.Equal(1, _evaluator.MostAtOnce);
    }

    /// <summary>An answer that does not come, a failure and a wait that is given up each leave the turn to the next.</summary>
    [Fact]
    public async Task NobodyKeepsTheTurn()
    {
        var turns = new EvaluationTurns(_evaluator);
        var heavy = turns.Of(Heavy, 10);
        using var stop = new CancellationTokenSource();
        var failing = Ask(heavy, 1);
        var silent = Ask(heavy, 2);
        var given = heavy.EvaluateAsync(Request(3), TimeSpan.MaxValue, stop.Token);
        var last = Ask(heavy, 4);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await _evaluator.FailOneAsync(new IOException("gone"));
        await Assert.ThrowsAsync<IOException>(() => failing);
        await _evaluator.FinishOneAsync(null);
        Assert.Null((await silent).Report);
        await _evaluator.FinishOneAsync(new CheckpointReport(CandidateVerdict.Malformed));
        Assert.NotNull((await last).Report);
        Assert.Equal([1, 2, 4], _evaluator.Order);

        var after = Ask(turns.Of(Light, 1), 5); // and the evaluator is free
        await _evaluator.FinishOneAsync(null);
        Assert.Null((await after).Report);
    }

    /// <summary>What is asked weighs by its samples and steps, not by the model alone.</summary>
    [Fact]
    public async Task ARequestWeighsByWhatItAsks()
    {
        var turns = new EvaluationTurns(_evaluator);
        var (heavy, light) = (turns.Of(Heavy, 10), turns.Of(Light, 10));
        var first = heavy.EvaluateAsync(Request(1) with { Probe = new ProbeOrder(Heavy, Heavy, 50, 3) }, TimeSpan.MaxValue, CancellationToken.None);
        var asked = new[] { first, Ask(heavy, 2), Ask(light, 3), Ask(light, 4), Ask(light, 5) };
        for (var i = 0; i < asked.Length; i++) await _evaluator.FinishOneAsync(null);
        await Task.WhenAll(asked);
        Assert.Equal([1, 3, 4, 5, 2], _evaluator.Order);
    }

    private static Task<EvaluatorAnswer> Ask(ICheckpointEvaluator evaluator, byte number) =>
        evaluator.EvaluateAsync(Request(number), TimeSpan.MaxValue, CancellationToken.None);

    private static EvaluationRequest Request(byte number) => new(Hash256.Zero, default, new[] { number }) { Draws = [new DrawnSamples(Hash256.Zero, [.. Enumerable.Range(0, 100)])] };

    // Answers when it is told to.
    private sealed class HeldEvaluator : ICheckpointEvaluator
    {
        private readonly SemaphoreSlim _began = new(0);
        private TaskCompletionSource<EvaluatorAnswer> _answer = new();
        private int _running;

        public List<int> Order { get; } = [];

        public int MostAtOnce { get; private set; }

        public async Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken)
        {
            Order.Add(request.Checkpoint.Span[0]);
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
            var answer = _answer = new TaskCompletionSource<EvaluatorAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
            _began.Release();
            try
            {
                return await answer.Task;
            }
            finally
            {
                _running--;
            }
        }

        public async Task FinishOneAsync(CheckpointReport? report)
        {
            await _began.WaitAsync();
            _answer.SetResult(report is null ? EvaluatorFault.NoAnswer : report);
        }

        public async Task FailOneAsync(Exception failure)
        {
            await _began.WaitAsync();
            _answer.SetException(failure);
        }
    }
}
