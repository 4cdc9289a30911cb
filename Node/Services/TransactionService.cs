using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Takes transactions and tells where they are.</summary>
internal sealed class TransactionService(NodeServices node)
{
    private const int BatchBytesMax = 4 * 1024 * 1024;
    private const int BatchMax = 10_000;

    public RpcService Create() =>
        new RpcService(
                TransactionReflection.Descriptor.Services[0],
                Limits.TransactionBytesMax + 16)
            .Unary<SubmitRequest, SubmitResponse>("Submit", (request, _) => SubmitAsync(request))
            .Unary<SubmitBatchRequest, SubmitBatchResponse>("SubmitBatch", (request, _) => SubmitBatchAsync(request), BatchBytesMax)
            .Unary<GetTransactionRequest, GetTransactionResponse>("Get", (request, _) => GetAsync(request));

    private async Task<SubmitResponse> SubmitAsync(SubmitRequest request)
    {
        if (node.Host.Intake.Take(request.Transaction.Span, out var fault) is not { } transaction)
            throw RequestChecks.Bad($"transaction: {fault}");
        // It pays no fee to fail in a block, and has no nonce by which a mempool could tell: without a word it would wait and be forgotten.
        if (transaction.IsProtocolMessage && node.Chain.PlaceOf(transaction.Hash) is null && TransactionTrial.Of(node.View.State, transaction) is var reason and not TransactionRejection.None)
            throw new RpcException(StatusCode.FailedPrecondition, reason.ToString());
        var rejection = await node.Host.SubmitAsync(transaction).ConfigureAwait(false);
        return rejection switch
        {
            MempoolRejection.None or MempoolRejection.AlreadyKnown => new SubmitResponse { Hash = transaction.Hash.Value.ToByteString() },
            MempoolRejection.Full => throw new RpcException(StatusCode.ResourceExhausted, "the mempool is full: try again later or offer a higher fee"),
            _ => throw new RpcException(StatusCode.FailedPrecondition, rejection.ToString()),
        };
    }

    private async Task<SubmitBatchResponse> SubmitBatchAsync(SubmitBatchRequest request)
    {
        if (request.Transactions.Count > BatchMax) throw RequestChecks.Bad($"transactions: at most {BatchMax}, {request.Transactions.Count} given");
        var taken = new Transaction?[request.Transactions.Count];
        var faults = new TransactionFault[taken.Length];
        Parallel.For(0, taken.Length, i => taken[i] = node.Host.Intake.Take(request.Transactions[i].Span, out faults[i]));
        var rejections = await node.Host.SubmitAsync(engine => taken.Select(t => t is null ? MempoolRejection.None : engine.Submit(t)).ToArray()).ConfigureAwait(false);
        var response = new SubmitBatchResponse();
        for (var i = 0; i < taken.Length; i++)
        {
            var isTaken = taken[i] is not null && rejections[i] is MempoolRejection.None or MempoolRejection.AlreadyKnown;
            response.Results.Add(new SubmitResult
            {
                Hash = taken[i]?.Hash.Value.ToByteString() ?? ByteString.Empty,
                Refusal = taken[i] is null ? faults[i].ToString() : isTaken ? "" : rejections[i].ToString(),
            });
        }

        return response;
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
