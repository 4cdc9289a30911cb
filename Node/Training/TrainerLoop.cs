using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// A trainer at work: looks at its task after every block, asks the plan what to do, and does it. Whatever the node refuses is said and then
/// left; where the node is away, it waits and comes back.
/// </summary>
internal sealed class TrainerLoop : IDisposable
{
    /// <summary>A message that its window did not take by then never gets into a block, and costs nothing.</summary>
    private const ulong BlocksToLive = 8;

    /// <summary>Until a training set that could not be brought up is asked for again: making it takes a second or more.</summary>
    private const ulong SetRetryBlocks = 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly TrainerHome _home;
    private readonly TrainerSettings _settings;
    private readonly PrivateKey _key;
    private readonly Func<Dataset> _loadTraining;
    private readonly TextWriter _output;
    private readonly NodeClient _node;
    private readonly TrainingClient _training;
    private readonly TrainerUploads _uploads;

    private TrainerTask? _task;
    private GenesisHash _genesis;
    private TrainerSeeds? _seeds;
    private TrainerLearner? _learner;
    private TrainerFitness? _fitness;
    private TrainerPlan _plan;
    private BlobHash _parent;
    private ModelParameters? _parentParameters;
    private Address? _producer;
    private ErrorFeedback? _leftOut;
    private ErrorFeedback? _leftOutOfCandidate;
    private Hash256? _awaitedSet;
    private ulong _awaitedUntil;
    private PendingReveal? _pending;
    private TransactionHash? _sent;
    private bool _isRevealSent;
    private bool _isFirstLook = true;
    private bool _isWaiting;
    private Height _seen;

    public TrainerLoop(TrainerHome home, TrainerSettings settings, PrivateKey key, Func<Dataset> loadTraining, TextWriter output)
    {
        _home = home;
        _settings = settings;
        _key = key;
        _loadTraining = loadTraining;
        _output = output;
        _node = new NodeClient(settings.Node);
        _training = new TrainingClient(_node.Channel);
        _uploads = new TrainerUploads(UploadAsync, Say);
        _plan = NewPlan();
    }

    /// <summary>Runs until it is told to stop.</summary>
    /// <exception cref="OperatorException">The chain has no such task, or the data set is another.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        while (!cancellationToken.IsCancellationRequested)
        {
            var seen = _seen;
            try
            {
                await FollowAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
            {
                if (_seen != seen) pause = FirstPause;
                if (pause == FirstPause) Say($"{_settings.Node}: {failure.Status}; trying again");
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            finally
            {
                if (cancellationToken.IsCancellationRequested) await _uploads.EndAsync().ConfigureAwait(false);
            }

            try
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks));
        }
    }

    public void Dispose()
    {
        _uploads.Stop();
        _learner?.Dispose();
        _node.Dispose();
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        if (_task is null) await PrepareAsync(cancellationToken).ConfigureAwait(false);
        await ActAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var block in _node.BlocksAsync(Height.Genesis, cancellationToken).ConfigureAwait(false))
            if (block.Height > _seen.Value) // the task was seen after a later block already
                await ActAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        var genesis = await _node.GenesisAsync(cancellationToken).ConfigureAwait(false);
        var tasks = await _training.TasksAsync(cancellationToken).ConfigureAwait(false);
        var task = TrainerTask.Choose(tasks, _settings.Task, genesis);
        var isGenerated = task.TrainingSet == DigitsAndLetters.Instance.Root;
        var seeds = new TrainerSeeds(_key.Address, task.Id);
        var data = isGenerated
            ? TrainerData.Generate(seeds.Split, (long)_settings.StepsMax * _settings.Options.Batch, _settings.MeasureSamples)
            : await StoredAsync(task, seeds, cancellationToken).ConfigureAwait(false)
                ?? throw new OperatorException($"trainer.json: dataset: the training set in {_settings.Dataset} is not what the task {task.Name} began from, nor the one it wants now, {task.TrainingSet}");
        if (!task.Plan.Fits(data.Learning)) throw new OperatorException($"the task {task.Name} has a model that its training set does not fit");
        _learner = new TrainerLearner(task.Plan, data, _settings);
        _fitness = new TrainerFitness(task.Plan, data, new EngineOptions(_settings.Threads));
        _leftOut = new ErrorFeedback(task.Plan);
        TrainerDevice.Demand(_learner.Device, genesis.Parameters.Training.RequireDevice);
        (_seeds, _task, _genesis) = (seeds, task, genesis.Hash);
        Say($"{_key.Address} on task {task.Name}, {task.Plan.ParameterCount} parameters, " + (isGenerated ? "samples as the generator draws them" : $"{data.Learning.Count + data.Measuring.Count} samples, a tenth of them for measuring"));
        Say($"training by {_learner.Backend.Reason}");
        _pending = PendingReveal.Load(_home.PendingFile) is { } pending && pending.Task == task.Id ? pending : null;
    }

    // Null where the sets that are here do not lead to the one that the task wants.
    private async Task<TrainerData?> StoredAsync(TrainerTask task, TrainerSeeds seeds, CancellationToken cancellationToken)
    {
        var training = _loadTraining();
        if (training.Root != task.TrainingSet)
            training = await new DatasetClient(_node.Channel).BringUpAsync(task.Id, training, task.TrainingSet, cancellationToken).ConfigureAwait(false);
        return training?.Root == task.TrainingSet ? TrainerData.Split(training, seeds.Split) : null;
    }

    // A candidate may name a version of the training set that is not too old. Whoever runs for weeks would lose a bond each round.
    private async Task<bool> HasPresentSetAsync(TrainingTask message, CancellationToken cancellationToken)
    {
        if (!Hash256.TryFromBytes(message.TrainingSet.Span, out var root) || root == _task!.TrainingSet || _plan.IsBound) return true;
        if (_awaitedSet == root && message.Height < _awaitedUntil) return false;
        if (_awaitedSet != root) Say($"the training set has moved on to {root}: bringing it up");
        var moved = _task with { TrainingSet = root };
        TrainerData? data = null;
        try
        {
            data = await StoredAsync(moved, _seeds!, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException failure) when (!IsAway(failure))
        {
            if (_awaitedSet != root) Say($"the training set {root} is not to be had from this node yet: {failure.Status}");
        }

        if (data is null && _awaitedSet != root) Say($"no commits until the training set {root} is here");
        (_awaitedSet, _awaitedUntil) = (root, message.Height + SetRetryBlocks);
        if (data is null) return false;
        _learner!.Dispose();
        _learner = new TrainerLearner(moved.Plan, data, _settings);
        _fitness = new TrainerFitness(moved.Plan, data, new EngineOptions(_settings.Threads));
        (_task, _plan, _awaitedSet) = (moved, NewPlan(), null);
        Say($"the training set is {root}, {data.Learning.Count + data.Measuring.Count} samples");
        return true;
    }

    private async Task ActAsync(CancellationToken cancellationToken)
    {
        var message = await _training.TaskAsync(_task!.Id, cancellationToken).ConfigureAwait(false);
        var view = _task.ViewOf(message, _pending?.Model) ?? throw new RpcException(StatusCode.DataLoss, "the node's task is malformed");
        if (!IsThereAProducer(message)) return;
        if (_isFirstLook) ResumeWhereCommitted(view);
        if (_pending is not null && _pending.TrainingRound != view.Round) await _uploads.EndAsync().ConfigureAwait(false);
        else if (_pending is { } shown) _uploads.GoOn(shown);
        await SettleAsync(view, cancellationToken).ConfigureAwait(false);
        if (!await HasPresentSetAsync(message, cancellationToken).ConfigureAwait(false)) return;
        foreach (var action in _plan.Step(view, _learner!.Progress)) await PerformAsync(action, view, cancellationToken).ConfigureAwait(false);
        _seen = view.Height;
    }

    // A node that names nobody yet is one of a chain that has just begun, or an observer.
    private bool IsThereAProducer(TrainingTask message)
    {
        var wasThere = _producer is not null;
        _producer = Address.TryFromBytes(message.Producer.Span, out var producer) ? producer : null;
        if (wasThere || _producer is not null) return true;
        if (!_isWaiting) Say("the node names no producer yet: waiting (an observer's never does)");
        _isWaiting = true;
        return false;
    }

    private void ResumeWhereCommitted(TrainerView view)
    {
        _isFirstLook = false;
        if (_pending is not { } pending || pending.TrainingRound != view.Round) return;
        if (view.Phase >= TrainingPhase.Reveal) _uploads.Begin(pending); // it may have been shown before the restart, and not be there yet
        if (view.Phase > TrainingPhase.Reveal) return;
        Say($"round {view.Round}: a commit was sent before the restart");
        (_sent, _isRevealSent, _parent) = (pending.Commit, false, view.Incumbent);
        _plan.Resume(view);
    }

    private Task PerformAsync(TrainerAction action, TrainerView view, CancellationToken cancellationToken)
    {
        switch (action)
        {
            case TrainerAction.Begin begin:
                return BeginAsync(begin, view, cancellationToken);
            case TrainerAction.GoOn goOn:
                _learner!.GoOn(_seeds!.Batches(goOn.Round, goOn.Attempt), RateFactor(goOn.Divergences), goOn.Goal);
                break;
            case TrainerAction.Commit commit:
                _learner!.Rest();
                return CommitAsync(commit, view, cancellationToken);
            case TrainerAction.Reveal:
                return RevealAsync(view, cancellationToken);
            case TrainerAction.Missed missed:
                Say($"round {missed.Round}: the reveal came too late, the bond is lost");
                break;
            case TrainerAction.Ended ended:
                Say($"round {ended.Round}: {OutcomeOf(ended)}");
                break;
        }

        return Task.CompletedTask;
    }

    // Until the incumbent is here, there is nothing to learn from: the plan is begun anew with the next block.
    private async Task BeginAsync(TrainerAction.Begin begin, TrainerView view, CancellationToken cancellationToken)
    {
        byte[] checkpoint;
        try
        {
            checkpoint = await _training.DownloadAsync(begin.Incumbent, Checkpoint.SizeBytes(_task!.Plan), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            _plan = NewPlan();
            if (failure.StatusCode != StatusCode.NotFound) throw;
            Say($"round {begin.Round}: the node does not hold the incumbent {begin.Incumbent.Value.ToShortString()} yet");
            return;
        }

        if (!Checkpoint.TryRead(checkpoint, _task.Plan, out var incumbent, out var error))
            throw new OperatorException($"the incumbent {begin.Incumbent} is no checkpoint of the task's model ({error}): this task cannot go on");
        // What was left out of our candidate is wanted of whoever begins from it; of any other model it is not.
        if (begin.Incumbent != _parent) _leftOut = begin.Incumbent == _pending?.Model && _leftOutOfCandidate is { } left ? left : new ErrorFeedback(_task.Plan);
        var stacked = _pending is { } own && _parentParameters is { } parent ? StackedModels.Of(incumbent, begin.Incumbent, own, parent, _parent) : [];
        (_parent, _parentParameters) = (begin.Incumbent, incumbent);
        await _fitness!.KnowAsync(view.Recent, view.Checks.SimilaritySamples, model => ModelAsync(model, cancellationToken)).ConfigureAwait(false);
        _learner!.Begin(incumbent, _seeds!.Batches(begin.Round, begin.Attempt), _seeds.Measuring(begin.Round), RateFactor(begin.Divergences), begin.Goal, stacked);
        Say($"round {begin.Round}: learning from {begin.Incumbent.Value.ToShortString()}{(stacked.Count > 0 ? ", with what the own candidate learned on top where that is better" : "")}");
    }

    private async Task CommitAsync(TrainerAction.Commit commit, TrainerView view, CancellationToken cancellationToken)
    {
        var best = _learner!.Best;
        Invariant.Check(best is not null, "a candidate is offered only when one was measured");
        try
        {
            if (_producer is not { } producer) throw new RpcException(StatusCode.FailedPrecondition, "the node names no producer");
            var genesis = await _node.GenesisAsync(cancellationToken).ConfigureAwait(false);
            var steps = _learner.Progress.Steps;
            var offer = TrainerOffer.Of(best, commit.Parent, _settings.DeltaChanges, _leftOut!, other => _learner.Measure(best, other), gain => _plan.IsWorthIt(view, gain, steps));
            var (fitness, probe) = (_fitness!, _seeds!.Probe(commit.Round));
            await fitness.KnowAsync(view.Recent, view.Checks.SimilaritySamples, model => ModelAsync(model, cancellationToken)).ConfigureAwait(false);
            var fit = await Task.Run(() => fitness.Check(offer.Parameters, commit.Parent, view.Checks, probe), cancellationToken).ConfigureAwait(false);
            if (fit.Fault is { } fault) throw new RpcException(StatusCode.FailedPrecondition, $"it would be refused and cost the bond: {fault}");
            var candidate = TrainerCandidate.Make(
                _task!.Id, _task.TrainingSet, commit.Parent, offer.Parameters, _learner.Device, (ulong)steps * (ulong)_settings.Batch, offer.Delta, fit.Ancestors);
            var pending = PendingReveal.Make(_task.Id, commit.Round, producer, candidate);
            var commitment = pending.Commitment(_key.Address, commit.Parent);
            var consent = await _training.ConsentAsync(genesis.Hash, _task.Id, commit.Round, commitment, _key.Address, producer, cancellationToken).ConfigureAwait(false);
            var message = new CandidateCommit
            {
                Task = _task.Id.ToByteString(),
                TrainingRound = commit.Round,
                Commitment = commitment.ToByteString(),
                Producer = producer.ToByteString(),
                ClaimedGain = offer.Gain.Claim(view.Bar),
                Bond = _task.Bond.ToByteString(),
                ProducerSignature = ByteString.CopyFrom(consent.Bytes),
            };
            var transaction = await SignAsync(body => body.CandidateCommit = message, cancellationToken).ConfigureAwait(false);
            (_pending, _leftOutOfCandidate) = (pending with { Commit = transaction.Hash }, offer.Feedback);
            _pending.Save(_home.PendingFile);
            await SendAsync(transaction, isReveal: false, cancellationToken).ConfigureAwait(false);
            Say($"round {commit.Round}: committed, own gain {offer.Gain}, claimed {TrainerGain.Nats(message.ClaimedGain)}{(offer.Delta is { } delta ? $", a delta of {delta.Blob.Length} bytes" : "")}");
        }
        catch (RpcException failure) when (!IsAway(failure))
        {
            Say($"round {commit.Round}: not committed, {failure.Status}");
            _sent = null;
            _plan.CommitFailed();
        }
        catch (RpcException) when (_sent is null)
        {
            _plan.CommitFailed(); // the node went away before anything was sent
            throw;
        }
    }

    // Null where the node has it not, or it is none.
    private async Task<ModelParameters?> ModelAsync(BlobHash model, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await _training.DownloadAsync(model, Checkpoint.SizeBytes(_task!.Plan), cancellationToken).ConfigureAwait(false);
            return Checkpoint.TryRead(bytes, _task.Plan, out var parameters, out _) ? parameters : null;
        }
        catch (RpcException missing) when (missing.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    // Its time runs from now: what is offered was checked meanwhile, which may take longer than blocks that come fast.
    private async Task<Transaction> SignAsync(Action<TransactionBody> fill, CancellationToken cancellationToken)
    {
        var account = await _node.AccountAsync(_key.Address, cancellationToken).ConfigureAwait(false);
        return await _node.SignAsync(
            _key,
            fee: null,
            body =>
            {
                fill(body);
                body.ExpiryHeight = account.Height + BlocksToLive;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task RevealAsync(TrainerView view, CancellationToken cancellationToken)
    {
        Invariant.Check(_pending is not null, "what was committed is kept until its round is over");
        try
        {
            // First the reveal, which is small and has a window; the checkpoint beside it. Validators wait longer for that, and the node takes it
            // once a block has the reveal. The commits are closed: from here on nobody can take the checkpoint for its own.
            _uploads.Begin(_pending);
            var message = _pending.Message();
            var transaction = await SignAsync(body => body.CandidateReveal = message, cancellationToken).ConfigureAwait(false);
            await SendAsync(transaction, isReveal: true, cancellationToken).ConfigureAwait(false);
            Say($"round {view.Round}: revealed {_pending.Model.Value.ToShortString()}");
        }
        catch (RpcException failure) when (!IsAway(failure))
        {
            Say($"round {view.Round}: not revealed, {failure.Status}");
            _sent = null;
            _plan.RevealFailed(isFinal: false);
        }
        catch (RpcException) when (_sent is null)
        {
            _plan.RevealFailed(isFinal: false);
            throw;
        }
    }

    private async Task UploadAsync(ulong round, BlobManifest manifest, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var said = StatusCode.FailedPrecondition; // no block has the reveal yet
        await _training.UploadWhenNamedAsync(_genesis, _key, manifest, bytes, Refused, cancellationToken).ConfigureAwait(false);
        Say($"round {round}: uploaded {manifest.Hash.Value.ToShortString()}, {manifest.Length} bytes");

        void Refused(RpcException failure)
        {
            if (failure.StatusCode != said) Say($"round {round}: not uploaded yet, {failure.Status}");
            said = failure.StatusCode;
        }
    }

    // The hash is kept before the node has answered: where the answer is lost, the chain tells what became of it.
    private async Task SendAsync(Transaction transaction, bool isReveal, CancellationToken cancellationToken)
    {
        (_sent, _isRevealSent) = (transaction.Hash, isReveal);
        await _node.SubmitAsync(transaction, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the plan what became of the transaction that is under way.</summary>
    private async Task SettleAsync(TrainerView view, CancellationToken cancellationToken)
    {
        if (_sent is not { } hash) return;
        // Between mempool and block a transaction may be in neither for a moment, so it is lost only when it is missed twice.
        var found = await FindAsync(hash, cancellationToken).ConfigureAwait(false) ?? await FindAsync(hash, cancellationToken).ConfigureAwait(false);
        if (found is { Pending: true }) return;
        _sent = null;
        var isTaken = found is { Code: 0 };
        if (!isTaken) Say($"round {view.Round}: the {(_isRevealSent ? "reveal" : "commit")} {(found is null ? "came into no block" : $"failed: {found.Reason}")}");
        if (isTaken && _isRevealSent) _plan.RevealTaken();
        else if (isTaken) _plan.CommitTaken();
        else if (_isRevealSent) _plan.RevealFailed(isFinal: found is not null);
        else _plan.CommitFailed();
    }

    private async Task<GetTransactionResponse?> FindAsync(TransactionHash hash, CancellationToken cancellationToken)
    {
        try
        {
            return await _node.TransactionAsync(hash, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException unknown) when (unknown.StatusCode == StatusCode.NotFound)
        {
            return null; // dropped on the way, or expired
        }
    }

    private string OutcomeOf(TrainerAction.Ended ended)
    {
        if (ended.Incumbent == _pending?.Model) return "certified, the incumbent is ours";
        if (ended.Incumbent != _parent) return "another candidate was certified";
        return ended.WasJudged ? "judged, no improvement" : "void";
    }

    private TrainerPlan NewPlan() => new(new TrainerCaution { StepsMin = _settings.StepsMin, BlocksLeftToOthers = _settings.BlocksLeftToOthers });

    private static float RateFactor(int divergences) => MathF.ScaleB(1, -divergences);

    private static bool IsAway(RpcException failure) =>
        failure.StatusCode is StatusCode.Unavailable or StatusCode.Cancelled or StatusCode.DeadlineExceeded or StatusCode.Internal;

    private void Say(string what) => _output.WriteLine($"trainer: {what}");
}
