using NeuroChain.Chain.Tests;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A local network whose nodes are told of nobody.</summary>
public sealed class DiscoveredNetworkFixture() : NetworkFixture(new NetworkShape { Layout = new NamespacedLayout(), Discovers = true });

/// <summary>Multicast over real sockets: each node in a network namespace of its own, all on one bridge.</summary>
public sealed class DiscoveryTests(DiscoveredNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<DiscoveredNetworkFixture>
{
    [Fact]
    public async Task NodesThatWereToldOfNobodyFindEachOtherAndDecide()
    {
        if (!Network.IsUp) DemandedMachine.SkipWithout("network namespaces are not to be had here: root and iproute2 are wanted");
        Assert.All(Network.Nodes, node => Assert.Empty(NodeOptions.Load(node.Home.ConfigFile).Peers));
        await Network.AllReachAsync(3, 2 * Eventually.Limit); // who came first asks again after a minute
        foreach (var node in Network.Nodes) await Eventually.HoldsAsync(async () => (await node.StatusAsync()).Peers == NetworkFixture.Validators - 1, $"{node.Name} has found all");
    }
}
