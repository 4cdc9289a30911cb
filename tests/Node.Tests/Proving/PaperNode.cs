using System.Net;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>The part of a node's API that proofs come from, over a chain in memory; it tells the truth but for what a test has it change.</summary>
internal sealed class PaperNode : IAsyncDisposable
{
    private readonly LedgerFixture _chain;
    private RpcServer? _server;

    private PaperNode(LedgerFixture chain) => _chain = chain;

    public string Api => _server!.Endpoint.ToString();

    /// <summary>How often a leaf was asked for.</summary>
    public int LeavesAsked { get; private set; }

    public Func<LightBlock, LightBlock> ChangeHeader { get; set; } = block => block;

    public Action<StateRecord> ChangeRecord { get; set; } = _ => { };

    public Action<GetGenesisResponse> ChangeGenesis { get; set; } = _ => { };

    /// <summary>Gets the range as it was at that height.</summary>
    public Action<ProveBridgeLeafResponse, MountainRange> ChangeLeaf { get; set; } = (_, _) => { };

    public static async Task<PaperNode> StartAsync(LedgerFixture chain)
    {
        var node = new PaperNode(chain);
        var options = new RpcServerOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Name = "the API" };
        node._server = await RpcServer.StartAsync(options, node.Services(), NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        return node;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private IReadOnlyList<RpcService> Services() =>
    [
        new RpcService(ChainReflection.Descriptor.Services[0])
            .Unary<GetGenesisRequest, GetGenesisResponse>("GetGenesis", (_, _) =>
            {
                var response = new GetGenesisResponse { Json = ByteString.CopyFrom(_chain.Genesis.ToJson()) };
                ChangeGenesis(response);
                return Task.FromResult(response);
            })
            .Unary<GetStatusRequest, GetStatusResponse>("GetStatus", (_, _) => throw NotHere())
            .Unary<GetBlockRequest, V1.Block>("GetBlock", (_, _) => throw NotHere())
            .Unary<GetValidatorsRequest, GetValidatorsResponse>("GetValidators", (_, _) => throw NotHere())
            .ServerStreaming<StreamBlocksRequest, V1.Block>("StreamBlocks", (_, _, _) => throw NotHere()),
        new RpcService(ProofReflection.Descriptor.Services[0])
            .Unary<GetLightBlockRequest, LightBlockMessage>("GetLightBlock", (request, _) =>
                Task.FromResult(new LightBlockMessage { LightBlock = ByteString.CopyFrom(ChangeHeader(LightBlockAt((int)request.Height)).Encode()) }))
            .Unary<ProveStateRequest, ProveStateResponse>("ProveState", (request, _) => Task.FromResult(ProveState(request)))
            .Unary<ProveBridgeLeafRequest, ProveBridgeLeafResponse>("ProveBridgeLeaf", (request, _) => Task.FromResult(ProveLeaf(request)))
            .Unary<ProveTransactionRequest, ProveTransactionResponse>("ProveTransaction", (_, _) => throw NotHere())
            .Unary<GetValidatorSetRequest, GetValidatorSetResponse>("GetValidatorSet", (_, _) => throw NotHere())
            .Unary<GetCertificatesRequest, GetCertificatesResponse>("GetCertificates", (_, _) => throw NotHere()),
    ];

    private static RpcException NotHere() => new(StatusCode.Unimplemented, "no proof of these tests needs it");

    private LightBlock LightBlockAt(int height)
    {
        var certificate = height < _chain.Blocks.Count ? _chain.Blocks[height].Block.LastCommit : _chain.LastCommit;
        return new LightBlock(_chain.Blocks[height - 1].Block.Header, certificate!, _chain.Genesis.ValidatorSet());
    }

    // As of the block before the newest one, whose header proves it.
    private LedgerState StateAt(ulong height) => _chain.Blocks[(height == 0 ? _chain.Blocks.Count - 1 : (int)height) - 1].Result.Next;

    private ProveStateResponse ProveState(ProveStateRequest request)
    {
        var state = StateAt(request.Height);
        var key = StateKey.FromBytes(request.Keys[0].Key.Span);
        var value = state.Get(key);
        var record = new StateRecord { Exists = value is not null, Value = ByteString.CopyFrom(value ?? []), Proof = ByteString.CopyFrom(state.Prove(key).Encode()) };
        ChangeRecord(record);
        return new ProveStateResponse { Height = state.Height.Value, Records = { record } };
    }

    private ProveBridgeLeafResponse ProveLeaf(ProveBridgeLeafRequest request)
    {
        LeavesAsked++;
        var range = BridgeLeaves.Range(StateAt(request.Height));
        var response = new ProveBridgeLeafResponse { Height = request.Height, Proof = ByteString.CopyFrom(range.Prove(request.Index).Encode()) };
        ChangeLeaf(response, range);
        return response;
    }
}
