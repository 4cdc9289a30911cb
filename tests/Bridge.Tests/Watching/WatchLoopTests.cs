using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class WatchLoopTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AlarmsAndPlacesAreMetrics()
    {
        await using var watch = await WatchWorld.StartAsync();
        var seen = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, it) =>
        {
            if (instrument.Meter.Name == "NeuroChain.Bridge") it.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.AddOrUpdate(Key(instrument, tags), value, (_, last) => last + value));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => seen[Key(instrument, tags)] = value);
        listener.Start();
        await watch.MineAsync(20);
        watch.Proxies[1].Manner = ProxyManner.Garbage;
        watch.Proxies[2].Lie = Lies.Named("other genesis");
        await watch.PassAsync();
        Assert.Contains($"ethereum_endpoint_failures_total endpoint={watch.NameOf(1)} cause=NotJson", seen.Keys);
        Assert.Contains($"ethereum_endpoint_refusals_total endpoint={watch.NameOf(2)} cause=OtherGenesis", seen.Keys);
        Assert.Contains("ethereum_below_quorum_total cause=BelowQuorum", seen.Keys);

        watch.Proxies[1].Manner = ProxyManner.Answer;
        watch.Proxies[2].Lie = Lies.Named("new field");
        await watch.PassAsync();
        Assert.Contains($"ethereum_endpoint_disagreements_total endpoint={watch.NameOf(2)} cause=Header", seen.Keys);
        watch.Proxies[1].Lie = watch.Proxies[0].Lie = Lies.Named("new field");
        await watch.MineAsync(3);
        await watch.PassAsync();
        listener.RecordObservableInstruments();
        Assert.Equal(1, seen["ethereum_halted reason=UnknownHeaderLayout"]);
        foreach (var gauge in (string[])["head_block", "finalized_block", "scanned_block", "lag_blocks", "endpoints_counted", "event_nonce"])
            Assert.Contains($"ethereum_{gauge}", seen.Keys);
    }

    [Fact]
    public void EndpointsAreOfDifferentHosts()
    {
        using var client = EthereumEndpoint.CreateClient();
        var options = new PaperEthereum().Options();
        EthereumEndpoint[] Endpoints(params (string Name, string Address)[] some) =>
            [.. some.Select(one => new EthereumEndpoint(new EndpointOptions(one.Name, new Uri(one.Address)), client))];
        string Refusal(params (string, string)[] some) =>
            Assert.Throws<OperatorException>(() => new EthereumWatchLoop(options, Endpoints(some), new EthereumWatchStore(new MemoryStore([EthereumWatchStore.Column])))).Message;
        using var loop = new EthereumWatchLoop(
            options, Endpoints(("a", "https://a.example"), ("b", "https://b.example"), ("c", "https://c.example")), new EthereumWatchStore(new MemoryStore([EthereumWatchStore.Column])));
        Assert.Contains("one host", Refusal(("a", "https://a.example/1"), ("b", "https://A.example:444/2"), ("c", "https://c.example")), StringComparison.Ordinal);
        Assert.Contains("same name", Refusal(("a", "https://a.example"), ("a", "https://b.example"), ("c", "https://c.example")), StringComparison.Ordinal);
        Assert.Contains("quorum of 3", Refusal(("a", "https://a.example"), ("b", "https://b.example")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLoopRunsUntilItIsEnded()
    {
        await using var watch = await WatchWorld.StartAsync();
        await watch.MineAsync(20);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        watch.Loop.Found += _ => ending.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => watch.Loop.RunAsync(ending.Token));
        Assert.NotEmpty(watch.Found);
    }

    /// <summary>Every question, to a node that is believed: what it answers is whole.</summary>
    [Fact]
    public async Task AnEndpointReadsARealNode()
    {
        await using var ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        var world = await VaultWorld.DeployAsync(ethereum);
        await world.LockAsync(5);
        using var client = EthereumEndpoint.CreateClient();
        var endpoint = new EthereumEndpoint(new EndpointOptions("anvil", ethereum.Endpoint) { Patience = TimeSpan.FromMinutes(2) }, client);
        Assert.Equal(ethereum.ChainId, (await endpoint.ChainIdAsync(Cancelled)).Value);
        var latest = (await endpoint.HeaderAsync(EthereumTag.Latest, Cancelled)).Value!;
        Assert.Equal(0UL, (await endpoint.HeaderAsync(EthereumTag.Finalized, Cancelled)).Value!.Id.Number);
        Assert.Equal(latest, (await endpoint.HeaderAsync(latest.Id.Hash, Cancelled)).Value! with { Header = latest.Header });
        var headers = (await endpoint.HeadersAsync(0, latest.Id.Number, Cancelled)).Value;
        Assert.True(RangeScan.Leads(headers, 0, latest.Id));
        foreach (var header in headers)
            Assert.Equal(header.Header!.ReceiptsRoot, EthereumReceipt.RootOf((await endpoint.ReceiptsAsync(header.Id.Hash, Cancelled)).Value));
        var index = (await endpoint.LogIndexAsync(world.Vault.Address, 0, latest.Id.Number, Cancelled)).Value;
        Assert.Equal(2, index.Length); // deployed, locked
        Assert.All(index, number => Assert.True(headers[(int)number].Header!.LogsBloom.MayContain(world.Vault.Address)));
        var proof = (await endpoint.ProofAsync(world.Vault.Address, Heartbeat.VaultSlots, latest.Id.Number, Cancelled)).Value!;
        Assert.True(proof.TryRead(latest.Header!.StateRoot, out var account, out var words, out var fault), fault.ToString());
        Assert.Equal(Keccak256.Hash((await endpoint.CodeAsync(world.Vault.Address, latest.Id.Number, Cancelled)).Value!), account!.CodeHash);
        Assert.Equal(2UL, (ulong)(words[1].Low & ulong.MaxValue));
        Assert.Empty((await endpoint.CodeAsync(world.Alice, latest.Id.Number, Cancelled)).Value!);
        Assert.Equal(EndpointFault.Absent, (await endpoint.HeaderAsync(9_999UL, Cancelled)).Fault);
        Assert.NotEqual(EndpointFault.None, (await endpoint.ReceiptsAsync(Words.Of(1), Cancelled)).Fault);
    }

    /// <summary>The fold over a log is the vault's over its arguments, whatever the event.</summary>
    [Fact]
    public void EveryEventOfTheVaultHasItsNonceFirstAndItsTopicsBeforeItsData()
    {
        foreach (var entry in ContractArtifact.Load("NtkVault").Events)
        {
            Assert.True(entry.Indexed is [true, ..], entry.Name);
            Assert.Equal(entry.Indexed.OrderByDescending(isIndexed => isIndexed), entry.Indexed);
        }
    }

    private static string Key(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = instrument.Name;
        foreach (var (name, value) in tags) key += $" {name}={value}";
        return key;
    }
}
