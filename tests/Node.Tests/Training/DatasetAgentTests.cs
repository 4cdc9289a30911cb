using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

public sealed class DatasetAgentTests : IAsyncDisposable
{
    private readonly TrainedChain _chain = new();
    private readonly ConcurrentQueue<ulong> _said = [];
    private readonly ConcurrentDictionary<BlobHash, TaskCompletionSource<bool>> _coming = [];
    private readonly BlockSignal _signal = new(Height.Genesis);
    private readonly FileSigner _signer;
    private readonly DatasetAgent _agent;
    private readonly Dictionary<Google.Protobuf.ByteString, byte[]> _blobs = [];
    private Func<IReadOnlyList<ISampleSource>> _load;
    private int _loads;
    private int _fetchedVersions;

    public DatasetAgentTests()
    {
        _signer = new FileSigner(_chain.Validators[0], new MemoryFolder());
        _load = () => [_chain.Training];
        var check = new DeltaCheck(_chain.Blobs, (delta, _) => Coming(delta.Blob).Task, FetchAsync, Load, NullLogger.Instance);
        _agent = new DatasetAgent(() => new HostView(_chain.State, Round.Zero, false, 0), _signal, _signer, check, SubmitAsync, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var coming in _coming.Values) coming.TrySetResult(false);
        await _agent.DisposeAsync();
        _signer.Dispose();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OneThatDoesNotComeHoldsUpNoOther()
    {
        var (slow, fast) = (Propose(3), Propose(5, trainer: 1));
        _agent.Start();
        Arrive(fast);
        await SaysAsync(2);
        Arrive(slow);
        await SaysAsync(1);
        Assert.False(_agent.Completion.IsCompleted);
    }

    [Fact]
    public async Task ADeltaWhoseBlobIsGoneIsTriedAgain()
    {
        var delta = Propose(3);
        _agent.Start();
        Coming(delta.Blob).SetResult(true); // the fetcher has it, the store has it not
        await SeenAsync(() => _loads == 1);
        Assert.Empty(_said);
        _coming.Clear();
        for (var block = 0; block < 6; block++) Block();
        Arrive(delta);
        await SaysAsync(1);
    }

    [Fact]
    public async Task AFolderThatIsGoneEndsNobody()
    {
        var delta = Propose(3);
        var fails = true;
        _load = () => fails ? throw new OperatorException("the folder is not mounted") : [_chain.Training];
        _agent.Start();
        Arrive(delta);
        await SeenAsync(() => _loads == 1);
        Assert.False(_agent.Completion.IsCompleted);
        fails = false;
        for (var block = 0; block < 6; block++) Block();
        await SaysAsync(1);
    }

    // A crafted delta may bring about what nobody thought of.
    [Fact]
    public async Task WhatNobodyThoughtOfEndsNobody()
    {
        var delta = Propose(3);
        Exception? failure = new OverflowException();
        _load = () => failure is null ? [_chain.Training] : throw failure;
        _agent.Start();
        Arrive(delta);
        await SeenAsync(() => _loads == 1);
        failure = new IndexOutOfRangeException();
        for (var block = 0; block < 6; block++) Block();
        await SeenAsync(() => _loads == 2);
        Assert.False(_agent.Completion.IsCompleted);
        failure = null;
        for (var block = 0; block < 6; block++) Block();
        await SaysAsync(1);
    }

    [Fact]
    public async Task ADiskThatFailedEndsTheNode()
    {
        var delta = Propose(3);
        _load = () => throw new StoreFailedException("a test");
        _agent.Start();
        Arrive(delta);
        await Assert.ThrowsAsync<StoreFailedException>(() => SeenAsync(() => false));
    }

    [Fact]
    public async Task TheSetIsLoadedOnceHoweverManyDeltasThereAre()
    {
        DeltaRecord[] deltas = [Propose(3), Propose(5, trainer: 1), Propose(7, trainer: 2)];
        _agent.Start();
        foreach (var delta in deltas) Arrive(delta);
        foreach (var delta in deltas) await SaysAsync(delta.Number);
        Assert.Equal(1, Volatile.Read(ref _loads));
        Assert.Equal(0, Volatile.Read(ref _fetchedVersions));
    }

    private static PrivateKey Proposer(int number) => TrainedChain.Key(300 + number);

    private TaskCompletionSource<bool> Coming(BlobHash blob) => _coming.GetOrAdd(blob, _ => new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously));

    private Task<bool> FetchAsync(BlobHash blob, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetchedVersions);
        return Task.FromResult(_chain.Blobs.Has(blob));
    }

    private IReadOnlyList<ISampleSource> Load()
    {
        Interlocked.Increment(ref _loads);
        return _load();
    }

    private Task SubmitAsync(Transaction transaction)
    {
        _said.Enqueue(transaction.Body.DatasetHeld.Delta);
        return Task.CompletedTask;
    }

    // The proposer takes part through the first trainer's account, or through one of its own.
    private DeltaRecord Propose(int remove, int trainer = 0)
    {
        var delta = DatasetDelta.Between(_chain.Training, [remove], null);
        Assert.True(delta.TryApply(_chain.Training, out var result, out var error), error.ToString());
        var message = DatasetProposal.MessageOf(_chain.Task, 0, _chain.Training, delta, result, delta.Encode(), _chain.Genesis.Parameters.Datasets.DeltaBond, "");
        var key = trainer == 0 ? _chain.Trainer : Proposer(trainer);
        if (trainer > 0) _chain.Step(_chain.Pay(new TransactionBody { Transfer = new Transfer { To = key.Address.ToByteString(), Amount = Amount.FromNtk(1_000).ToByteString() } }, 0));
        var body = new TransactionBody { DatasetDeltaProposal = message };
        _chain.Step(trainer == 0 ? _chain.Pay(body, 0) : _chain.PayAs(key, body));
        _signal.Reached(_chain.State.Height);
        _blobs[message.Blob] = delta.Encode();
        return TrainingSets.Open(_chain.State, TrainingSets.Get(_chain.State, _chain.Task)!).Last();
    }

    private void Arrive(DeltaRecord delta)
    {
        _chain.Blobs.Put(_blobs[delta.Blob.Value.ToByteString()]);
        Coming(delta.Blob).TrySetResult(true);
        Block();
    }

    private void Block()
    {
        _chain.Step();
        _signal.Reached(_chain.State.Height);
    }

    private Task SaysAsync(ulong delta) => SeenAsync(() => _said.Contains(delta));

    // What the agent has after a block it does then: blocks go on until it has done it.
    private async Task SeenAsync(Func<bool> condition)
    {
        for (var turn = 0; !condition(); turn++)
        {
            if (_agent.Completion.IsFaulted) await _agent.Completion;
            Assert.True(turn < 2_000, "the agent did not do what it should");
            if (turn % 20 == 19) Block();
            await Task.Delay(5, Stop);
        }
    }
}
