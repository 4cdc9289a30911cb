using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>A real node over a store with three hundred blocks, told to keep few of them.</summary>
public sealed class StoreUpkeepTests : IDisposable
{
    private const ulong Blocks = 300;
    private const ulong Floor = Blocks - Pruner.KeptMin + 1;

    private readonly NodeHome _home = new(Directory.CreateTempSubdirectory("neurochain-test-").FullName);

    public StoreUpkeepTests()
    {
        var options = new NodeOptions { Api = "127.0.0.1:0", P2p = "127.0.0.1:0", ValidatorKey = null, KeepBlocks = 1, ProofHeights = 150, SnapshotEvery = 100 };
        HomeKeys.Make(_home, options, ScryptCost.Light);
        options.Save(_home.ConfigFile);
        File.WriteAllBytes(_home.GenesisFile, TransferChain.Genesis.ToJson());
        using var store = RocksStore.Open(_home.StoreFolder, ChainStore.Columns);
        new TransferChain(store).StepTo(Blocks);
    }

    public void Dispose() => Directory.Delete(_home.Path, recursive: true);

    [Fact]
    public async Task WhatIsPrunedIsRefusedByNameAndWhatIsKeptIsServed()
    {
        var stop = TestContext.Current.CancellationToken;
        await using (var runtime = await NodeRuntime.StartAsync(_home, NullLoggerFactory.Instance, TimeProvider.System, stop))
        {
            using var client = new NodeClient(runtime.Api.Endpoint.ToString());
            await PrunedAsync(client, stop);
            Assert.Equal(Floor, (await client.StatusAsync(stop)).EarliestHeight);

            var refused = await Assert.ThrowsAsync<RpcException>(() => client.BlockAsync(new GetBlockRequest { Height = Floor - 1 }, stop));
            Assert.Equal((StatusCode.NotFound, $"block {Floor - 1} is pruned, this node keeps blocks from {Floor} on"), (refused.StatusCode, refused.Status.Message));
            Assert.Equal(Floor, (await client.BlockAsync(new GetBlockRequest { Height = Floor }, stop)).Height);
            refused = await Assert.ThrowsAsync<RpcException>(() => client.BlockAsync(new GetBlockRequest { Height = Blocks + 1 }, stop));
            Assert.Equal($"no block at height {Blocks + 1}", refused.Status.Message);

            refused = await Assert.ThrowsAsync<RpcException>(async () => await client.BlocksAsync(new Height(Floor - 1), stop).FirstAsync(stop));
            Assert.Equal(StatusCode.NotFound, refused.StatusCode);
            Assert.Equal(Floor, (await client.BlocksAsync(new Height(Floor), stop).FirstAsync(stop)).Height);
        }

        using var output = new StringWriter();
        Assert.Equal(0, DatabaseCommand.Verify(_home, isFast: false, output));
        Assert.Contains("can be taken back to height 150\n", output.ToString(), StringComparison.Ordinal);
        Assert.Equal([new Height(200)], new SnapshotFolder(_home.SnapshotFolder).Heights);
        Assert.Equal(0, SnapshotCommand.Verify(_home, null, output));
    }

    [Fact]
    public async Task APrunedStoreIsRebuiltFromItsSnapshot()
    {
        var stop = TestContext.Current.CancellationToken;
        await using (var runtime = await NodeRuntime.StartAsync(_home, NullLoggerFactory.Instance, TimeProvider.System, stop))
        {
            using var client = new NodeClient(runtime.Api.Endpoint.ToString());
            await PrunedAsync(client, stop);
        }

        using (var store = RocksStore.Open(_home.StoreFolder, ChainStore.Columns))
        {
            var record = store.Scan(ChainColumns.State, KeyRange.All).First();
            store.Write(new WriteBatch().Put(ChainColumns.State, record.Key, [.. record.Value, 1]), durable: true);
        }

        using var output = new StringWriter();
        Assert.Equal(1, DatabaseCommand.Verify(_home, isFast: true, output));
        Assert.Contains("column state, key -: the records have the root", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, DatabaseCommand.Rebuild(_home, output));
        Assert.Contains("100 blocks from height 200 on", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, DatabaseCommand.Verify(_home, isFast: false, output));
        Assert.Equal(0, DatabaseCommand.Compact(_home, output));
        Assert.Equal(0, DatabaseCommand.Stats(_home, output));
        Assert.Contains("  Accounts ", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, DatabaseCommand.Verify(_home, isFast: false, output));
    }

    /// <summary>The room of what is pruned comes back while the node runs, long before there is enough for files to be written anew.</summary>
    [Fact]
    public async Task TheDiskHasItsRoomBackWhileTheNodeRuns()
    {
        var stop = TestContext.Current.CancellationToken;
        Directory.Delete(_home.StoreFolder, recursive: true);
        using (var store = RocksStore.Open(_home.StoreFolder, ChainStore.Columns))
        {
            // A file for each hundred heights, where a node under load has one for some seconds.
            var chain = new TransferChain(store);
            var noise = new SeededStream(11);
            var memo = new byte[Limits.MemoBytesMax / 2];
            while (chain.State.Height.Value < 2 * Blocks)
            {
                noise.Fill(memo);
                chain.Step(chain.Pay([1, 2, 3, 4, 5, 6, 7, 8], Convert.ToHexString(memo)));
                if (chain.State.Height.Value % 100 != 0) continue;
                foreach (var column in ChainColumns.OfBlocks) store.Compact(column, KeyRange.All.StartingAt(ChainColumns.Key(chain.State.Height.MinusOrGenesis(99))));
            }
        }

        await using var runtime = await NodeRuntime.StartAsync(_home, NullLoggerFactory.Instance, TimeProvider.System, stop);
        var full = TableBytes();
        TestContext.Current.TestOutputHelper?.WriteLine($"{full} bytes of tables before");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (TableBytes() > full * 2 / 3) await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);

        long TableBytes() => Directory.EnumerateFiles(_home.StoreFolder, "*.sst").Sum(file => new FileInfo(file) is { Exists: true } there ? there.Length : 0);
    }

    private static async Task PrunedAsync(NodeClient client, CancellationToken stop)
    {
        while ((await client.StatusAsync(stop)).EarliestHeight < Floor) await Task.Delay(TimeSpan.FromMilliseconds(20), stop);
    }
}
