using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>A node's bridge service as the command line and relayers use it.</summary>
internal sealed class BridgeClient(NodeClient node)
{
    private const uint PageMax = 1_000;

    // Open withdrawals that are looked at: the rest comes when some of these are done.
    private const int WithdrawalsMax = 10_000;

    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = V1.BridgeReflection.Descriptor.Services[0];

    private static readonly RpcMethod<GetBridgeStatusRequest, GetBridgeStatusResponse> GetStatus = new(Service, "GetStatus");
    private static readonly RpcMethod<GetDepositRequest, DepositDetail> GetDeposit = new(Service, "GetDeposit");
    private static readonly RpcMethod<GetWithdrawalRequest, WithdrawalDetail> GetWithdrawal = new(Service, "GetWithdrawal");
    private static readonly RpcMethod<ListWithdrawalsRequest, ListWithdrawalsResponse> ListWithdrawals = new(Service, "ListWithdrawals");
    private static readonly RpcMethod<GetSolvencyRequest, GetSolvencyResponse> GetSolvency = new(Service, "GetSolvency");
    private static readonly RpcMethod<GetVaultCallRequest, VaultCall> GetVaultCall = new(Service, "GetVaultCall");

    public NodeClient Node => node;

    public Task<GetBridgeStatusResponse> StatusAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(GetStatus, new GetBridgeStatusRequest(), null, cancellationToken);

    public Task<DepositDetail> DepositAsync(ulong nonce, CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(GetDeposit, new GetDepositRequest { Nonce = nonce }, null, cancellationToken);

    /// <summary>The books of both sides.</summary>
    public Task<GetSolvencyResponse> SolvencyAsync(CancellationToken cancellationToken) =>
        node.Channel.UnaryAsync(GetSolvency, new GetSolvencyRequest(), null, cancellationToken);

    /// <summary>Null where it is not open.</summary>
    public async Task<WithdrawalDetail?> WithdrawalAsync(Hash256 burnId, CancellationToken cancellationToken)
    {
        try
        {
            return await node.Channel.UnaryAsync(GetWithdrawal, new GetWithdrawalRequest { BurnId = burnId.ToByteString() }, null, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException gone) when (gone.StatusCode == StatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Open withdrawals, ascending by burn id, up to a bound.</summary>
    public async Task<IReadOnlyList<WithdrawalDetail>> WithdrawalsAsync(CancellationToken cancellationToken)
    {
        var all = new List<WithdrawalDetail>();
        var after = ByteString.Empty;
        while (all.Count < WithdrawalsMax)
        {
            var request = new ListWithdrawalsRequest { AfterBurnId = after, Limit = PageMax };
            var page = await node.Channel.UnaryAsync(ListWithdrawals, request, null, cancellationToken).ConfigureAwait(false);
            all.AddRange(page.Withdrawals);
            if (page.Withdrawals.Count < PageMax) break;
            after = page.Withdrawals[^1].BurnId;
        }

        return all;
    }

    public Task<VaultCall> CallOfSetAsync(ulong set, CancellationToken cancellationToken) => CallAsync(new GetVaultCallRequest { Set = set }, cancellationToken);

    public Task<VaultCall> CallOfOrderAsync(ulong order, CancellationToken cancellationToken) => CallAsync(new GetVaultCallRequest { Order = order }, cancellationToken);

    public Task<VaultCall> CallOfReleaseAsync(Hash256 burnId, CancellationToken cancellationToken) =>
        CallAsync(new GetVaultCallRequest { BurnId = burnId.ToByteString() }, cancellationToken);

    /// <summary>The vault of the chain.</summary>
    /// <exception cref="OperatorException">The chain has none.</exception>
    public async Task<GenesisBridge> VaultAsync(CancellationToken cancellationToken) =>
        (await node.GenesisAsync(cancellationToken).ConfigureAwait(false)).Bridge ?? throw new OperatorException("this chain has no bridge: its NTK were made by its genesis");

    private Task<VaultCall> CallAsync(GetVaultCallRequest request, CancellationToken cancellationToken) => node.Channel.UnaryAsync(GetVaultCall, request, null, cancellationToken);
}
