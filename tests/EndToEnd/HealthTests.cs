using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace NeuroChain.EndToEnd;

/// <summary>Health is about the chain, not about the process.</summary>
public sealed class HealthTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<NetworkFixture>
{
    [Fact]
    public async Task WhereNothingIsDecidedTheNodesThatRunDoNotServeUntilItGoesOn()
    {
        await Network.AllReachAsync(3);
        var (left, gone) = (Network.Nodes.Take(2).ToList(), Network.Nodes.Skip(2).ToList());
        foreach (var node in left) await SaysAsync(node, ServingStatus.Serving);

        foreach (var node in gone) node.Kill();
        await Task.WhenAll(gone.Select(node => node.GoneAsync()));
        foreach (var node in left) await SaysAsync(node, ServingStatus.NotServing);

        gone[0].Start();
        await gone[0].WaitUntilUpAsync();
        await Task.WhenAll(left.Append(gone[0]).Select(node => SaysAsync(node, ServingStatus.Serving)));
    }

    private static async Task SaysAsync(NodeProcess node, ServingStatus wanted)
    {
        foreach (var service in new[] { "", "neurochain.v1.ChainService" })
            await Eventually.HoldsAsync(
                async () => (await node.Client.Channel.UnaryAsync(ApiMethods.Check, new HealthCheckRequest { Service = service }, null, Cancelled)).Status == wanted,
                $"{node.Name} says {wanted} of \"{service}\"");
    }
}
