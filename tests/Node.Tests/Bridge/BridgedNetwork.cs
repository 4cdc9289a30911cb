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

    private const int EndpointsEach = 3;

    private BridgedNetwork(LocalEthereum ethereum, Contract token, RunningNetwork network, Contract vault, ImmutableArray<ImmutableArray<LyingProxy>> proxies) =>
        (Ethereum, Token, Network, Vault, Proxies) = (ethereum, token, network, vault, proxies);

    public LocalEthereum Ethereum { get; }

    public Contract Token { get; }

    public Contract Vault { get; }

    public RunningNetwork Network { get; }

    /// <summary>Of each member the endpoints that it asks; none where it asks the Ethereum itself.</summary>
    public ImmutableArray<ImmutableArray<LyingProxy>> Proxies { get; }

    public IReadOnlyList<RunningNetwork.Member> Members => Network.Members;

    public IEnumerable<RunningNetwork.Member> Running => Members.Where(member => member.IsRunning);

    /// <summary>The first one that runs: it is asked.</summary>
    public RunningNetwork.Member Speaker => Running.First();

    public BridgeStatus Status => BridgeStatus.Get(Speaker.State);

    /// <summary>Has NTK on Ethereum.</summary>
    public Address Holder => Ethereum.Accounts[1];

    public Address Receiver => Ethereum.Accounts[2];

    public Address Guardian => Ethereum.Accounts[3];

    public Address Stranger => Ethereum.Accounts[5];

    /// <param name="change">The chain's limits.</param>
    /// <param name="others">So many more have a validator's key and are not elected yet.</param>
    /// <param name="relays">Whether validators relay as they do by default; else a test brings what is to be brought.</param>
    /// <param name="configure">Changes the rest of the genesis.</param>
    /// <param name="deploy">Changes what the vault is made with.</param>
    /// <param name="proxied">Each member has endpoints of its own, which can be made to lie or to be away.</param>
    public static async Task<BridgedNetwork> StartAsync(
        Func<BridgeParameters, BridgeParameters>? change = null,
        int others = 0,
        bool relays = false,
        Func<GenesisDocument, GenesisDocument>? configure = null,
        Func<VaultConfig, VaultConfig>? deploy = null,
        bool proxied = false)
    {
        var ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken, genesisSeconds: null);
        var owner = ethereum.Accounts[0];
        var token = await Contract.DeployAsync(ethereum, owner, "test/MockNtk", AbiValue.Number(FreezeEnd));
        var genesisOf = Hash256.FromBytes(LocalEthereum.Bytes((await ethereum.CallAsync("eth_getBlockByNumber", "0x0", false)).GetProperty("hash")));
        var proxies = ImmutableArray.CreateBuilder<ImmutableArray<LyingProxy>>();
        var limits = new BridgeParameters { HeartbeatBlocks = HeartbeatBlocks };
        var bridge = new GenesisBridge(ethereum.ChainId, ContractAddress.Create(owner, 1), token.Address, 1);
        var network = await RunningNetwork.StartAsync(
            4,
            others,
            allows: _ => true,
            genesis => Bridged(genesis, bridge, change?.Invoke(limits) ?? limits) is var bridged && configure is not null ? configure(bridged) : bridged,
            change: options =>
            {
                proxies.Add(proxied ? [.. Enumerable.Range(0, EndpointsEach).Select(_ => new LyingProxy(ethereum.Endpoint))] : []);
                var addresses = proxied ? proxies[^1].Select(proxy => proxy.Address) : Enumerable.Repeat(ethereum.Endpoint, EndpointsEach);
                return options with
                {
                    Ethereum = Watch(addresses, genesisOf),
                    BridgePage = new BridgePageOptions { Listen = "127.0.0.1:0" },
                    Relay = relays ? null : new RelaySettings { What = "none" },
                };
            });
        // The vault is made with the hash of the genesis, in which its address stands already.
        var genesis = network.Members[0].State;
        var config = new VaultConfig(token.Address, genesis.GenesisHash.Value, genesis.Genesis.ValidatorSet().Validators) { Guardians = [ethereum.Accounts[3]] };
        var vault = await Contract.DeployAsync(ethereum, owner, "NtkVault", (deploy?.Invoke(config) ?? config).ToAbi());
        Assert.Equal(bridge.Vault, vault.Address);
        var world = new BridgedNetwork(ethereum, token, network, vault, proxies.ToImmutable());
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

    /// <summary>All nodes that run come to a common height with one state; which.</summary>
    public async Task<LedgerState> AgreeAsync()
    {
        var height = Running.Max(member => member.State.Height);
        await RunningNetwork.EventuallyAsync(() => Running.All(member => member.State.Height >= height), "all are there");
        Assert.Single(Running.Select(member => member.StateAt(height)!.Root).Distinct());
        return Speaker.StateAt(height)!;
    }

    /// <summary>A transaction that pays what is asked.</summary>
    public Transaction Paid(PrivateKey from, Action<TransactionBody> fill)
    {
        var state = Speaker.State;
        var body = new TransactionBody { Genesis = state.GenesisHash.Value.ToByteString(), Nonce = AccountsModule.Get(state, from.Address).Nonce, Fee = Amount.Zero.ToByteString() };
        fill(body);
        body.Fee = (FeesModule.Asked(state, Transaction.Sign(body, from)) * 4).ToByteString();
        return Transaction.Sign(body, from);
    }

    /// <summary>Asks the API of the first node that runs.</summary>
    public async Task<TResponse> AskAsync<TRequest, TResponse>(string method, TRequest request)
        where TRequest : class, Google.Protobuf.IMessage<TRequest>, new()
        where TResponse : class, Google.Protobuf.IMessage<TResponse>, new()
    {
        using var client = new NodeClient(Speaker.Api);
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
        Assert.Equal(MempoolRejection.None, await Speaker.SubmitAsync(burn));
        var burnId = Hash256.Zero;
        await RunningNetwork.EventuallyAsync(() => TryFindBurn(burn, out burnId), "the burn is in a block");
        return burnId;
    }

    public async Task<Amount> BalanceAsync(Address holder) => new(await Token.NumberAsync("balanceOf", AbiValue.Address(holder)));

    private bool TryFindBurn(Transaction burn, out Hash256 burnId)
    {
        burnId = Hash256.Zero;
        // A block is stored before the state after it is shown.
        if (Speaker.PlaceOf(burn.Hash) is not { } place || Speaker.State.Height < place.Height) return false;
        burnId = BridgeLeaf.BurnId(Speaker.State.GenesisHash, place.Height, burn.Hash, 0);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        foreach (var proxy in Proxies.SelectMany(proxies => proxies)) await proxy.DisposeAsync();
        await Ethereum.DisposeAsync();
    }

    private static EthereumSettings Watch(IEnumerable<Uri> endpoints, Hash256 genesis) => new()
    {
        Endpoints = [.. endpoints.Select((endpoint, i) => new EthereumEndpointSettings { Name = $"anvil-{i}", Url = endpoint.ToString() })],
        Genesis = genesis.ToString(),
        Start = new EthereumStart(0, genesis.ToString()),
        LocalTestnet = true,
        PollMs = 500,
    };

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
