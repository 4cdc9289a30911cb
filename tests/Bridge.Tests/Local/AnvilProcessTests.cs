using System.Diagnostics;

namespace NeuroChain.Bridge.Tests;

public sealed class AnvilProcessTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoRunBesideEachOtherAndAreGoneAfterwards()
    {
        int[] ids;
        await using (var first = await AnvilProcess.StartAsync(new AnvilOptions { ChainId = 1 }, Cancelled))
        await using (var second = await AnvilProcess.StartAsync(new AnvilOptions { ChainId = 2 }, Cancelled))
        {
            ids = [first.Id, second.Id];
            Assert.NotEqual(first.Endpoint, second.Endpoint);
            foreach (var (anvil, id) in new[] { (first, "0x1"), (second, "0x2") })
            {
                using var rpc = new LocalRpc(anvil.Endpoint);
                Assert.Equal(id, (await rpc.CallAsync("eth_chainId", Cancelled)).GetString());
            }
        }

        foreach (var id in ids) Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public async Task TheFinalizedBlockIsTwoEpochsBehind()
    {
        await using var anvil = await AnvilProcess.StartAsync(new AnvilOptions { SlotsInAnEpoch = 2, GenesisSeconds = 1_900_000_000 }, Cancelled);
        using var rpc = new LocalRpc(anvil.Endpoint);
        await rpc.CallAsync("anvil_mine", Cancelled, "0xa");
        var finalized = await rpc.CallAsync("eth_getBlockByNumber", Cancelled, "finalized", false);
        Assert.Equal("0x6", finalized.GetProperty("number").GetString());
    }

    [Fact]
    public async Task ARefusedCallSaysWhy()
    {
        await using var anvil = await AnvilProcess.StartAsync(new AnvilOptions(), Cancelled);
        using var rpc = new LocalRpc(anvil.Endpoint);
        var refused = await Assert.ThrowsAsync<RpcRefusedException>(() => rpc.CallAsync("eth_unheardOf", Cancelled));
        Assert.Equal(-32601, refused.Code);
        Assert.Empty(refused.RevertData);
    }
}
