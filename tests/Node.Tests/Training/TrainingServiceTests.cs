using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

public sealed class TrainingServiceTests
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Training = NeuroChain.Node.V1.TrainingReflection.Descriptor.Services[0];
    private static readonly RpcMethod<UploadChunk, UploadCheckpointResponse> Upload = new(Training, "UploadCheckpoint");
    private static readonly RpcMethod<ConsentRequest, ConsentResponse> GiveConsent = new(Training, "Consent");
    private static readonly RpcMethod<GetTaskRequest, TrainingTask> GetTask = new(Training, "GetTask");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TasksAreToldWithTheirSpecAndTheirIncumbent()
    {
        await using var node = await TrainingNode.StartAsync();
        using var client = new NodeClient(node.Api);
        var service = new TrainingClient(client.Channel);
        var task = Assert.Single(await service.TasksAsync(Cancelled));
        Assert.Equal(("digits", "idle", 1UL, 0UL, 192U), (task.Name, task.Phase, task.TrainingRound, task.Certified, task.Samples));
        Assert.True(ModelSpec.TryParse(task.ModelSpec.Span, out var spec, out _));
        Assert.Equal(node.Plan.Spec.Hash, spec.Hash);
        Assert.Equal(task.Name, (await service.TaskAsync(node.Task, Cancelled)).Name);
        await FailsAsync(StatusCode.NotFound, () => service.TaskAsync(Hash256.Sha256([1]), Cancelled));
        await FailsAsync(StatusCode.InvalidArgument, () => client.Channel.UnaryAsync(GetTask, new GetTaskRequest { Task = ByteString.CopyFrom(1, 2) }, null, Cancelled));
        await FailsAsync(StatusCode.NotFound, () => service.CertificateAsync(node.Task, 1, Cancelled));

        var incumbent = new BlobHash(Hash256.FromBytes(task.BestModel.Span));
        var checkpoint = await service.DownloadAsync(incumbent, Checkpoint.SizeBytes(node.Plan), Cancelled);
        Assert.True(Checkpoint.TryRead(checkpoint, node.Plan, out _, out _));
        await FailsAsync(StatusCode.DataLoss, () => service.DownloadAsync(incumbent, checkpoint.Length - 1, Cancelled));
        await FailsAsync(StatusCode.NotFound, () => service.DownloadAsync(new BlobHash(Hash256.Sha256([1])), 1_000_000, Cancelled));
    }

    [Fact]
    public async Task AnUploadThatTheChainDoesNotNameIsRefused()
    {
        await using var node = await TrainingNode.StartAsync();
        using var client = new NodeClient(node.Api);
        var blob = new byte[5_000];
        var manifest = BlobManifest.Of(blob);
        var refusal = await FailsAsync(StatusCode.FailedPrecondition, () => new TrainingClient(client.Channel).UploadAsync(node.Genesis.Hash, node.Trainer, manifest, blob, Cancelled));
        Assert.Contains("reveal, propose or offer first", refusal.Status.Message, StringComparison.Ordinal);
        await FailsAsync(StatusCode.InvalidArgument, () => UploadAsync(client, []));
        await FailsAsync(StatusCode.InvalidArgument, () => UploadAsync(client, [[1]]));
        await FailsAsync(StatusCode.ResourceExhausted, () => UploadAsync(client, [new byte[2 * BlobLimits.ChunkBytes]])); // refused by its length, before it is read
    }

    [Fact]
    public async Task ConsentIsThisValidatorsSignatureForThisTrainerAndCommitment()
    {
        await using var node = await TrainingNode.StartAsync();
        using var client = new NodeClient(node.Api);
        var service = new TrainingClient(client.Channel);
        Address producer;
        while (!Address.TryFromBytes((await service.TaskAsync(node.Task, Cancelled)).Producer.Span, out producer))
            await Task.Delay(20, Cancelled); // until it has registered its seed chain
        Assert.Equal(node.Genesis.Validators[0].Address, producer);
        var signature = await service.ConsentAsync(node.Genesis.Hash, node.Task, 1, Commitment, node.Trainer.Address, producer, Cancelled);
        Assert.True(signature.IsBy(producer, CandidateBinding.ConsentDigest(node.Genesis.Hash, node.Task, 1, Commitment, node.Trainer.Address, producer)));
        await FailsAsync(StatusCode.DataLoss, () => service.ConsentAsync(node.Genesis.Hash, node.Task, 1, Commitment, node.Trainer.Address, node.Trainer.Address, Cancelled));
        await FailsAsync(StatusCode.FailedPrecondition, () => service.ConsentAsync(node.Genesis.Hash, node.Task, 2, Commitment, node.Trainer.Address, producer, Cancelled));
        await FailsAsync(StatusCode.NotFound, () => service.ConsentAsync(node.Genesis.Hash, Commitment, 1, Commitment, node.Trainer.Address, producer, Cancelled));
    }

    [Fact]
    public async Task ConsentIsRefusedByReason()
    {
        await using var node = await TrainingNode.StartAsync();
        using var client = new NodeClient(node.Api);
        var trainer = ByteString.CopyFrom(node.Trainer.Address.ToArray());
        var stranger = ByteString.CopyFrom(PrivateKey.FromSeed(Hash256.Sha256([1])).Address.ToArray());
        await FailsAsync(StatusCode.PermissionDenied, () => ConsentAsync(client, Commitment.ToByteString(), stranger));
        await FailsAsync(StatusCode.InvalidArgument, () => ConsentAsync(client, ByteString.CopyFrom(new byte[31]), trainer));
        await FailsAsync(StatusCode.InvalidArgument, () => ConsentAsync(client, ByteString.Empty, trainer));
        await FailsAsync(StatusCode.InvalidArgument, () => ConsentAsync(client, Commitment.ToByteString(), ByteString.CopyFrom(1)));
    }

    [Fact]
    public async Task AnObserverConsentsToNothing()
    {
        await using var node = await TrainingNode.StartAsync(isObserver: true);
        using var client = new NodeClient(node.Api);
        Assert.True((await new TrainingClient(client.Channel).TaskAsync(node.Task, Cancelled)).Producer.IsEmpty);
        await FailsAsync(StatusCode.FailedPrecondition, () => ConsentAsync(client, Commitment.ToByteString(), ByteString.CopyFrom(node.Trainer.Address.ToArray())));
    }

    [Fact]
    public void ACertificateIsProvedByTheStateAndLaterByTheBlocksThatItsTermLed()
    {
        var chain = new TrainedChain();
        chain.RunRound([chain.Train(60), chain.Train(1, seed: 5)]);
        var certified = TrainingService.CertificateOf(chain.State, chain.Chain, chain.Task, 1);
        Assert.True(TrainingProof.TryDecode(certified.Proof.Span, out var proof));
        Assert.Equal(TrainingProofFault.None, proof.Check(chain.State.GenesisHash, chain.State.Next.Validators));
        Assert.Equal(chain.State.Height.Value, certified.Height);

        for (var block = 0; block < 100 && TrainingModule.ProofOf(chain.State, proof.Root) is not null; block++) chain.Step();
        Assert.Null(TrainingModule.ProofOf(chain.State, proof.Root)); // the term is spent
        Assert.Equal(certified, TrainingService.CertificateOf(chain.State, chain.Chain, chain.Task, 1));
        Assert.Equal(StatusCode.NotFound, Assert.Throws<RpcException>(() => TrainingService.CertificateOf(chain.State, chain.Chain, chain.Task, 2)).StatusCode);
    }

    [Fact]
    public void ACertificateOfNoImprovementHasNoProof()
    {
        var chain = new TrainedChain();
        chain.RunRound([Checkpoint.Write(ModelParameters.HeUniform(chain.Spec.Plan, Hash256.Sha256([99])))]); // nothing was learned
        var certified = TrainingService.CertificateOf(chain.State, chain.Chain, chain.Task, 1);
        Assert.True(certified.Proof.IsEmpty);
        Assert.True(certified.Height > 0);
    }

    [Fact]
    public void PhasesAreReadAsTheyAreWritten()
    {
        foreach (var phase in Enum.GetValues<TrainingPhase>().Cast<TrainingPhase?>().Append(null))
        {
            Assert.True(TrainingPhaseText.TryParse(TrainingPhaseText.Of(phase), out var read));
            Assert.Equal(phase, read);
        }

        Assert.False(TrainingPhaseText.TryParse("lunch", out _));
    }

    private static Hash256 Commitment => Hash256.Sha256([6]);

    private static Task<ConsentResponse> ConsentAsync(NodeClient client, ByteString commitment, ByteString trainer) => client.Channel.UnaryAsync(
        GiveConsent, new ConsentRequest { Commitment = commitment, Trainer = trainer }, null, Cancelled);

    private static async Task<UploadCheckpointResponse> UploadAsync(NodeClient client, IReadOnlyList<byte[]> chunks)
    {
        using var call = client.Channel.ClientStreaming(Upload, TimeSpan.FromSeconds(60), Cancelled);
        try
        {
            foreach (var chunk in chunks) await call.RequestStream.WriteAsync(new UploadChunk { Data = UnsafeByteOperations.UnsafeWrap(chunk) }, Cancelled);
            await call.RequestStream.CompleteAsync();
        }
        catch (RpcException)
        {
            // The answer says why.
        }

        return await call.ResponseAsync;
    }

    private static async Task<RpcException> FailsAsync(StatusCode code, Func<Task> call)
    {
        var failure = await Assert.ThrowsAsync<RpcException>(call);
        Assert.True(code == failure.StatusCode, $"{code} wanted, {failure.Status} given");
        return failure;
    }
}
