using System.Numerics;
using System.Security.Cryptography;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// Does a validator's part in training: after every block it asks the ledger what is due and does it. What is not on chain yet is due again
/// after the next block, so nothing here needs to be remembered but secrets.
/// </summary>
internal sealed partial class ValidatorAgent : IAsyncDisposable
{
    private readonly BlockLoop _loop;
    private readonly Func<Transaction, Task<MempoolRejection>> _submit;
    private readonly ISigner _signer;
    private readonly ValidatorMemory _memory;
    private readonly IBlobStore _blobs;
    private readonly BlobFetcher _fetcher;
    private readonly CheckpointFetcher _checkpoints;
    private readonly EvaluationTurns _turns;
    private readonly ForkedModels _initial;
    private readonly ILogger _logger;
    private readonly Dictionary<(Hash256 Task, ulong Round), Task<PendingAttestation?>> _evaluations = [];
    private readonly Dictionary<(Hash256 Task, ulong Round), Task<uint?>> _rechecks = [];
    private readonly Dictionary<BlobHash, Task<bool>> _fetches = [];
    private readonly AbandonedCheckpoints _abandoned = new();
    private readonly SeedChainDraft _registering;

    /// <param name="view">The node as it stands.</param>
    /// <param name="submit">Sends what is said; why it was not taken.</param>
    /// <param name="signal">Tells of new blocks.</param>
    /// <param name="signer">The validator.</param>
    /// <param name="memory">Its secrets.</param>
    /// <param name="blobs">What this node holds.</param>
    /// <param name="fetcher">Brings what others hold.</param>
    /// <param name="checkpoints">Brings candidates, in the form that takes less.</param>
    /// <param name="evaluator">Where numbers come from.</param>
    /// <param name="logger">For what is not done, and why.</param>
    public ValidatorAgent(
        Func<HostView> view, Func<Transaction, Task<MempoolRejection>> submit, BlockSignal signal, ISigner signer, ValidatorMemory memory, IBlobStore blobs, BlobFetcher fetcher,
        CheckpointFetcher checkpoints, ICheckpointEvaluator evaluator, ILogger logger)
    {
        _loop = new BlockLoop(view, signal);
        _submit = submit;
        _signer = signer;
        _memory = memory;
        _registering = new SeedChainDraft(NewChain);
        _blobs = blobs;
        _fetcher = fetcher;
        _checkpoints = checkpoints;
        _turns = new EvaluationTurns(evaluator);
        _initial = new ForkedModels(blobs, logger);
        _logger = logger;
    }

    /// <summary>Ends when the agent does; faulted where the node must stop.</summary>
    public Task Completion => _loop.Completion;

    public void Start() => _loop.Start(WorkAsync);

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync().ConfigureAwait(false);
        foreach (var running in _evaluations.Values.Concat<Task>(_rechecks.Values).Concat(_fetches.Values)) await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _loop.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What is due after a block. What takes long is begun, and its result sent when this is asked again.</summary>
    internal async Task WorkAsync(LedgerState state)
    {
        try
        {
            _initial.EnsureForks(state);
            var duties = TrainingDuties.Of(state, state.Genesis, state.GenesisHash, state.Height.Next(), _signer.Address, state.Next.Validators).ToList();
            await FetchForVotesAsync([.. duties.OfType<TrainingDuty.VoteAvailability>()]).ConfigureAwait(false);
            foreach (var duty in duties) await DoAsync(duty, state).ConfigureAwait(false);
        }
        catch (SignerUnavailableException unavailable)
        {
            LogUnsigned(state.Height, unavailable.Message); // what is to be done is asked again after the next block
        }

        Forget(state);
    }

    private async Task DoAsync(TrainingDuty duty, LedgerState state)
    {
        switch (duty)
        {
            case TrainingDuty.RegisterSeedChain register:
                await SendAsync(state, body => body.SeedChainRegistration = _registering.For(register)).ConfigureAwait(false);
                break;
            case TrainingDuty.FetchCandidates fetch:
                foreach (var candidate in fetch.Candidates) BeginFetch(candidate);
                break;
            case TrainingDuty.VoteAvailability vote:
                await VoteAsync(vote, state).ConfigureAwait(false);
                break;
            case TrainingDuty.OpenSeedShare open:
                if (_memory.Chain(open.Tip) is not { } ours) LogSecretLost(open.Tip);
                else await SendAsync(state, body => body.SeedShare = new SeedShare { Task = open.Task.ToByteString(), TrainingRound = open.TrainingRound, Share = ours.Share(open.Index).ToByteString() }).ConfigureAwait(false);
                break;
            case TrainingDuty.Evaluate evaluate:
                Begin(evaluate.Job, state);
                break;
            case TrainingDuty.CommitAttestation commit:
                if (_evaluations.TryGetValue((commit.Task, commit.TrainingRound), out var evaluation) && evaluation is { IsCompletedSuccessfully: true, Result: { } found })
                    await CommitAsync(commit.Task, commit.TrainingRound, found, state).ConfigureAwait(false);
                break;
            case TrainingDuty.RevealAttestation reveal:
                if (_memory.Attestation(reveal.Commitment) is { } pending) await RevealAsync(reveal, pending, state).ConfigureAwait(false);
                break;
            case TrainingDuty.RecheckPrivateLosses(var recheck):
                if (Recheck(recheck, state) is { } wrong)
                    await SendAsync(state, body => body.PrivateRecheck = new PrivateRecheck { Task = recheck.Task.ToByteString(), TrainingRound = recheck.Number, Wrong = wrong }).ConfigureAwait(false);
                break;
        }
    }

    private SeedChain NewChain(uint length)
    {
        var secret = Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Size));
        var chain = new SeedChain(secret, length);
        _memory.Keep(chain, secret);
        return chain;
    }

    // A checkpoint comes within a second where its trainer's node serves it; the vote still reaches this block then. One wait for all tasks: seeds are
    // opened and attestations shown behind it.
    private async Task FetchForVotesAsync(List<TrainingDuty.VoteAvailability> votes)
    {
        var candidates = votes.SelectMany(vote => AvailabilityChoice.Wanted(vote, _abandoned.IsRefused)).ToList();
        foreach (var candidate in candidates) BeginFetch(candidate);
        if (candidates.TrueForAll(candidate => _blobs.Has(candidate.Model))) return;
        await Task.WhenAny(Task.WhenAll(candidates.Select(candidate => _fetches[candidate.Model])), Task.Delay(TimeSpan.FromMilliseconds(500), _loop.Stopping)).ConfigureAwait(false);
    }

    private async Task VoteAsync(TrainingDuty.VoteAvailability vote, LedgerState state)
    {
        if (AvailabilityChoice.Of(vote, _blobs.Has, _abandoned.IsRefused) is not { } mask) return;
        if (vote.Candidates.Length - BitOperations.PopCount(mask) is var left and > 0) LogMissing(left, vote.TrainingRound);
        await SendAsync(state, body => body.AvailabilityVote = new AvailabilityVote { Task = vote.Task.ToByteString(), TrainingRound = vote.TrainingRound, Candidates = mask }).ConfigureAwait(false);
    }

    private void BeginFetch(RevealedCandidate candidate)
    {
        var model = candidate.Model;
        if (_fetches.TryGetValue(model, out var running) && (!running.IsCompleted || running is { IsCompletedSuccessfully: true, Result: true })) return;
        _fetches[model] = _checkpoints.EnsureAsync(candidate.Manifest, _loop.Stopping);
    }

    private void Begin(EvaluationJob job, LedgerState state)
    {
        if (_evaluations.TryGetValue((job.Task, job.TrainingRound), out var running))
        {
            if (!running.IsCompleted || running is { IsCompletedSuccessfully: true, Result: not null }) return;
            if (running.Exception is { } failure) LogFaulted(job.TrainingRound, failure.GetBaseException());
        }

        if (job.Candidates.Any(candidate => _abandoned.Contains(candidate.Model))) return;
        _evaluations[(job.Task, job.TrainingRound)] = EvaluateAsync(job, state);
    }

    private async Task<PendingAttestation?> EvaluateAsync(EvaluationJob job, LedgerState state)
    {
        // The forms that a candidate is offered in: what is missing then is asked for as it is.
        await Task.WhenAll(job.Candidates.Select(candidate => _checkpoints.EnsureAsync(candidate.Manifest, _loop.Stopping))).ConfigureAwait(false);
        foreach (var model in RoundEvaluation.Blobs(state, job.Task))
        {
            if (await _fetcher.EnsureAsync(model, BlobPurpose.Round, _loop.Stopping).ConfigureAwait(false)) continue;
            Abstain(job, new RoundResult.Abstained("checkpoint_missing", model));
            return null;
        }

        var work = InitialModels.SpecOf(TaskDefinitions.Get(state, state.Genesis, job.Task)).Plan.MultiplyAdds;
        var evaluation = new RoundEvaluation(_turns.Of(job.Task, work), _blobs.Read);
        var result = await evaluation.RunAsync(state, state.Genesis, job.Task, [_signer.Address], null, _loop.Stopping).ConfigureAwait(false);
        if (result is not RoundResult.Found(var statement, var privateLosses))
        {
            Abstain(job, (RoundResult.Abstained)result);
            return null;
        }

        var attestation = new PendingAttestation(Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Size)), statement, privateLosses[0]);
        _memory.Keep(attestation, _signer.Address);
        return attestation;
    }

    // What was found, once it is; where it could not be computed it is tried again after the next block.
    private uint? Recheck(RecheckRecord recheck, LedgerState state)
    {
        var key = (recheck.Task, recheck.Number);
        if (_rechecks.TryGetValue(key, out var running))
        {
            if (!running.IsCompleted) return null;
            if (running is { IsCompletedSuccessfully: true, Result: { } found }) return found;
            LogNotRechecked(recheck.Number, running.Exception?.GetBaseException());
        }

        _rechecks[key] = RecheckAsync(recheck, state);
        return null;
    }

    private async Task<uint?> RecheckAsync(RecheckRecord recheck, LedgerState state)
    {
        foreach (var model in recheck.Models)
            if (!await _fetcher.EnsureAsync(model, BlobPurpose.Round, _loop.Stopping).ConfigureAwait(false))
                return null;
        var work = InitialModels.SpecOf(TaskDefinitions.Get(state, state.Genesis, recheck.Task)).Plan.MultiplyAdds;
        return await new RecheckEvaluation(_turns.Of(recheck.Task, work), _blobs.Read).RunAsync(state, state.Genesis, recheck, _loop.Stopping).ConfigureAwait(false);
    }

    private void Abstain(EvaluationJob job, RoundResult.Abstained because)
    {
        _abandoned.Note(because, job.Task, job.TrainingRound);
        LogAbstains(job.TrainingRound, because.Reason, because.Model);
        TrainingMetrics.Abstained(because.Reason);
    }

    private Task CommitAsync(Hash256 task, ulong round, PendingAttestation attestation, LedgerState state) => SendAsync(state, body => body.AttestationCommit = new AttestationCommit
    {
        Task = task.ToByteString(),
        TrainingRound = round,
        Commitment = attestation.Commitment(_signer.Address).ToByteString(),
    });

    private Task RevealAsync(TrainingDuty.RevealAttestation reveal, PendingAttestation attestation, LedgerState state) => SendAsync(state, body =>
    {
        body.AttestationReveal = new AttestationReveal
        {
            Task = reveal.Task.ToByteString(),
            TrainingRound = reveal.TrainingRound,
            Statement = ByteString.CopyFrom(attestation.Statement.Encode()),
            Signature = ByteString.CopyFrom(_signer.SignTagged(attestation.Statement.Attestation).Bytes),
            Salt = attestation.Salt.ToByteString(),
        };
        body.AttestationReveal.PrivateLosses.AddRange(attestation.PrivateLosses);
    });

    private async Task SendAsync(LedgerState state, Action<TransactionBody> fill)
    {
        var body = new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString() };
        fill(body);
        var transaction = Transaction.Sign(body, _signer.Address, _signer.SignTagged);
        var rejection = await _submit(transaction).ConfigureAwait(false);
        if (rejection is not (MempoolRejection.None or MempoolRejection.AlreadyKnown)) LogRejected(body.MessageCase, rejection);
    }

    private void Forget(LedgerState state)
    {
        _registering.Note(SeedChainRecord.Get(state, _signer.Address));
        foreach (var (key, evaluation) in _evaluations.ToArray())
        {
            if (!evaluation.IsCompleted || (TrainingQueries.Round(state, key.Task)?.Number ?? ulong.MaxValue) == key.Round) continue;
            _evaluations.Remove(key);
            if (evaluation is { IsCompletedSuccessfully: true, Result: { } old }) _memory.ForgetAttestation(old.Commitment(_signer.Address));
        }

        foreach (var (key, recheck) in _rechecks.ToArray())
            if (recheck.IsCompleted && TrainingQueries.Recheck(state, key.Task)?.Number != key.Round)
                _rechecks.Remove(key);
        _abandoned.Forget(state);
        foreach (var (model, fetch) in _fetches.ToArray())
            if (fetch.IsCompleted && _fetches.Count > 64)
                _fetches.Remove(model);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the secret of seed chain {Tip} is not here: the share cannot be opened, and a new chain is registered when that has retired this one")]
    private partial void LogSecretLost(Hash256 tip);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} candidates of training round {Round} are not to be had, or ended the evaluator before: no vote for them")]
    private partial void LogMissing(int count, ulong round);

    [LoggerMessage(Level = LogLevel.Warning, Message = "no attestation in training round {Round}: {Reason}, checkpoint {Model}")]
    private partial void LogAbstains(ulong round, string reason, BlobHash model);

    [LoggerMessage(Level = LogLevel.Error, Message = "the evaluation of training round {Round} failed and begins anew")]
    private partial void LogFaulted(ulong round, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the private losses of training round {Round} cannot be computed again yet")]
    private partial void LogNotRechecked(ulong round, Exception? failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "duties after height {Height} are left undone: {Reason}")]
    private partial void LogUnsigned(Height height, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "own {Message} was refused: {Rejection}")]
    private partial void LogRejected(TransactionBody.MessageOneofCase message, MempoolRejection rejection);
}
