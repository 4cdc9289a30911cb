using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A real Ethereum node with token and vault, and beside it a running network of validators that watch it.</summary>
internal sealed class BridgedNetwork : IAsyncDisposable
{
    /// <summary>Blocks from the newest to the final one on the local Ethereum.</summary>
    public const int FinalityBlocks = 8;

    public const uint HeartbeatBlocks = 16;

    /// <summary>Ends with the old 2018 date, so that the token is free.</summary>
    private const ulong FreezeEnd = 1_518_739_199;

    private BridgedNetwork(LocalEthereum ethereum, Contract token, RunningNetwork network, Contract vault) =>
        (Ethereum, Token, Network, Vault) = (ethereum, token, network, vault);

    public LocalEthereum Ethereum { get; }

    public Contract Token { get; }

    public Contract Vault { get; }

    public RunningNetwork Network { get; }

    public IReadOnlyList<RunningNetwork.Member> Members => Network.Members;

    public BridgeStatus Status => BridgeStatus.Get(Members[0].State);

    /// <summary>Has NTK on Ethereum.</summary>
    public Address Holder => Ethereum.Accounts[1];

    public Address Receiver => Ethereum.Accounts[2];

    public Address Stranger => Ethereum.Accounts[5];

    /// <param name="change">The chain's limits.</param>
    /// <param name="others">So many more have a validator's key and are not elected yet.</param>
    /// <param name="relays">Whether validators relay as they do by default; else a test brings what is to be brought.</param>
    public static async Task<BridgedNetwork> StartAsync(Func<BridgeParameters, BridgeParameters>? change = null, int others = 0, bool relays = false)
    {
        var ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken, genesisSeconds: null);
        var owner = ethereum.Accounts[0];
        var token = await Contract.DeployAsync(ethereum, owner, "test/MockNtk", AbiValue.Number(FreezeEnd));
        var genesisOf = Hash256.FromBytes(LocalEthereum.Bytes((await ethereum.CallAsync("eth_getBlockByNumber", "0x0", false)).GetProperty("hash")));
        var settings = new EthereumSettings
        {
            Endpoints = [.. Enumerable.Range(0, 3).Select(i => new EthereumEndpointSettings { Name = $"anvil-{i}", Url = ethereum.Endpoint.ToString() })],
            Genesis = genesisOf.ToString(),
            Start = new EthereumStart(0, genesisOf.ToString()),
            LocalTestnet = true,
            PollMs = 500,
        };
        var limits = new BridgeParameters { HeartbeatBlocks = HeartbeatBlocks };
        var bridge = new GenesisBridge(ethereum.ChainId, ContractAddress.Create(owner, 1), token.Address, 1);
        var network = await RunningNetwork.StartAsync(
            4, others, allows: _ => true, genesis => Bridged(genesis, bridge, change?.Invoke(limits) ?? limits), change: options => options with
            {
                Ethereum = settings,
                BridgePage = new BridgePageOptions { Listen = "127.0.0.1:0" },
                Relay = relays ? null : new RelaySettings { What = "none" },
            });
        // The vault is made with the hash of the genesis, in which its address stands already.
        var genesis = network.Members[0].State;
        var config = new VaultConfig(token.Address, genesis.GenesisHash.Value, genesis.Genesis.ValidatorSet().Validators) { Guardians = [ethereum.Accounts[3]] };
        var vault = await Contract.DeployAsync(ethereum, owner, "NtkVault", config.ToAbi());
        Assert.Equal(bridge.Vault, vault.Address);
        var world = new BridgedNetwork(ethereum, token, network, vault);
        await token.SendAsync(owner, "transfer", AbiValue.Address(world.Holder), AbiValue.Amount(Amount.FromNtk(1_000_000)));
        await token.SendAsync(world.Holder, "approve", AbiValue.Address(vault.Address), AbiValue.Amount(Amount.FromNtk(1_000_000)));
        return world;
    }

    public Task<LocalReceipt> LockAsync(ulong ntk, Address to) => Vault.SendAsync(Holder, VaultCalls.Lock(Amount.FromNtk(ntk), Words.Of(to)));

    public Task MineAsync(int blocks) => Ethereum.CallAsync("anvil_mine", $"0x{blocks:x}");

    /// <summary>All that there is becomes final.</summary>
    public Task FinalizeAsync() => MineAsync(FinalityBlocks);

    /// <summary>NTK of an account, as each node has them.</summary>
    public IEnumerable<Amount> Balances(Address account) => Members.Select(member => AccountsModule.Get(member.State, account).Balance);

    /// <summary>All nodes come to a common height with one state.</summary>
    public async Task AgreeAsync()
    {
        var height = Members.Max(member => member.State.Height);
        await RunningNetwork.EventuallyAsync(() => Members.All(member => member.State.Height >= height), "all are there");
        Assert.Single(Members.Select(member => member.StateAt(height)!.Root).Distinct());
    }

    /// <summary>A transaction that pays what is asked.</summary>
    public Transaction Paid(PrivateKey from, Action<TransactionBody> fill)
    {
        var state = Members[0].State;
        var body = new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), Nonce = AccountsModule.Get(state, from.Address).Nonce, Fee = Amount.Zero.ToByteString() };
        fill(body);
        body.Fee = (FeesModule.Asked(state, Transaction.Sign(body, from)) * 4).ToByteString();
        return Transaction.Sign(body, from);
    }

    /// <summary>Asks the first node's API.</summary>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>, new()
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        using var client = new NodeClient(Members[0].Api);
        return await client.Channel.UnaryAsync(
            new RpcMethod<TRequest, TResponse>(V1.BridgeReflection.Descriptor.Services[0], method), request, null, TestContext.Current.CancellationToken);
    }

    /// <summary>The call, as soon as there is one.</summary>
    public async Task<V1.VaultCall> VaultCallAsync(V1.GetVaultCallRequest request)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                return await AskAsync<V1.GetVaultCallRequest, V1.VaultCall>("GetVaultCall", request);
            }
            catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition && tries < 1_000)
            {
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }
    }

    /// <summary>Burns NTK for somebody on Ethereum; its id.</summary>
    public async Task<Hash256> WithdrawAsync(PrivateKey from, Amount amount, Address to)
    {
        var burn = Paid(from, body => body.BridgeWithdraw = new BridgeWithdraw { To = to.ToByteString(), Amount = amount.ToByteString() });
        Assert.Equal(MempoolRejection.None, await Members[0].SubmitAsync(burn));
        var burnId = Hash256.Zero;
        await RunningNetwork.EventuallyAsync(() => TryFindBurn(burn, out burnId), "the burn is in a block");
        return burnId;
    }

    public async Task<Amount> BalanceAsync(Address holder) => new(await Token.NumberAsync("balanceOf", AbiValue.Address(holder)));

    private bool TryFindBurn(Transaction burn, out Hash256 burnId)
    {
        burnId = Hash256.Zero;
        // A block is stored before the state after it is shown.
        if (Members[0].PlaceOf(burn.Hash) is not { } place || Members[0].State.Height < place.Height) return false;
        burnId = BridgeLeaf.BurnId(Members[0].State.GenesisHash, place.Height, burn.Hash, 0);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Ethereum.DisposeAsync();
    }

    private static GenesisDocument Bridged(GenesisDocument genesis, GenesisBridge bridge, BridgeParameters limits) => genesis with
    {
        SupplyMode = GenesisDocument.BridgedSupply,
        Allocations = [],
        RewardReserve = Amount.Zero,
        Bridge = bridge,
        // A vault hears of forks for twelve days: bonds are locked for longer.
        Parameters = genesis.Parameters with { Bridge = limits, Validators = genesis.Parameters.Validators with { EvidenceMs = BridgeTimes.BondMsMin } },
    };
}
