using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Takes transactions and tells where they are.</summary>
internal sealed class TransactionService(NodeServices node)
{
    public RpcService Create() =>
        new RpcService(
                TransactionReflection.Descriptor.Services[0],
                Limits.TransactionBytesMax + 16)
            .Unary<SubmitRequest, SubmitResponse>("Submit", (request, _) => SubmitAsync(request))
            .Unary<GetTransactionRequest, GetTransactionResponse>("Get", (request, _) => GetAsync(request));

    private async Task<SubmitResponse> SubmitAsync(SubmitRequest request)
    {
        if (node.Host.Intake.Take(request.Transaction.Span, out var fault) is not { } transaction)
            throw RequestChecks.Bad($"transaction: {fault}");
        var rejection = await node.Host.SubmitAsync(transaction).ConfigureAwait(false);
        return rejection switch
        {
            MempoolRejection.None or MempoolRejection.AlreadyKnown => new SubmitResponse { Hash = transaction.Hash.Value.ToByteString() },
            MempoolRejection.Full => throw new RpcException(StatusCode.ResourceExhausted, "the mempool is full: try again later or offer a higher fee"),
            _ => throw new RpcException(StatusCode.FailedPrecondition, rejection.ToString()),
        };
    }

    private async Task<GetTransactionResponse> GetAsync(GetTransactionRequest request)
    {
        var hash = new TransactionHash(request.Hash.RequireHash("hash"));
        if (Placed(hash) is { } found) return found;
        var pending = await node.Host.AskAsync(engine => engine.Mempool.TryGet(hash, out var waiting) ? waiting : null).ConfigureAwait(false);
        if (pending is not null) return new GetTransactionResponse { Raw = ByteString.CopyFrom(pending.Bytes.Span), Pending = true, Fee = pending.Fee.ToByteString() };
        // It may have gone from the mempool into a block between the two looks.
        return Placed(hash) ?? throw RequestChecks.NotFound("this node knows no such transaction");
    }

    private GetTransactionResponse? Placed(TransactionHash hash)
    {
        if (node.Chain.PlaceOf(hash) is not { } place || node.Chain.Whole(place.Height) is not var (committed, outcome)) return null;
        var receipt = outcome.Receipts[(int)place.Index];
        return new GetTransactionResponse
        {
            Raw = ByteString.CopyFrom(committed.Block.Transactions[(int)place.Index].Span),
            Height = place.Height.Value,
            Index = place.Index,
            Code = receipt.Code,
            Reason = BlockMessage.ReasonOf(receipt),
            Fee = receipt.Fee.ToByteString(),
        };
    }
}
