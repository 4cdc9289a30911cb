using System.Collections.Concurrent;
using System.Text;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Tasks and certificates, checkpoints in and out, and the producer's consent.</summary>
internal sealed class TrainingService(NodeServices node)
{
    /// <summary>A chunk with its blob, signer and signature.</summary>
    private const int ChunkMessageBytesMax = BlobLimits.ChunkBytes + 256;

    private readonly UploadDesk _uploads = new(
        new UploadPermits(node.View.State.GenesisHash, node.Node, TimeProvider.System),
        blob => node.Wanted.Find(node.View.State, blob),
        node.Runtime.Options.Trainers.Contains,
        node.Blobs,
        node.Runtime.Room,
        node.View.State.Genesis.Tasks.Length,
        TimeProvider.System);

    /// <summary>What was found about winners' devices: it takes reading the blocks of a round.</summary>
    private const int DevicesMax = 1_024;

    private readonly ConcurrentDictionary<Hash256, string> _devices = [];
    private readonly DeviceEvidence _evidence = new(
        node.View.State.GenesisHash, height => node.Chain.Get(height)?.Block, DeviceRoots.Load(node.Runtime.Options.DeviceRoots));


    public RpcService Create() =>
        new RpcService(TrainingReflection.Descriptor.Services[0], Limits.ManifestBytesMax + 64)
            .Unary<ListTasksRequest, ListTasksResponse>("ListTasks", (_, _) => Task.FromResult(ListTasks()))
            .Unary<GetTaskRequest, TrainingTask>("GetTask", (request, _) => Task.FromResult(GetTask(request)))
            .Unary<GetCertificateRequest, GetCertificateResponse>("GetCertificate", (request, _) => Task.FromResult(GetCertificate(request)))
            .ServerStreaming<DownloadCheckpointRequest, CheckpointChunk>("DownloadCheckpoint", DownloadAsync)
            .ClientStreaming<UploadChunk, UploadCheckpointResponse>("UploadCheckpoint", UploadAsync, ChunkMessageBytesMax)
            .Unary<ConsentRequest, ConsentResponse>("Consent", (request, _) => Task.FromResult(Consent(request)));

    private ListTasksResponse ListTasks()
    {
        var state = node.View.State;
        var response = new ListTasksResponse();
        foreach (var task in TrainingQueries.Tasks(state)) response.Tasks.Add(MessageOf(state, task));
        return response;
    }

    private TrainingTask GetTask(GetTaskRequest request)
    {
        var state = node.View.State;
        return MessageOf(state, TrainingQueries.Task(state, request.Task.RequireHash("task")) ?? throw NoTask());
    }

    private TrainingTask MessageOf(LedgerState state, TaskRecord task)
    {
        var parameters = state.Parameters.Training;
        var round = TrainingQueries.Round(state, task.Id);
        var checks = TrainingQueries.Checks(state, round);
        var definition = TaskDefinitions.Get(state, state.Genesis, task.Id);
        var message = new TrainingTask
        {
            Id = task.Id.ToByteString(),
            Name = task.Name,
            ModelSpec = ByteString.CopyFrom(Encoding.UTF8.GetBytes(definition.Model.ToJsonString())),
            Definition = ByteString.CopyFrom(definition.ToCanonicalJson()),
            TrainingSet = TrainingSets.OfLine(state, task.Id)!.Root.ToByteString(),
            EvaluationSet = task.EvaluationSet.ToByteString(),
            BestModel = task.BestModel.Value.ToByteString(),
            BestLossSum = task.BestLoss?.Sum ?? 0,
            Samples = task.BestLoss?.Samples ?? parameters.EvaluationSamples - parameters.PaidSamplesOf(parameters.EvaluationSamples),
            Certified = task.CertifiedCount,
            TrainingRound = task.NextRound,
            Phase = TrainingPhaseText.Of(round?.Phase),
            Candidates = (uint)(round?.Candidates.Length ?? 0),
            RequiredGainMillionths = TrainingQueries.RequiredGain(state, task, round, state.Height.Next()),
            ShortfallFee = TrainingQueries.Fee(state, task, round).ToByteString(),
            Closed = task.IsClosed,
            RoundsWithoutGain = task.RoundsWithoutGain,
            TargetRoundBlocks = task.TargetRoundBlocks,
            ZThousandths = TrainingQueries.ZAsked(state, task, round, state.Next.Validators.Count),
            CandidateBond = parameters.CandidateBond.ToByteString(),
            Height = state.Height.Value,
            LiveTerms = (uint)TrainingQueries.Terms(state).Count(term => term.Task == task.Id),
            Producer = ProducerIn(state)?.ToByteString() ?? ByteString.Empty,
            Checks = new CandidateChecks
            {
                Balance = checks.IsBalanceDemanded,
                SimilaritySamples = checks.SimilaritySamples,
                SimilarityModels = checks.SimilarityModels,
                CopyThousandths = checks.CopyThousandths,
                RelativeThousandths = checks.RelativeThousandths,
                ProbeSteps = checks.ProbeSteps,
                ProbeBatch = checks.ProbeBatch,
            },
        };
        if (task.Origin is { } origin)
        {
            message.Parent = origin.Parent.ToByteString();
            message.ParentModel = origin.Model.Value.ToByteString();
            (message.BarLossSum, message.BarSamples) = (origin.Bar.Sum, origin.Bar.Samples);
            message.Forked = origin.Forked.Value;
        }

        if (TrainingQueries.Recheck(state, task.Id) is { } recheck)
        {
            message.RecheckRound = recheck.Number;
            message.RecheckTargets = (uint)recheck.Targets.Length;
            message.RecheckAnswers = (uint)TrainingQueries.RecheckMessages(state, task.Id).Length;
        }

        message.RecentModels.AddRange(TrainingQueries.RecentModels(state, task.Id).Reverse().Take((int)checks.SimilarityModels).Select(model => model.Value.ToByteString()));
        return message;
    }

    // Of a chain that has just begun: a round that opens before there are seed chains is void.
    private Address? ProducerIn(LedgerState state) => TrainingQueries.HasSeedPower(state, state.Next.Validators) ? node.Signer?.Address : null;

    private GetCertificateResponse GetCertificate(GetCertificateRequest request)
    {
        var response = CertificateOf(node.View.State, node.Chain, request.Task.RequireHash("task"), request.TrainingRound);
        if (response.Proof.IsEmpty || !TrainingProof.TryDecode(response.Proof.Span, out var proof)) return response;
        if (_devices.Count >= DevicesMax) _devices.Clear();
        response.Device = _devices.GetOrAdd(proof.Root, _ => _evidence.Of(proof, new Height(response.Height)).ToString());
        return response;
    }

    /// <summary>
    /// A round that certified no improvement has a certificate, but nobody leads by it: its proof is empty.
    /// </summary>
    internal static GetCertificateResponse CertificateOf(LedgerState state, ChainStore chain, Hash256 task, ulong trainingRound)
    {
        var record = TrainingQueries.Certificate(state, task, trainingRound) ?? throw RequestChecks.NotFound("this training round has no certificate");
        var response = new GetCertificateResponse { Height = record.Height.Value };
        if (record.Certificate.Statement.Winner is null) return response;
        var root = TrainingQueries.Outcome(state, task, trainingRound)!.ProofRoot;
        var proof = TrainingModule.ProofOf(state, root)
            ?? ProofInBlocks(chain, record.Height, root)
            ?? throw RequestChecks.NotFound("the proof of this training round is no longer kept");
        response.Proof = ByteString.CopyFrom(proof.Bytes.Span);
        return response;
    }

    // The state keeps a proof while its term lives; after that it stands in the blocks that the term led.
    private static TrainingProof? ProofInBlocks(ChainStore chain, Height certified, Hash256 root)
    {
        const ulong searched = 512;
        for (var height = certified.Next(); height <= certified.Plus(searched); height = height.Next())
        {
            if (chain.Get(height) is not { } committed) return null;
            if (committed.Block.TrainingProof is { } proof && proof.Root == root) return proof;
        }

        return null;
    }

    private async Task DownloadAsync(DownloadCheckpointRequest request, IServerStreamWriter<CheckpointChunk> responses, ServerCallContext call)
    {
        var model = new BlobHash(request.Model.RequireHash("model"));
        if (!node.Blobs.TryGetManifest(model, out var manifest)) throw RequestChecks.NotFound("this node does not hold this checkpoint");
        for (var i = 0; i < manifest.ChunkCount; i++)
        {
            var chunk = node.Blobs.ReadChunk(model, i) ?? throw RequestChecks.NotFound("this node does not hold this checkpoint any more");
            await responses.WriteAsync(new CheckpointChunk { Data = UnsafeByteOperations.UnsafeWrap(chunk) }, call.CancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<UploadCheckpointResponse> UploadAsync(IAsyncStreamReader<UploadChunk> chunks, ServerCallContext call)
    {
        var manifest = await _uploads.TakeAsync(chunks, call.CancellationToken).ConfigureAwait(false);
        var response = new UploadCheckpointResponse { Model = manifest.Hash.Value.ToByteString(), Size = (ulong)manifest.Length };
        response.Chunks.AddRange(manifest.ChunkHashes.Select(hash => hash.ToByteString()));
        return response;
    }

    // Blind: whoever saw the manifest or the checkpoint before the commit could commit them under another trainer.
    private ConsentResponse Consent(ConsentRequest request)
    {
        var signer = node.Signer ?? throw new RpcException(StatusCode.FailedPrecondition, "this node is an observer: ask a validator's");
        var trainer = request.Trainer.RequireAddress("trainer");
        if (!node.Runtime.Options.Trainers.Contains(trainer))
            throw new RpcException(StatusCode.PermissionDenied, $"{trainer} is not among the trainers of this node's config.json");
        var (state, commitment, task) = (node.View.State, request.Commitment.RequireHash("commitment"), request.Task.RequireHash("task"));
        var round = (TrainingQueries.Task(state, task) ?? throw NoTask()).NextRound;
        // For a round that is far off it would still be good when its trainer is no longer on the list.
        if (request.TrainingRound != round)
            throw new RpcException(StatusCode.FailedPrecondition, $"training_round: {round} takes commits, not {request.TrainingRound}");
        Signature consent;
        try
        {
            consent = signer.SignTagged(CandidateBinding.Consent(state.GenesisHash, task, round, commitment, trainer, signer.Address));
        }
        catch (SignerUnavailableException unavailable)
        {
            throw new RpcException(StatusCode.Unavailable, unavailable.Message);
        }

        return new ConsentResponse { Producer = signer.Address.ToByteString(), Signature = ByteString.CopyFrom(consent.Bytes) };
    }

    private static RpcException NoTask() => RequestChecks.NotFound("the chain has no such task");
}

/// <summary>Phases as the API writes them, and back.</summary>
internal static class TrainingPhaseText
{
    private const string Idle = "idle";

    /// <summary>Null is idle: no round is in progress.</summary>
    public static string Of(TrainingPhase? phase) => phase switch
    {
        null => Idle,
        TrainingPhase.Commit => "commit",
        TrainingPhase.Reveal => "reveal",
        TrainingPhase.Availability => "availability",
        TrainingPhase.Seed => "seed",
        TrainingPhase.Release => "release",
        TrainingPhase.AttestCommit => "attest_commit",
        TrainingPhase.AttestReveal => "attest_reveal",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    public static bool TryParse(string text, out TrainingPhase? phase)
    {
        phase = null;
        if (text == Idle) return true;
        foreach (var known in Enum.GetValues<TrainingPhase>())
            if (Of(known) == text)
                phase = known;
        return phase is not null;
    }
}
