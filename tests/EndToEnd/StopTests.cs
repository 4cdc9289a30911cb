using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.EndToEnd;

/// <summary>How a node ends when it is asked to.</summary>
public sealed class StopTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<NetworkFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task SigtermEndsANodeInGoodOrderAndTheChainTakesItBack()
    {
        await Network.AllReachAsync(2);
        var node = Network.Nodes[1];
        // A client that follows the chain does not hold the node up.
        var stream = node.Client.BlocksAsync(new Height(1), Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal(0, await node.TerminateAsync(Patience));
        await EndedAsync(stream);

        node.Start();
        await node.WaitUntilUpAsync();
        await Network.AllReachAsync(await Network.HighestAsync() + 2);

        var codes = await Task.WhenAll(Network.Nodes.Select(n => n.TerminateAsync(Patience)));
        Assert.All(codes, code => Assert.Equal(0, code));
        foreach (var each in Network.Nodes) Assert.Empty(each.ErrorLines);
    }

    private static async Task EndedAsync(IAsyncEnumerator<Node.V1.Block> stream)
    {
        await using (stream)
        {
            var ended = await Assert.ThrowsAsync<P2P.RpcException>(async () =>
            {
                while (await stream.MoveNextAsync()) { }
            });
            Assert.Equal(P2P.StatusCode.Unavailable, ended.StatusCode);
        }
    }
}
