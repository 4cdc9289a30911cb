using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.EndToEnd;

/// <summary>A network that is left alone.</summary>
[Collection(typeof(HealthyNetwork))]
public sealed class FinalityTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output)
{
    [Fact]
    public async Task FourValidatorsFinaliseTheSameBlocksWithTheSameState()
    {
        const ulong Height = 8;
        await Network.AllReachAsync(Height + 1);
        var record = new ChainRecord(Network.Genesis);
        // Header h+1 has the state root after h, so the same hashes are the same states.
        foreach (var node in Network.Nodes) await record.ReadAsync(node, Height + 1);
        var blocks = await Task.WhenAll(Network.Nodes.Select(node => node.BlockAsync(Height + 1)));
        Assert.Single(blocks.Select(block => Hex.Encode(block.Hash.Span)).Distinct());
        Assert.Single(blocks.Select(block => Hex.Encode(block.StateRoot.Span)).Distinct());
    }

    [Fact]
    public async Task TheStatusGivesTheStateRootThatTheNextHeaderHas()
    {
        var node = Network.Nodes[0];
        await node.ReachesAsync(1);
        var status = await node.StatusAsync();
        await node.ReachesAsync(status.Height + 1);
        var next = await node.BlockAsync(status.Height + 1);
        Assert.Equal(status.BlockHash, next.Parent);
        Assert.Equal(status.StateRoot, next.StateRoot);
    }

    [Fact]
    public async Task EveryNodeIsConnectedToTheThreeOthers()
    {
        foreach (var node in Network.Nodes)
            await Eventually.HoldsAsync(async () => (await node.StatusAsync()).Peers == NetworkFixture.Validators - 1, $"{node.Name} has three peers");
    }

    [Fact]
    public async Task AllValidatorsTakeTurnsAsAuthors()
    {
        var authors = new HashSet<Address>();
        await foreach (var block in Network.Nodes[0].Client.BlocksAsync(new Height(1), Cancelled))
        {
            authors.Add(Address.FromBytes(block.Author.Span));
            if (authors.Count == NetworkFixture.Validators) break;
            Assert.True(block.Height < 50, $"after {block.Height} blocks the authors are {string.Join(", ", authors)}");
        }

        Assert.Equal(Network.Nodes.Select(node => node.Validator!.Value).Order(), authors.Order());
    }

    [Fact]
    public async Task ANodeThatTheGenesisDoesNotNameIsRefused()
    {
        var stranger = Network.AddStranger();
        stranger.Start();
        await stranger.WaitUntilUpAsync();
        // It has tried every peer, and was shown the door by each.
        await Eventually.HoldsAsync(
            () => Network.Nodes.All(node => stranger.Log.Any(line => line.Contains($"No link to {node.Identity}", StringComparison.Ordinal))),
            "the stranger is refused by all four");
        var height = await Network.HighestAsync();
        await Network.AllReachAsync(height + 3);
        var status = await stranger.StatusAsync();
        Assert.Equal(0u, status.Peers);
        Assert.Equal(0ul, status.Height);
        foreach (var node in Network.Nodes) Assert.Equal(3u, (await node.StatusAsync()).Peers);
        Assert.Equal(0, await stranger.CloseInputAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task HealthAndValidatorsAreServed()
    {
        var node = Network.Nodes[0];
        var health = await node.Client.Channel.UnaryAsync(ApiMethods.Check, new Grpc.Health.V1.HealthCheckRequest { Service = "neurochain.v1.ChainService" }, null, Cancelled);
        Assert.Equal(Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus.Serving, health.Status);
        var validators = await node.Client.Channel.UnaryAsync(ApiMethods.GetValidators, new GetValidatorsRequest(), null, Cancelled);
        Assert.Equal(Network.Nodes.Select(n => n.Validator!.Value).Order(), validators.Validators.Select(v => Address.FromBytes(v.Address.Span)));
        Assert.All(validators.Validators, validator => Assert.False(validator.Absent));
    }
}
