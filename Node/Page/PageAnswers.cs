using System.Collections.Frozen;
using System.Text.Json;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace NeuroChain.Node;

/// <summary>
/// The questions of the page: each reads by the API, with its answer as JSON. One more passes a withdrawal on that a wallet has signed. The page asks as
/// any client does, so it can do nothing that a stranger with that client could not.
/// </summary>
internal sealed class PageAnswers
{
    public const string Root = $"{PageFiles.Root}/api/";

    /// <summary>What all see alike is asked of the node no more often than this.</summary>
    public static readonly TimeSpan SharedLife = TimeSpan.FromMilliseconds(500);

    private const uint ListMax = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly ServiceDescriptor Bridge = BridgeReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Accounts = AccountReflection.Descriptor.Services[0];
    private static readonly ServiceDescriptor Transactions = NeuroChain.Node.V1.TransactionReflection.Descriptor.Services[0];

    private readonly NodeClient _api;
    private readonly TimeProvider _time;
    private readonly FrozenDictionary<string, Func<PageQuery, CancellationToken, Task<byte[]>>> _answers;

    /// <param name="api">The node's API.</param>
    /// <param name="options">What the page says beside it.</param>
    /// <param name="time">By which shared answers grow old.</param>
    public PageAnswers(NodeClient api, BridgePageOptions options, TimeProvider time)
    {
        (_api, _time) = (api, time);
        var page = JsonSerializer.SerializeToUtf8Bytes(new { depositFactory = options.DepositFactory?.ToString(), commit = SourceCommit.Name });
        _answers = new Dictionary<string, Func<PageQuery, CancellationToken, Task<byte[]>>>
        {
            ["page"] = (query, _) =>
            {
                query.RequireEnd();
                return Task.FromResult(page);
            },
            ["status"] = Shared<GetBridgeStatusRequest, GetBridgeStatusResponse>(Bridge, "GetStatus"),
            ["solvency"] = Shared<GetSolvencyRequest, GetSolvencyResponse>(Bridge, "GetSolvency"),
            ["account"] = Asked<GetAccountRequest, GetAccountResponse>(
                Accounts, "GetAccount", query => new GetAccountRequest { Address = query.RequireAccount("address") }),
            ["deposit"] = Asked<GetDepositRequest, DepositDetail>(
                Bridge, "GetDeposit", query => new GetDepositRequest { Nonce = query.RequireNumber("nonce") }),
            ["deposits"] = Asked<ListDepositsRequest, ListDepositsResponse>(
                Bridge, "ListDeposits", query => new ListDepositsRequest { AfterNonce = query.Number("after") ?? 0, Limit = ListMax }),
            ["withdrawal"] = Asked<GetWithdrawalRequest, WithdrawalDetail>(
                Bridge, "GetWithdrawal", query => new GetWithdrawalRequest { BurnId = query.RequireHash("burn") }),
            ["withdrawals"] = Asked<ListWithdrawalsRequest, ListWithdrawalsResponse>(Bridge, "ListWithdrawals", query => new ListWithdrawalsRequest
            {
                Sender = query.Account("sender") ?? ByteString.Empty,
                AfterBurnId = query.Hash("after") ?? ByteString.Empty,
                Limit = ListMax,
            }),
            ["transaction"] = Asked<GetTransactionRequest, GetTransactionResponse>(
                Transactions, "Get", query => new GetTransactionRequest { Hash = query.RequireHash("hash") }),
            ["terms"] = TermsAsync,
            ["call"] = Asked<GetVaultCallRequest, VaultCall>(Bridge, "GetVaultCall", Call),
        }.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>Null where there is no such question.</summary>
    /// <exception cref="RpcException">The query is no good one, or the node refuses it or does not answer.</exception>
    public Task<byte[]>? Answer(string path, PageQuery query, CancellationToken stop) =>
        path.StartsWith(Root, StringComparison.Ordinal) && _answers.TryGetValue(path[Root.Length..], out var answer) ? answer(query, stop) : null;

    /// <summary>Passes on what a wallet signed: the terms that it was given, and its signature. Nothing else can be sent this way.</summary>
    /// <exception cref="RpcException">It is no such thing, or the node refuses it or does not answer.</exception>
    public async Task<byte[]> WithdrawAsync(ReadOnlyMemory<byte> signed, CancellationToken stop)
    {
        var envelope = WithdrawalTerms.Parse(signed.Span).ToEnvelope();
        return MessageJson.Of(await _api.SubmitAsync(envelope, stop).WaitAsync(Patience, _time, stop).ConfigureAwait(false));
    }

    private async Task<byte[]> TermsAsync(PageQuery query, CancellationToken stop)
    {
        var (sender, to, amount) = (query.RequireAccount("sender"), query.RequireAccount("to"), query.RequireAmount("amount"));
        query.RequireEnd();
        var body = await _api.WithdrawalAsync(Address.FromBytes(sender.Span), Address.FromBytes(to.Span), amount, stop).WaitAsync(Patience, _time, stop).ConfigureAwait(false);
        return WithdrawalTerms.Of(body).ToJson();
    }

    private static GetVaultCallRequest Call(PageQuery query) => (query.Hash("burn"), query.Number("order"), query.Number("set")) switch
    {
        ({ } burn, null, null) => new GetVaultCallRequest { BurnId = burn },
        (null, { } order, null) => new GetVaultCallRequest { Order = order },
        (null, null, { } set) => new GetVaultCallRequest { Set = set },
        _ => throw RequestChecks.Bad("one of burn, order and set"),
    };

    private Func<PageQuery, CancellationToken, Task<byte[]>> Asked<TRequest, TResponse>(ServiceDescriptor service, string name, Func<PageQuery, TRequest> read)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = new RpcMethod<TRequest, TResponse>(service, name);
        return (query, stop) =>
        {
            var request = read(query);
            query.RequireEnd();
            return AskAsync(method, request, stop);
        };
    }

    private Func<PageQuery, CancellationToken, Task<byte[]>> Shared<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>
    {
        var method = new RpcMethod<TRequest, TResponse>(service, name);
        // Whoever asked first may leave; the others wait for the same answer.
        var answer = new SharedAnswer(() => AskAsync(method, new TRequest(), CancellationToken.None), SharedLife, _time);
        return (query, stop) =>
        {
            query.RequireEnd();
            return answer.GetAsync().WaitAsync(stop);
        };
    }

    private async Task<byte[]> AskAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest request, CancellationToken stop)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse> =>
        MessageJson.Of(await _api.Channel.UnaryAsync(method, request, Patience, stop).ConfigureAwait(false));
}
