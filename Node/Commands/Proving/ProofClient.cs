using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Asks a node for headers and proofs. What it gives is bounded and decoded, and not yet believed.</summary>
internal sealed class ProofClient(RpcChannel channel)
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Proofs = ProofReflection.Descriptor.Services[0];

    private static readonly RpcMethod<GetLightBlockRequest, LightBlockMessage> GetLightBlock = new(Proofs, "GetLightBlock");
    private static readonly RpcMethod<ProveStateRequest, ProveStateResponse> ProveState = new(Proofs, "ProveState");
    private static readonly RpcMethod<ProveTransactionRequest, ProveTransactionResponse> ProveTransaction = new(Proofs, "ProveTransaction");
    private static readonly RpcMethod<ProveBridgeLeafRequest, ProveBridgeLeafResponse> ProveBridgeLeaf = new(Proofs, "ProveBridgeLeaf");
    private static readonly RpcMethod<GetGenesisRequest, GetGenesisResponse> GetGenesis = new(ChainReflection.Descriptor.Services[0], "GetGenesis");
    private static readonly RpcMethod<GetValidatorSetRequest, GetValidatorSetResponse> GetValidatorSet = new(Proofs, "GetValidatorSet");
    private static readonly RpcMethod<GetCertificateRequest, GetCertificateResponse> GetCertificate = new(TrainingReflection.Descriptor.Services[0], "GetCertificate");
    private static readonly RpcMethod<GetValidatorsRequest, GetValidatorsResponse> GetValidators = new(ChainReflection.Descriptor.Services[0], "GetValidators");

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <exception cref="NotProvedException">Not a light block, or that of another height.</exception>
    public async Task<LightBlock> LightBlockAsync(Height height, CancellationToken cancellationToken)
    {
        var response = await PatientlyAsync(GetLightBlock, new GetLightBlockRequest { Height = height.Value }, StatusCode.NotFound, cancellationToken).ConfigureAwait(false);
        if (!LightBlock.TryDecode(response.LightBlock.Span, out var block)) throw new NotProvedException($"the light block of height {height} is malformed");
        return block.Height == height ? block : throw new NotProvedException($"asked for height {height}, the node shows {block.Height}");
    }

    /// <summary>One record of the state after a height, or of the newest provable where it is null.</summary>
    public async Task<(Height Height, StateRecord Record)> StateAsync(StateKey key, Height? height, CancellationToken cancellationToken)
    {
        var request = new ProveStateRequest { Height = height?.Value ?? 0, Genesis = height == Height.Genesis };
        request.Keys.Add(new StateSelector { Key = ByteString.CopyFrom(key.Bytes) });
        var response = await PatientlyAsync(ProveState, request, StatusCode.FailedPrecondition, cancellationToken).ConfigureAwait(false);
        if (response.Records.Count != 1) throw new NotProvedException($"asked for one record, the node shows {response.Records.Count}");
        var shown = new Height(response.Height);
        if (height is not null && shown != height) throw new NotProvedException($"asked for the state after {height}, the node shows that after {shown}");
        return (shown, response.Records[0]);
    }

    /// <summary>With the events of its block, where they are not too many.</summary>
    public Task<ProveTransactionResponse> TransactionAsync(TransactionHash hash, CancellationToken cancellationToken) =>
        PatientlyAsync(ProveTransaction, new ProveTransactionRequest { Hash = hash.Value.ToByteString(), WithEvents = true }, StatusCode.FailedPrecondition, cancellationToken);

    /// <summary>The path of a leaf of the bridge, under the bridge root of the header after a height.</summary>
    /// <exception cref="NotProvedException">The node shows none.</exception>
    public async Task<MountainProof> BridgeLeafAsync(ulong index, Height height, CancellationToken cancellationToken)
    {
        try
        {
            var request = new ProveBridgeLeafRequest { Height = height.Value, Index = index };
            var response = await PatientlyAsync(ProveBridgeLeaf, request, StatusCode.FailedPrecondition, cancellationToken).ConfigureAwait(false);
            return MountainProof.TryDecode(response.Proof.Span, out var proof) ? proof : throw new NotProvedException($"the proof of bridge leaf {index} is malformed");
        }
        catch (RpcException missing) when (missing.StatusCode == StatusCode.NotFound)
        {
            throw new NotProvedException($"the state after {height} names bridge leaf {index}, and the node has none: {missing.Status.Message}");
        }
    }

    /// <summary>The document that headers name by its hash.</summary>
    /// <exception cref="NotProvedException">It is not that of this chain.</exception>
    public async Task<GenesisDocument> GenesisAsync(GenesisHash wanted, CancellationToken cancellationToken)
    {
        var response = await channel.UnaryAsync(GetGenesis, new GetGenesisRequest(), null, cancellationToken).ConfigureAwait(false);
        try
        {
            var genesis = GenesisDocument.Parse(response.Json.Span);
            return genesis.Hash == wanted ? genesis : throw new NotProvedException($"the node shows the genesis {genesis.Hash}, the headers are of {wanted}");
        }
        catch (OperatorException malformed)
        {
            throw new NotProvedException($"the genesis that the node shows cannot be read: {malformed.Message}");
        }
    }

    public Task<GetValidatorsResponse> ValidatorsAsync(CancellationToken cancellationToken) => channel.UnaryAsync(GetValidators, new GetValidatorsRequest(), null, cancellationToken);

    /// <exception cref="NotProvedException">Not the set with that root.</exception>
    public async Task<ValidatorSet> ValidatorSetAsync(Hash256 root, CancellationToken cancellationToken)
    {
        var response = await channel.UnaryAsync(GetValidatorSet, new GetValidatorSetRequest { Root = root.ToByteString() }, null, cancellationToken).ConfigureAwait(false);
        return ValidatorSet.TryDecode(response.Validators.Span, out var set) && set.Root == root ? set : throw new NotProvedException($"the node shows another validator set than {root}");
    }

    /// <summary>The training proof of a round; null where the node keeps it no longer.</summary>
    public async Task<TrainingProof?> TrainingProofAsync(Hash256 task, ulong trainingRound, CancellationToken cancellationToken)
    {
        try
        {
            var request = new GetCertificateRequest { Task = task.ToByteString(), TrainingRound = trainingRound };
            var response = await channel.UnaryAsync(GetCertificate, request, null, cancellationToken).ConfigureAwait(false);
            return TrainingProof.TryDecode(response.Proof.Span, out var proof) ? proof : throw new NotProvedException("the training proof is malformed");
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    // What was just decided is proved by the next header: it comes within a block's time.
    private async Task<TResponse> PatientlyAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest request, StatusCode notYet, CancellationToken cancellationToken)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            try
            {
                return await channel.UnaryAsync(method, request, null, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException early) when (early.StatusCode == notYet && !patience.IsCancellationRequested)
            {
                await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
