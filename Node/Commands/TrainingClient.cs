using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>The training service of a node as trainers use it.</summary>
internal sealed class TrainingClient(RpcChannel channel)
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Training = NeuroChain.Node.V1.TrainingReflection.Descriptor.Services[0];

    private static readonly RpcMethod<ListTasksRequest, ListTasksResponse> ListTasks = new(Training, "ListTasks");
    private static readonly RpcMethod<GetTaskRequest, TrainingTask> GetTask = new(Training, "GetTask");
    private static readonly RpcMethod<GetCertificateRequest, GetCertificateResponse> GetCertificate = new(Training, "GetCertificate");
    private static readonly RpcMethod<DownloadCheckpointRequest, CheckpointChunk> DownloadCheckpoint = new(Training, "DownloadCheckpoint");
    private static readonly RpcMethod<UploadChunk, UploadCheckpointResponse> UploadCheckpoint = new(Training, "UploadCheckpoint");
    private static readonly RpcMethod<GetStatusRequest, GetStatusResponse> GetStatus = new(ChainReflection.Descriptor.Services[0], "GetStatus");
    private static readonly RpcMethod<ConsentRequest, ConsentResponse> GiveConsent = new(Training, "Consent");

    /// <summary>A checkpoint may have 64 MiB.</summary>
    private static readonly TimeSpan TransferTime = TimeSpan.FromMinutes(2);

    /// <summary>The node has a limit of its own for each chunk.</summary>
    private static readonly TimeSpan UploadTime = UploadDesk.ChunkTime * (BlobLimits.ChunksMax + 1);

    private static readonly TimeSpan UploadPause = TimeSpan.FromMilliseconds(250);

    public async Task<IReadOnlyList<TrainingTask>> TasksAsync(CancellationToken cancellationToken) =>
        (await channel.UnaryAsync(ListTasks, new ListTasksRequest(), null, cancellationToken).ConfigureAwait(false)).Tasks;

    public Task<TrainingTask> TaskAsync(Hash256 task, CancellationToken cancellationToken) =>
        channel.UnaryAsync(GetTask, new GetTaskRequest { Task = task.ToByteString() }, null, cancellationToken);

    public Task<GetCertificateResponse> CertificateAsync(Hash256 task, ulong trainingRound, CancellationToken cancellationToken) =>
        channel.UnaryAsync(GetCertificate, new GetCertificateRequest { Task = task.ToByteString(), TrainingRound = trainingRound }, null, cancellationToken);

    /// <summary>The checkpoint of that hash, however the node answers.</summary>
    /// <exception cref="RpcException">DATA_LOSS where the node sent something else.</exception>
    public async Task<byte[]> DownloadAsync(BlobHash model, int bytesMax, CancellationToken cancellationToken)
    {
        using var received = new MemoryStream();
        var request = new DownloadCheckpointRequest { Model = model.Value.ToByteString() };
        await foreach (var chunk in channel.ServerStreaming(DownloadCheckpoint, request, TransferTime, cancellationToken).ConfigureAwait(false))
        {
            if (received.Length + chunk.Data.Length > bytesMax)
                throw new RpcException(StatusCode.DataLoss, $"the node sent more than the {bytesMax} bytes of checkpoint {model}");
            received.Write(chunk.Data.Span);
        }

        var checkpoint = received.ToArray();
        return BlobManifest.Of(checkpoint).Hash == model
            ? checkpoint
            : throw new RpcException(StatusCode.DataLoss, $"the node sent something else than checkpoint {model}");
    }

    /// <summary>Brings a blob that the chain names to the node, in a place that strangers cannot take.</summary>
    /// <param name="genesis">The chain.</param>
    /// <param name="owner">Who showed or proposed it.</param>
    /// <param name="manifest">What it is made of.</param>
    /// <param name="blob">Its bytes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RpcException">The node does not take it, or DATA_LOSS where it took something else.</exception>
    public async Task UploadAsync(GenesisHash genesis, PrivateKey owner, BlobManifest manifest, ReadOnlyMemory<byte> blob, CancellationToken cancellationToken)
    {
        // A node that gives another's name for its own gets a signature that opens one upload there, and the owner's next one takes its place.
        var node = (await channel.UnaryAsync(GetStatus, new GetStatusRequest(), null, cancellationToken).ConfigureAwait(false)).Node.RequireAddress("node");
        using var call = channel.ClientStreaming(UploadCheckpoint, UploadTime, cancellationToken);
        try
        {
            var now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            var signature = owner.Sign(UploadPermits.Digest(genesis, node, manifest.Hash, now));
            var first = new UploadChunk
            {
                Blob = manifest.Hash.Value.ToByteString(),
                Signer = owner.Address.ToByteString(),
                Signature = ByteString.CopyFrom(signature.Bytes),
                TimeMs = now,
            };
            await call.RequestStream.WriteAsync(first, cancellationToken).ConfigureAwait(false);
            for (var start = 0; start < blob.Length; start += BlobLimits.ChunkBytes)
            {
                var chunk = blob.Slice(start, Math.Min(BlobLimits.ChunkBytes, blob.Length - start));
                await call.RequestStream.WriteAsync(new UploadChunk { Data = UnsafeByteOperations.UnsafeWrap(chunk) }, cancellationToken).ConfigureAwait(false);
            }

            await call.RequestStream.CompleteAsync().ConfigureAwait(false);
        }
        catch (RpcException)
        {
            // The node ended the call while we wrote; why, its answer says.
        }

        var taken = await call.ResponseAsync.ConfigureAwait(false);
        if (taken.Size != (ulong)manifest.Length || taken.Model != manifest.Hash.Value.ToByteString())
            throw new RpcException(StatusCode.DataLoss, "the node took another blob than was sent");
    }

    /// <summary>The same, again and again until the node takes it: right after the message that names it, no block has that message yet.</summary>
    public async Task UploadWhenNamedAsync(GenesisHash genesis, PrivateKey owner, BlobManifest manifest, ReadOnlyMemory<byte> blob, Action<RpcException> refused, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await UploadAsync(genesis, owner, manifest, blob, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RpcException failure) when (!cancellationToken.IsCancellationRequested)
            {
                refused(failure);
            }

            await Task.Delay(UploadPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The producer's signature, checked.</summary>
    /// <exception cref="RpcException">The node does not consent, or DATA_LOSS where its signature is another's.</exception>
    public async Task<Signature> ConsentAsync(
        GenesisHash genesis, Hash256 task, ulong trainingRound, Hash256 commitment, Address trainer, Address producer, CancellationToken cancellationToken)
    {
        var request = new ConsentRequest
        {
            Commitment = commitment.ToByteString(),
            Trainer = trainer.ToByteString(),
            Task = task.ToByteString(),
            TrainingRound = trainingRound,
        };
        var response = await channel.UnaryAsync(GiveConsent, request, null, cancellationToken).ConfigureAwait(false);
        var digest = CandidateBinding.ConsentDigest(genesis, task, trainingRound, commitment, trainer, producer);
        return Signature.TryFromBytes(response.Signature.Span, out var signature) && signature.IsBy(producer, digest)
            ? signature
            : throw new RpcException(StatusCode.DataLoss, $"the node's consent is not signed by {producer}");
    }
}
