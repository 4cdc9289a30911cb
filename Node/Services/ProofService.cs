using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Headers with certificates, and proofs against them, for clients that trust no node.</summary>
internal sealed class ProofService(NodeServices node)
{
    private const int KeysMax = 64;
    private const int KeyBytesMax = 256;

    /// <summary>Beside a transaction and its proof in one message of 4 MiB.</summary>
    private const int EventBytesMax = 2 * 1024 * 1024;

    private readonly LightBlocks _headers = new(node.Chain, () => node.View.State);

    public RpcService Create() =>
        new RpcService(ProofReflection.Descriptor.Services[0], (KeysMax * (KeyBytesMax + 16)) + 64)
            .Unary<GetLightBlockRequest, LightBlockMessage>("GetLightBlock", (request, _) => Task.FromResult(GetLightBlock(request)))
            .Unary<ProveStateRequest, ProveStateResponse>("ProveState", (request, _) => Task.FromResult(ProveState(request)))
            .Unary<ProveTransactionRequest, ProveTransactionResponse>("ProveTransaction", (request, _) => Task.FromResult(ProveTransaction(request)))
            .Unary<ProveBridgeLeafRequest, ProveBridgeLeafResponse>("ProveBridgeLeaf", (request, _) => Task.FromResult(ProveBridgeLeaf(request)))
            .Unary<GetValidatorSetRequest, GetValidatorSetResponse>("GetValidatorSet", (request, _) => Task.FromResult(GetValidatorSet(request)))
            .Unary<GetCertificatesRequest, GetCertificatesResponse>("GetCertificates", (request, _) => Task.FromResult(GetCertificates(request)));

    private LightBlockMessage GetLightBlock(GetLightBlockRequest request)
    {
        var height = request.Height == 0 ? node.View.State.Height : new Height(request.Height);
        var block = _headers.At(height)
            ?? throw RequestChecks.NotFound(node.Chain.Get(height) is null ? $"no block at height {height}" : $"the validator set of height {height} is no longer kept");
        return new LightBlockMessage { LightBlock = ByteString.CopyFrom(block.Encode()) };
    }

    private GetValidatorSetResponse GetValidatorSet(GetValidatorSetRequest request)
    {
        var set = _headers.SetOf(request.Root.RequireHash("root")) ?? throw RequestChecks.NotFound("no set with this root is kept");
        return new GetValidatorSetResponse { Validators = ByteString.CopyFrom(set.Encode()) };
    }

    private GetCertificatesResponse GetCertificates(GetCertificatesRequest request)
    {
        var certificates = HeightCertificates.Of(node.View.State.GenesisHash, node.Chain, new Height(request.Height))
            ?? throw RequestChecks.NotFound($"height {request.Height} is not decided here, or no longer kept");
        return new GetCertificatesResponse { Certificates = ByteString.CopyFrom(certificates.Encode()) };
    }

    private ProveStateResponse ProveState(ProveStateRequest request)
    {
        if (request.Keys.Count is 0 or > KeysMax) throw RequestChecks.Bad($"keys: 1 to {KeysMax} wanted, {request.Keys.Count} given");
        var state = StateFor(request.Height, request.Genesis);
        var response = new ProveStateResponse { Height = state.Height.Value };
        foreach (var selector in request.Keys)
        {
            var key = KeyOf(selector);
            var value = state.Get(key);
            response.Records.Add(new StateRecord
            {
                Key = ByteString.CopyFrom(key.Bytes),
                Exists = value is not null,
                Value = value is null ? ByteString.Empty : ByteString.CopyFrom(value),
                Proof = ByteString.CopyFrom(state.Prove(key).Encode()),
            });
        }

        return response;
    }

    // What a block leaves is proved by the header after it: the newest state of all has none yet.
    private LedgerState StateFor(ulong wanted, bool genesis)
    {
        var newest = node.View.State.Height;
        var isNewest = wanted == 0 && !genesis;
        if (newest == Height.Genesis || wanted >= newest.Value)
            throw new RpcException(StatusCode.FailedPrecondition, $"the state after {(isNewest ? newest : new Height(wanted))} is proved by the next header, which is not decided yet");
        var height = isNewest ? newest.MinusOrGenesis(1) : new Height(wanted);
        return node.Runtime.States.At(height) ?? throw new RpcException(StatusCode.OutOfRange, $"this node does not keep the state after {height}");
    }

    private ProveBridgeLeafResponse ProveBridgeLeaf(ProveBridgeLeafRequest request)
    {
        var state = StateFor(request.Height, genesis: false);
        var leaf = BridgeLeaves.Get(state, request.Index);
        if (leaf is null) throw RequestChecks.NotFound($"after block {state.Height} there is no bridge leaf {request.Index}: the range has {BridgeLeaves.Peaks(state).Count}");
        var proof = node.Leaves.Prove(state, request.Index);
        return new ProveBridgeLeafResponse { Height = state.Height.Value, Leaf = leaf.Value.ToByteString(), Proof = ByteString.CopyFrom(proof.Encode()) };
    }

    private static StateKey KeyOf(StateSelector selector) => selector.SelectorCase switch
    {
        StateSelector.SelectorOneofCase.Key => selector.Key.Length is >= 2 and <= KeyBytesMax
            ? StateKey.FromBytes(selector.Key.Span)
            : throw RequestChecks.Bad($"key: 2 to {KeyBytesMax} bytes wanted, {selector.Key.Length} given"),
        StateSelector.SelectorOneofCase.Account => AccountsModule.Key(selector.Account.RequireAddress("account")),
        StateSelector.SelectorOneofCase.Model => KeyReadBy(state => TrainingQueries.Model(state, new BlobHash(selector.Model.RequireHash("model")))),
        StateSelector.SelectorOneofCase.Task => KeyReadBy(state => TrainingQueries.Task(state, selector.Task.RequireHash("task"))),
        _ => throw RequestChecks.Bad("keys: key, account, model or task wanted"),
    };

    private static StateKey KeyReadBy(Action<IStateReader> query)
    {
        var asked = new AskedKeys();
        query(asked);
        return asked.Last;
    }

    private ProveTransactionResponse ProveTransaction(ProveTransactionRequest request)
    {
        var place = node.Chain.PlaceOf(new TransactionHash(request.Hash.RequireHash("hash"))) ?? throw RequestChecks.NotFound("the transaction is in no block of this node");
        if (place.Height >= node.View.State.Height)
            throw new RpcException(StatusCode.FailedPrecondition, $"the receipts of block {place.Height} are proved by the next header, which is not decided yet");
        var ((block, _), outcome) = node.Chain.Whole(place.Height) ?? throw RequestChecks.NotFound($"block {place.Height} is no longer kept");
        var proof = TransactionProof.Create(block.Header, block.Transactions, outcome.Receipts, (int)place.Index);
        var response = new ProveTransactionResponse { Height = place.Height.Value, Proof = ByteString.CopyFrom(proof.Encode()) };
        if (!request.WithEvents) return response;
        response.EventsLeftOut = outcome.Events.Packed.Length > EventBytesMax;
        if (!response.EventsLeftOut) response.Events.AddRange(Enumerable.Range(0, outcome.Events.Count).Select(i => ByteString.CopyFrom(outcome.Events.Encoded(i))));
        return response;
    }

    private sealed class AskedKeys : IStateReader
    {
        public StateKey Last { get; private set; }

        public byte[]? Get(StateKey key)
        {
            Last = key;
            return null;
        }
    }
}
