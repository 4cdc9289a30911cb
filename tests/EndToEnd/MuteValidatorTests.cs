using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace NeuroChain.EndToEnd;

/// <summary>Links that can be spoilt, nothing more.</summary>
public sealed class ProxiedNetworkFixture : NetworkFixture
{
    public ProxiedNetworkFixture() : this(new ProxiedLayout(seed: 2)) { }

    private ProxiedNetworkFixture(ProxiedLayout links) : base(new NetworkShape { Layout = links }) => Links = links;

    internal ProxiedLayout Links { get; }
}

/// <summary>A validator that hears everything and is heard by nobody is of no use, however well its process does.</summary>
public sealed class MuteValidatorTests(ProxiedNetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<ProxiedNetworkFixture>
{
    /// <summary>Two capped timeouts, in heights of this network: eight blocks judge, five more may show what was said before, and others fail while it is asked.</summary>
    private const ulong KnownWithin = 80;

    [Fact]
    public async Task WhoseVotesReachNobodyDoesNotServeWhileItsHeightGoesOn()
    {
        var mute = Network.Nodes[3];
        await Network.AllReachAsync(3);
        foreach (var node in Network.Nodes) await SaysAsync(node, ServingStatus.Serving);
        await using var chain = new Invariants(Network);
        chain.Watch();

        foreach (var (from, to) in network.Links.Links)
            if (from == 3)
                network.Links[from, to].Conditions = LinkConditions.BlackHole;
        var struck = await mute.HeightAsync();
        await SaysAsync(mute, ServingStatus.NotServing);
        Assert.InRange(await mute.HeightAsync(), struck, struck + KnownWithin);
        // It is not for want of blocks: those still come, and the others go on.
        var height = await mute.HeightAsync();
        await mute.ReachesAsync(height + 3);
        await SaysAsync(mute, ServingStatus.NotServing);
        foreach (var node in Network.Nodes.Take(3)) await SaysAsync(node, ServingStatus.Serving);

        network.Links.SetAll(LinkConditions.Good);
        await chain.RecoveredAsync();
        await chain.CheckAsync();
    }

    private static Task SaysAsync(NodeProcess node, ServingStatus wanted) =>
        Eventually.HoldsAsync(async () => await Invariants.HealthAsync(node) == wanted, $"{node.Name} says {wanted}");
}
