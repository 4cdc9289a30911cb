using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>The mock of the real token on an anvil of its own, whose holders sent, burned and spread it; and three endpoints in front of it.</summary>
internal sealed class SnapshotWorld : IAsyncDisposable
{
    /// <summary>Two of the local node's epochs.</summary>
    private const int FinalityBlocks = WatchWorld.FinalityBlocks;

    private const ulong FreezeEnd = 1_518_739_199;

    private readonly HttpClient _client = EthereumEndpoint.CreateClient();

    private SnapshotWorld(LocalEthereum ethereum, Contract token, QuorumOptions quorum, ulong first)
    {
        (Ethereum, Token, Quorum, FirstBlock) = (ethereum, token, quorum, first);
        Proxies = [.. Enumerable.Range(0, quorum.Endpoints).Select(_ => new LyingProxy(ethereum.Endpoint))];
    }

    public LocalEthereum Ethereum { get; }

    public Contract Token { get; }

    public QuorumOptions Quorum { get; }

    public ImmutableArray<LyingProxy> Proxies { get; }

    public ulong FirstBlock { get; }

    /// <summary>The snapshot's block.</summary>
    public ulong Block { get; private set; }

    public Address Owner => Ethereum.Accounts[0];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<SnapshotWorld> StartAsync()
    {
        var ethereum = await LocalEthereum.StartAsync(Cancelled);
        var genesis = EthereumJsonReader.ReadHeader(await ethereum.CallAsync("eth_getBlockByNumber", "0x0", false)).ComputeHash();
        await ethereum.CallAsync("anvil_mine", "0x3");
        var token = await Contract.DeployAsync(ethereum, ethereum.Accounts[0], "test/MockNtk", AbiValue.Number(FreezeEnd));
        var first = (ulong)LocalEthereum.Number(await ethereum.CallAsync("eth_blockNumber"));
        var world = new SnapshotWorld(ethereum, token, new QuorumOptions(3, 2, ethereum.ChainId, genesis) { IsLocalTestnet = true }, first);
        await world.MoveAsync();
        return world;
    }

    /// <summary>What is now becomes final, and the snapshot is of it.</summary>
    public async Task FinalizeAsync()
    {
        Block = (ulong)LocalEthereum.Number(await Ethereum.CallAsync("eth_blockNumber"));
        await Ethereum.CallAsync("anvil_mine", $"0x{FinalityBlocks:x}");
    }

    public Task<SnapshotOutcome> BuildAsync(Func<SnapshotOptions, SnapshotOptions>? change = null, TimeSpan? patience = null)
    {
        var options = new SnapshotOptions(Quorum, Token.Address, FirstBlock, Block, ExclusionList.None) { RangeMax = 5, ProofHolders = 4 };
        var endpoints = Proxies.Select((proxy, i) => new EthereumEndpoint(new EndpointOptions($"e{i}", proxy.Address) { Patience = patience ?? TimeSpan.FromMinutes(2) }, _client));
        return new SnapshotBuilder(change?.Invoke(options) ?? options, endpoints).BuildAsync(Cancelled);
    }

    public async Task<Amount> BalanceAsync(Address holder) => new(await Token.NumberAsync("balanceOf", AbiValue.Address(holder)));

    public async ValueTask DisposeAsync()
    {
        foreach (var proxy in Proxies) await proxy.DisposeAsync();
        _client.Dispose();
        await Ethereum.DisposeAsync();
    }

    // Somebody who gave all away, somebody who got it back, burns of a part and of all, many at once, a transfer of nothing and one to the token itself.
    private async Task MoveAsync()
    {
        var accounts = Ethereum.Accounts;
        foreach (var (i, account) in accounts.Skip(1).Index()) await SendAsync(Owner, account, Amount.FromNtk(1_000 + (ulong)i));
        await SendAsync(accounts[1], accounts[2], Amount.FromNtk(1_000));
        await SendAsync(accounts[2], accounts[1], new Amount(3));
        await SendAsync(accounts[3], accounts[4], Amount.Zero);
        await SendAsync(accounts[5], Token.Address, Amount.FromNtk(5));
        await Token.SendAsync(accounts[6], "burn", AbiValue.Amount(Amount.FromNtk(1)));
        await Token.SendAsync(accounts[7], "burn", AbiValue.Amount(Amount.FromNtk(1_006)));
        await Token.SendAsync(Owner, "burn", AbiValue.Amount(Amount.FromNtk(40_000_000)));
        var recipients = Enumerable.Range(0, 20).Select(i => Address.FromBytes(Hash256.Sha256([(byte)i, 5]).ToArray().AsSpan(12))).ToList();
        await Token.SendAsync(
            Owner,
            "multiTransfer",
            AbiValue.Array(recipients.Select(AbiValue.Address)),
            AbiValue.Array(recipients.Select((_, i) => AbiValue.Amount(new Amount(1 + (UInt128)i)))));
        await FinalizeAsync();
    }

    private Task<LocalReceipt> SendAsync(Address from, Address to, Amount amount) => Token.SendAsync(from, "transfer", AbiValue.Address(to), AbiValue.Amount(amount));
}
