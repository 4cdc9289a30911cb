using System.CommandLine;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>A node's bridge service as the command line and relayers use it.</summary>
internal sealed class BridgeClient(NodeClient node)
{
    private const uint PageMax = 1_000;

    private const int TriesMax = 100;

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

    /// <summary>
    /// The same question again until the node answers: who waits for a quarter of an hour does not give up for a moment in which a node is busy or begins anew.
    /// </summary>
    public static async Task<T> PatientlyAsync<T>(Func<Task<T>> ask, TimeSpan poll, Action<string> say, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await ask().ConfigureAwait(false);
            }
            catch (RpcException away) when (away.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded && tries < TriesMax)
            {
                if (tries == 1) say($"the node does not answer ({away.StatusCode}); asks again");
                await Task.Delay(poll, cancellationToken).ConfigureAwait(false);
            }
        }
    }

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
    /// <param name="genesisFile">Says which, in the place of the node; which must be of that chain then.</param>
    /// <param name="cancellationToken">The caller gives up.</param>
    /// <exception cref="OperatorException">The chain has none.</exception>
    public async Task<GenesisBridge> VaultAsync(string? genesisFile, CancellationToken cancellationToken)
    {
        var genesis = await node.GenesisAsync(cancellationToken).ConfigureAwait(false);
        if (genesisFile is not null)
        {
            if (!File.Exists(genesisFile)) throw new OperatorException($"--genesis: there is no {genesisFile}");
            var trusted = GenesisDocument.Parse(File.ReadAllBytes(genesisFile));
            if (trusted.Hash != genesis.Hash) throw new OperatorException($"--genesis is the chain {trusted.Hash}, the node is of {genesis.Hash}");
            genesis = trusted;
        }

        return genesis.Bridge ?? throw new OperatorException("this chain has no bridge: its NTK were made by its genesis");
    }

    /// <summary>For commands that send tokens: who names the vault could name his own.</summary>
    public static Option<string?> TrustedGenesis() => new("--genesis") { Description = "Take the vault from this genesis file, and not from the node's word" };

    private Task<VaultCall> CallAsync(GetVaultCallRequest request, CancellationToken cancellationToken) => node.Channel.UnaryAsync(GetVaultCall, request, null, cancellationToken);
}
