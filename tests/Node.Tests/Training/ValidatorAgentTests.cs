using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>One validator of a chain whose rounds are real: what it sends, what it does not, and what it says of that.</summary>
public sealed class ValidatorAgentTests : IDisposable
{
    private readonly TrainedChain _chain = new();
    private readonly FileSigner _signer;
    private readonly ConcurrentQueue<TransactionBody> _sent = [];
    private readonly LogLines _said = new();

    public ValidatorAgentTests() => _signer = new FileSigner(_chain.Validators[0], new MemoryFolder());

    public void Dispose() => _signer.Dispose();

    [Fact]
    public async Task WhoLacksACheckpointAbstainsAndSaysSo()
    {
        using var missing = new AbstentionCounter("checkpoint_missing");
        var checkpoint = _chain.Train(200);
        _chain.RunToAttestation([checkpoint]);
        var own = new BlobStore(new MemoryStore(ChainStore.Columns), ChainStore.Blobs);
        await using var node = new AgentOfNode(this, own, RealEvaluator());

        await node.EventuallyAsync(() => _said.Has($"no attestation in training round 1: checkpoint_missing, checkpoint {BlobManifest.Of(checkpoint).Hash}"));
        Assert.True(missing.Count > 0);
        for (var block = 0; block < 3; block++)
        {
            _chain.Step();
            await node.Agent.WorkAsync(_chain.State);
        }

        Assert.DoesNotContain(_sent, body => body.AttestationCommit is not null);
        // It was that alone: once the checkpoint is here, the validator attests in the same round what all others find.
        own.Put(checkpoint);
        await node.EventuallyAsync(() => _sent.Any(body => body.AttestationCommit is not null));
    }

    [Fact]
    public async Task WhatEndedTheEvaluatorIsNotInTheNextVote()
    {
        var (sound, crasher) = (_chain.Train(200), _chain.Train(50, 9));
        var evaluator = new FallingEvaluator(RealEvaluator(), crasher, int.MaxValue);
        await using var node = new AgentOfNode(this, _chain.Blobs, evaluator);
        _chain.RunToAvailability([sound, crasher]);
        Assert.Equal(0b11u, await VoteAsync(node));

        _chain.JudgeAll();
        await node.EventuallyAsync(() => _said.Has($"no attestation in training round 1: checkpoint_crashes, checkpoint {BlobManifest.Of(crasher).Hash}"));
        await node.Agent.WorkAsync(_chain.State);
        Assert.Equal(2, evaluator.Falls); // and no more in this round
        Assert.DoesNotContain(_sent, body => body.AttestationCommit is not null);
        for (var block = 0; block < 60 && _chain.Round is not null; block++) _chain.Step(); // nobody attests: it is void
        Assert.Null(_chain.Round);
        await node.Agent.WorkAsync(_chain.State);

        _chain.RunToAvailability([sound, crasher]);
        Assert.Equal(0b01u, await VoteAsync(node));
        Assert.True(_said.Has("1 candidates of training round 2 are not to be had, or ended the evaluator before"));
        Assert.Equal(2, evaluator.Falls);
    }

    private Evaluator RealEvaluator() => new([_chain.Training, _chain.Evaluation], EngineOptions.Default);

    private async Task<uint> VoteAsync(AgentOfNode node)
    {
        await node.Agent.WorkAsync(_chain.State);
        return _sent.Last(body => body.AvailabilityVote is { } vote && vote.TrainingRound == _chain.Round!.Number).AvailabilityVote.Candidates;
    }

    /// <summary>An agent with what it needs of a node that has no peers.</summary>
    private sealed class AgentOfNode : IAsyncDisposable
    {
        private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

        private readonly ValidatorAgentTests _test;
        private readonly BlobFetcher _fetcher;

        public AgentOfNode(ValidatorAgentTests test, IBlobStore blobs, ICheckpointEvaluator evaluator)
        {
            _test = test;
            InitialModels.Ensure(test._chain.Genesis, blobs); // as a node does when it starts
            var room = new BlobRoom(blobs, 1L << 30, 0);
            _fetcher = new BlobFetcher(() => [], (_, _, _, _) => throw new UnreachableException(), blobs, room, test._signer.Address, TimeProvider.System, test._said);
            var checkpoints = new CheckpointFetcher(_fetcher, blobs, task => TaskDefinitions.Find(test._chain.State, test._chain.Genesis, task), TimeProvider.System, test._said);
            var memory = new ValidatorMemory(new MemoryStore([ValidatorMemory.Column]));
            Agent = new ValidatorAgent(
                () => new HostView(test._chain.State, Round.Zero, false, 0), SubmitAsync, new BlockSignal(Height.Genesis), test._signer, memory, blobs, _fetcher, checkpoints, evaluator, test._said);
        }

        public ValidatorAgent Agent { get; }

        /// <summary>Asks what is due until that has happened: what takes long goes on meanwhile.</summary>
        public async Task EventuallyAsync(Func<bool> fact)
        {
            for (var began = Stopwatch.GetTimestamp(); !fact(); await Task.Delay(10, TestContext.Current.CancellationToken))
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < Limit, $"not in time; said: {_test._said}");
                await Agent.WorkAsync(_test._chain.State);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await Agent.DisposeAsync();
            await _fetcher.DisposeAsync();
        }

        private Task<MempoolRejection> SubmitAsync(Transaction transaction)
        {
            _test._sent.Enqueue(transaction.Body);
            return Task.FromResult(MempoolRejection.None);
        }
    }

    /// <summary>How often the node's counter went up for a reason; other tests of this process may count too.</summary>
    private sealed class AbstentionCounter : IDisposable
    {
        private readonly MeterListener _listener = new();
        private long _count;

        public AbstentionCounter(string reason)
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Meter.Name: "NeuroChain", Name: "training_abstained_total" }) listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, by, tags, _) =>
            {
                foreach (var tag in tags)
                    if (tag.Key == "reason" && (string?)tag.Value == reason)
                        Interlocked.Add(ref _count, by);
            });
            _listener.Start();
        }

        public long Count => Interlocked.Read(ref _count);

        public void Dispose() => _listener.Dispose();
    }
}
