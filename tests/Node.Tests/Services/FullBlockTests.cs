using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>A block with more than fits into the 4 MiB that gRPC libraries take by default.</summary>
public sealed class FullBlockTests : IDisposable
{
    private const int Count = 5_000;

    private readonly NodeHome _home = new(Directory.CreateTempSubdirectory("neurochain-full-block-").FullName);

    public FullBlockTests()
    {
        var options = new NodeOptions { Api = "127.0.0.1:0", P2p = "127.0.0.1:0" };
        HomeKeys.Make(_home, options, ScryptCost.Light);
        options.Save(_home.ConfigFile);
        File.WriteAllBytes(_home.GenesisFile, TransferChain.Genesis.ToJson());
        using var store = RocksStore.Open(_home.StoreFolder, ChainStore.Columns);
        var chain = new TransferChain(store);
        chain.Step(chain.Pay([.. Enumerable.Range(0, Count).Select(i => i % 50)], new string('m', Limits.MemoBytesMax)));
    }

    public void Dispose() => Directory.Delete(_home.Path, recursive: true);

    [Fact]
    public async Task ItComesWholeOrWithoutTheBytesAndTheEvents()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var runtime = await NodeRuntime.StartAsync(_home, NullLoggerFactory.Instance, TimeProvider.System, stop);
        using var client = new NodeClient(runtime.Api.Endpoint.ToString());
        var whole = await client.BlockAsync(new GetBlockRequest { Height = 1 }, stop);
        Assert.Equal((Count, Count + 1), (whole.Transactions.Count, whole.Events.Count));
        Assert.True(whole.CalculateSize() > RpcLimits.DefaultMaxReceiveSizeBytes, $"{whole.CalculateSize()}");
        Assert.Equal(whole, await client.BlocksAsync(Height.First, stop).FirstAsync(stop));

        using var narrow = new RpcChannel(new Uri($"http://{runtime.Api.Endpoint}"));
        var getBlock = new RpcMethod<GetBlockRequest, V1.Block>(ChainReflection.Descriptor.Services[0], "GetBlock");
        var refused = await Assert.ThrowsAsync<RpcException>(() => narrow.UnaryAsync(getBlock, new GetBlockRequest { Height = 1 }, null, stop));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        var slim = await narrow.UnaryAsync(getBlock, new GetBlockRequest { Height = 1, LeaveOut = new BlockParts { Raw = true, Events = true } }, null, stop);
        Assert.Equal(whole.Transactions.Select(t => (t.Hash, t.Code, t.Fee)), slim.Transactions.Select(t => (t.Hash, t.Code, t.Fee)));
        Assert.All(slim.Transactions, t => Assert.True(t.Raw.IsEmpty));
        Assert.Empty(slim.Events);
        Assert.Equal(whole.Header, slim.Header);
    }
}
