using Google.Protobuf;
using Google.Protobuf.Reflection;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A node's API as the command line and trainers use it.</summary>
internal sealed class NodeClient(string node) : IDisposable
{
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Chain = ChainReflection.Descriptor.Services[0];
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Accounts = AccountReflection.Descriptor.Services[0];
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Transactions = NeuroChain.Node.V1.TransactionReflection.Descriptor.Services[0];

    private static readonly RpcMethod<GetStatusRequest, GetStatusResponse> GetStatus = new(Chain, "GetStatus");
    private static readonly RpcMethod<GetGenesisRequest, GetGenesisResponse> GetGenesis = new(Chain, "GetGenesis");
    private static readonly RpcMethod<GetBlockRequest, V1.Block> GetBlock = new(Chain, "GetBlock");
    private static readonly RpcMethod<StreamBlocksRequest, V1.Block> StreamBlocks = new(Chain, "StreamBlocks");
    private static readonly RpcMethod<GetAccountRequest, GetAccountResponse> GetAccount = new(Accounts, "GetAccount");
    private static readonly RpcMethod<SubmitRequest, SubmitResponse> Submit = new(Transactions, "Submit");
    private static readonly RpcMethod<SubmitBatchRequest, SubmitBatchResponse> SubmitBatch = new(Transactions, "SubmitBatch");
    private static readonly RpcMethod<GetTransactionRequest, GetTransactionResponse> GetTransaction = new(Transactions, "Get");

    /// <summary>An hour of one-second blocks: somebody may look at his wallet for so long, and what he left unsigned or unsent ends by itself.</summary>
    private const ulong WalletBlocks = 3_600;

    private GenesisDocument? _genesis;

    public RpcChannel Channel { get; } = CommonOptions.Connect(node);

    public Task<GetStatusResponse> StatusAsync(CancellationToken cancellationToken) => Channel.UnaryAsync(GetStatus, new GetStatusRequest(), TimeSpan.FromSeconds(5), cancellationToken);

    public async Task<GenesisDocument> GenesisAsync(CancellationToken cancellationToken)
    {
        if (_genesis is not null) return _genesis;
        var response = await Channel.UnaryAsync(GetGenesis, new GetGenesisRequest(), null, cancellationToken).ConfigureAwait(false);
        return _genesis = GenesisDocument.Parse(response.Json.Span);
    }

    public Task<V1.Block> BlockAsync(GetBlockRequest request, CancellationToken cancellationToken) => Channel.UnaryAsync(GetBlock, request, null, cancellationToken);

    /// <summary>New blocks as they come, for as long as the caller listens.</summary>
    public IAsyncEnumerable<V1.Block> BlocksAsync(Height from, CancellationToken cancellationToken, BlockParts? leaveOut = null) =>
        Channel.ServerStreaming(StreamBlocks, new StreamBlocksRequest { FromHeight = from.Value, LeaveOut = leaveOut }, TimeSpan.MaxValue, cancellationToken);

    public Task<GetAccountResponse> AccountAsync(Address address, CancellationToken cancellationToken) =>
        Channel.UnaryAsync(GetAccount, new GetAccountRequest { Address = address.ToByteString() }, null, cancellationToken);

    public Task<GetTransactionResponse> TransactionAsync(TransactionHash hash, CancellationToken cancellationToken) =>
        Channel.UnaryAsync(GetTransaction, new GetTransactionRequest { Hash = hash.Value.ToByteString() }, null, cancellationToken);

    /// <summary>
    /// A signed transaction with the next nonce. The fee is what the next block asks, and half as much again because the price may rise before
    /// it is in a block, unless the caller names one.
    /// </summary>
    public async Task<Transaction> SignAsync(PrivateKey signer, Amount? fee, Action<TransactionBody> fill, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(signer.Address, fee, fill, cancellationToken).ConfigureAwait(false);
        if (fee is null) body.Fee = (await FeeOfAsync(Transaction.Sign(body, signer), cancellationToken).ConfigureAwait(false)).ToByteString();
        return Transaction.Sign(body, signer);
    }

    /// <summary>The same for an account that several keys hold, for its members to sign.</summary>
    public async Task<TransactionDraft> DraftAsync(MultiSignaturePolicy policy, Amount? fee, Action<TransactionBody> fill, CancellationToken cancellationToken)
    {
        var body = await BodyAsync(policy.Address, fee, fill, cancellationToken).ConfigureAwait(false);
        if (fee is null) body.Fee = (await FeeOfAsync(LikeOf(policy, body.Clone()), cancellationToken).ConfigureAwait(false)).ToByteString();
        body.Sender = policy.Address.ToByteString();
        return new TransactionDraft(policy, body);
    }

    /// <summary>The same for a withdrawal that the sender's wallet is to sign: it holds for <see cref="WalletBlocks"/> from now.</summary>
    public async Task<TransactionBody> WithdrawalAsync(Address sender, Address to, Amount amount, CancellationToken cancellationToken)
    {
        var account = await AccountAsync(sender, cancellationToken).ConfigureAwait(false);
        var body = await BodyAsync(sender, null, body =>
        {
            body.Sender = sender.ToByteString();
            body.ExpiryHeight = account.Height + WalletBlocks;
            body.BridgeWithdraw = new BridgeWithdraw { To = to.ToByteString(), Amount = amount.ToByteString() };
        }, cancellationToken).ConfigureAwait(false);
        // One signature of another key is as long, and a byte of it more.
        body.Fee = (await FeeOfAsync(Transaction.Sign(body.Clone(), PrivateKey.Generate()), cancellationToken).ConfigureAwait(false)).ToByteString();
        return body;
    }

    // What a transaction costs follows from its length and the number of its signatures: that of an account of other keys costs the same.
    private static Transaction LikeOf(MultiSignaturePolicy policy, TransactionBody body)
    {
        PrivateKey[] keys = [.. policy.Members.Select(_ => PrivateKey.Generate())];
        var made = MultiSignaturePolicy.TryCreate(policy.Threshold, keys.Select(key => key.Address), out var other);
        Invariant.Check(made, "as many other keys make a policy");
        return Transaction.Sign(body, other!, keys);
    }

    private async Task<TransactionBody> BodyAsync(Address sender, Amount? fee, Action<TransactionBody> fill, CancellationToken cancellationToken)
    {
        var genesis = await GenesisAsync(cancellationToken).ConfigureAwait(false);
        var account = await AccountAsync(sender, cancellationToken).ConfigureAwait(false);
        var body = new TransactionBody { Genesis = genesis.Hash.Value.ToByteString(), Nonce = account.NextNonce, Fee = (fee ?? Amount.Zero).ToByteString() };
        fill(body);
        return body;
    }

    private async Task<Amount> FeeOfAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        var now = await new ValidatorClient(this).ParametersAsync(cancellationToken).ConfigureAwait(false);
        if (!ChainParameters.TryDecode(now.Json.Span, out var parameters) || !Amount.TryFromBytes(now.BaseFee.Span, out var price))
            throw new OperatorException("the node answers with parameters that this program cannot read: use the node's version");
        var (half, rest) = Amount.DivRem(price * CostUnits.Of(transaction) * 3, 2);
        var withMargin = half + rest;
        return withMargin > parameters.FeeMin ? withMargin : parameters.FeeMin;
    }

    public Task<SubmitBatchResponse> SubmitBatchAsync(IEnumerable<ReadOnlyMemory<byte>> transactions, CancellationToken cancellationToken) =>
        Channel.UnaryAsync(SubmitBatch, new SubmitBatchRequest { Transactions = { transactions.Select(UnsafeByteOperations.UnsafeWrap) } }, null, cancellationToken);

    public async Task<TransactionHash> SubmitAsync(Transaction transaction, CancellationToken cancellationToken)
    {
        await SubmitAsync(transaction.Bytes, cancellationToken).ConfigureAwait(false);
        return transaction.Hash;
    }

    /// <summary>A transaction that the node is to judge.</summary>
    public Task<SubmitResponse> SubmitAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken) =>
        Channel.UnaryAsync(Submit, new SubmitRequest { Transaction = UnsafeByteOperations.UnsafeWrap(transaction) }, null, cancellationToken);

    /// <summary>Follows new blocks until the transaction is in one.</summary>
    /// <exception cref="OperatorException">It was in none in time.</exception>
    public async Task<GetTransactionResponse> WaitAsync(TransactionHash hash, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            var found = await TransactionAsync(hash, limit.Token).ConfigureAwait(false);
            if (!found.Pending) return found;
            await foreach (var _ in BlocksAsync(Height.Genesis, limit.Token).ConfigureAwait(false))
            {
                found = await TransactionAsync(hash, limit.Token).ConfigureAwait(false);
                if (!found.Pending) return found;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
        catch (RpcException ended) when (ended.StatusCode is StatusCode.Cancelled or StatusCode.DeadlineExceeded && !cancellationToken.IsCancellationRequested)
        {
        }

        throw new OperatorException($"{hash} is in no block after {patience.TotalSeconds:F0} s: the chain may stand still, see ./neurochain query status");
    }

    public void Dispose() => Channel.Dispose();
}
