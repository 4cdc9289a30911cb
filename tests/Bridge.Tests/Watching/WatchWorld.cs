using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>A vault on an anvil, proxies before it, and a validator that watches through them.</summary>
internal sealed class WatchWorld : IAsyncDisposable
{
    /// <summary>Blocks from the newest to the final one: two epochs of four slots.</summary>
    public const int FinalityBlocks = 8;

    private static int _worlds;

    // Meters are the process's: endpoints of tests that run beside each other have names of their own.
    private readonly int _number = Interlocked.Increment(ref _worlds);
    private readonly HttpClient _client = EthereumEndpoint.CreateClient();
    private readonly LocalEthereum? _owned;

    private WatchWorld(VaultWorld vault, WatcherOptions options, ImmutableArray<LyingProxy> proxies, LocalEthereum? owned)
    {
        (Vault, Options, Proxies, _owned) = (vault, options, proxies, owned);
        Loop = NewLoop();
    }

    public VaultWorld Vault { get; }

    public LocalEthereum Ethereum => Vault.Ethereum;

    public WatcherOptions Options { get; }

    public ImmutableArray<LyingProxy> Proxies { get; }

    public MemoryStore Disk { get; } = new([EthereumWatchStore.Column]);

    public EthereumWatchLoop Loop { get; private set; }

    public List<WatcherAlarm> Alarms { get; } = [];

    public List<ScanFinding> Found { get; } = [];

    public WatcherState State => Loop.State;

    public ImmutableArray<VaultBlock> Blocks => [.. new EthereumWatchStore(Disk).Blocks()];

    public ImmutableArray<Heartbeat> Heartbeats => [.. new EthereumWatchStore(Disk).Heartbeats()];

    /// <summary>Nonces and amounts of the locks that were found.</summary>
    public IEnumerable<(ulong Nonce, UInt128 Ntk)> Locks =>
        from block in Blocks
        from one in block.Events
        where one.Topic == LockedTopic
        select (one.Nonce, Words.Low(Hash256.FromBytes(one.Log.Data.Span[..Hash256.Size])) / Amount.UnitsPerNtk);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static Hash256 LockedTopic { get; } = ContractArtifact.Load("NtkVault").Events.Single(entry => entry.Name == "Locked").Topic;

    /// <summary>An Ethereum and a vault of its own, behind three proxies.</summary>
    public static async Task<WatchWorld> StartAsync(int rangeMax = 8)
    {
        var ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        return await OverAsync(await VaultWorld.DeployAsync(ethereum), Enumerable.Repeat(ethereum.Endpoint, 3), rangeMax, ethereum);
    }

    /// <summary>Another validator of the same vault.</summary>
    public static async Task<WatchWorld> OverAsync(VaultWorld vault, IEnumerable<Uri> endpoints, int rangeMax = 8, LocalEthereum? owned = null)
    {
        ImmutableArray<LyingProxy> proxies = [.. endpoints.Select(endpoint => new LyingProxy(endpoint))];
        var genesis = EthereumJsonReader.ReadHeader(await vault.Ethereum.CallAsync("eth_getBlockByNumber", "0x0", false)).ComputeHash();
        var quorum = new QuorumOptions(proxies.Length, (proxies.Length / 2) + 1, vault.Ethereum.ChainId, genesis) { IsLocalTestnet = true };
        var options = new WatcherOptions(quorum, vault.Vault.Address, vault.Token.Address, new EthereumBlockId(0, genesis)) { HeartbeatBlocks = 16, RangeMax = rangeMax };
        return new WatchWorld(vault, options, proxies, owned);
    }

    public async Task<WatchWorld> PassAsync(int passes = 1)
    {
        for (var i = 0; i < passes; i++) await Loop.PassAsync(Cancelled);
        return this;
    }

    /// <summary>The validator's process ends and begins again with what is stored.</summary>
    public void Restart()
    {
        Loop.Dispose();
        Loop = NewLoop();
    }

    public string NameOf(int endpoint) => $"world-{_number}-{endpoint}";

    public Task MineAsync(int blocks) => Ethereum.CallAsync("anvil_mine", $"0x{blocks:x}");

    public Task LockAsync(ulong ntk) => Vault.LockAsync(ntk);

    /// <summary>All that there is becomes final.</summary>
    public Task FinalizeAsync() => MineAsync(FinalityBlocks);

    public IEnumerable<string> Causes(WatcherAlarmKind kind, int? endpoint = null) =>
        Alarms.Where(alarm => alarm.Kind == kind && alarm.Endpoint == endpoint).Select(alarm => alarm.Cause).Distinct();

    public async ValueTask DisposeAsync()
    {
        Loop.Dispose();
        foreach (var proxy in Proxies) await proxy.DisposeAsync();
        _client.Dispose();
        if (_owned is not null) await _owned.DisposeAsync();
    }

    /// <summary>For endpoints that never answer; others have as long as a busy machine takes.</summary>
    public void UsePatience(TimeSpan patience)
    {
        Loop.Dispose();
        Loop = NewLoop(patience);
    }

    private EthereumWatchLoop NewLoop(TimeSpan? patience = null)
    {
        var endpoints = Proxies.Select((proxy, i) =>
            new EthereumEndpoint(new EndpointOptions(NameOf(i), proxy.Address) { Patience = patience ?? TimeSpan.FromMinutes(2) }, _client));
        var loop = new EthereumWatchLoop(Options, endpoints, new EthereumWatchStore(Disk));
        loop.Alarmed += Alarms.Add;
        loop.Found += Found.Add;
        return loop;
    }
}
