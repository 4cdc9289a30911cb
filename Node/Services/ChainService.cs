using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Blocks, the state of the node, the block stream with its cursor.</summary>
internal sealed class ChainService(NodeServices node)
{
    public RpcService Create() =>
        new RpcService(ChainReflection.Descriptor.Services[0])
            .Unary<GetStatusRequest, GetStatusResponse>("GetStatus", (_, _) => Task.FromResult(Status()))
            .Unary<GetGenesisRequest, GetGenesisResponse>("GetGenesis", (_, _) =>
                Task.FromResult(new GetGenesisResponse { Json = ByteString.CopyFrom(node.View.State.Genesis.ToJson()) }))
            .Unary<GetBlockRequest, V1.Block>("GetBlock", (request, _) => Task.FromResult(Block(request)))
            .Unary<GetValidatorsRequest, GetValidatorsResponse>("GetValidators", (_, _) => Task.FromResult(Validators()))
            .ServerStreaming<StreamBlocksRequest, V1.Block>("StreamBlocks", StreamAsync);

    private GetStatusResponse Status()
    {
        var (state, round, isCatchingUp, waiting) = node.View;
        var status = new GetStatusResponse
        {
            ChainName = state.Genesis.ChainName,
            GenesisHash = state.GenesisHash.Value.ToByteString(),
            Height = state.Height.Value,
            BlockHash = state.LastBlock.Hash.Value.ToByteString(),
            StateRoot = state.Root.Value.ToByteString(),
            BlockTimeMs = state.Time.Milliseconds,
            Peers = (uint)node.Runtime.Network.Peers.Count(peer => peer.Connected),
            MempoolTransactions = (uint)waiting,
            CatchingUp = isCatchingUp,
            Silent = node.View.IsSilent,
            Validator = node.Validator is { } validator ? validator.ToByteString() : ByteString.Empty,
            Node = node.Node.ToByteString(),
            ConsensusHeight = state.Height.Next().Value,
            ConsensusRound = round.Value,
            Version = typeof(ChainService).Assembly.GetName().Version?.ToString(3) ?? "",
            Validators = (uint)state.Next.Validators.Count,
            TransactionsTotal = node.Chain.TransactionsTotal,
            EarliestHeight = node.Chain.EarliestBlock.Value,
        };
        if (node.Chain.GetRecent(state.Height) is { } last)
        {
            status.Author = last.Block.Header.Author.ToByteString();
            status.BuiltRound = last.Block.Header.BuiltRound.Value;
            status.CommitRound = last.Certificate.Round.Value;
            status.TermLed = last.Block.TrainingProof is not null;
        }

        return status;
    }

    private V1.Block Block(GetBlockRequest request)
    {
        var height = request.SelectorCase switch
        {
            GetBlockRequest.SelectorOneofCase.Height => new Height(request.Height),
            GetBlockRequest.SelectorOneofCase.Hash => node.Chain.HeightOf(new BlockHash(request.Hash.RequireHash("hash"))) ?? throw RequestChecks.NotFound("no block with this hash"),
            GetBlockRequest.SelectorOneofCase.Latest => node.View.State.Height,
            _ => throw RequestChecks.Bad("selector: height, hash or latest wanted"),
        };
        return node.Chain.Whole(height) is { } whole ? BlockMessage.Of(whole.Committed, whole.Outcome, request.LeaveOut) : throw NotKept(height);
    }

    private async Task StreamAsync(StreamBlocksRequest request, IServerStreamWriter<V1.Block> responses, ServerCallContext call)
    {
        var next = request.FromHeight == 0 ? node.Signal.Height.Next() : new Height(request.FromHeight);
        if (next > node.Signal.Height.Next()) throw new RpcException(StatusCode.OutOfRange, $"from_height: the next block is {node.Signal.Height.Next()}");
        await call.WriteResponseHeadersAsync().ConfigureAwait(false);
        while (true)
        {
            await node.Signal.WaitForAfterAsync(new Height(next.Value - 1), call.CancellationToken).ConfigureAwait(false);
            var whole = node.Chain.Whole(next) ?? throw NotKept(next);
            await responses.WriteAsync(BlockMessage.Of(whole.Committed, whole.Outcome, request.LeaveOut)).ConfigureAwait(false);
            next = next.Next();
        }
    }

    private RpcException NotKept(Height height) =>
        height > Height.Genesis && height < node.Chain.EarliestBlock
            ? RequestChecks.NotFound($"block {height} is pruned, this node keeps blocks from {node.Chain.EarliestBlock} on")
            : RequestChecks.NotFound($"no block at height {height}");

    private GetValidatorsResponse Validators()
    {
        var state = node.View.State;
        var response = new GetValidatorsResponse { Height = state.Height.Value };
        foreach (var validator in ValidatorStatus.ReadAll(state))
        {
            response.Validators.Add(new ValidatorInfo
            {
                Address = validator.Address.ToByteString(),
                Node = validator.Node.ToByteString(),
                Power = validator.Power,
                Absent = validator.IsAbsent,
            });
        }

        return response;
    }
}
