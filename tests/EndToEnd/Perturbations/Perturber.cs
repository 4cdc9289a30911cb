namespace NeuroChain.EndToEnd;

/// <summary>Does to a network what a plan says, and undoes it.</summary>
internal sealed class Perturber(NetworkFixture network, ProxiedLayout links)
{
    private static readonly TimeSpan ClockError = TimeSpan.FromSeconds(10);

    // A bad line over half the world: what a block and its votes need still fits.
    private static readonly LinkConditions Slow = new()
    {
        Delay = TimeSpan.FromMilliseconds(100),
        Jitter = TimeSpan.FromMilliseconds(100),
        BytesPerSecond = 128 * 1024,
        StallsEvery = TimeSpan.FromMilliseconds(1500),
        StallsFor = TimeSpan.FromMilliseconds(250),
    };

    public async Task StrikeAsync(Perturbation perturbation)
    {
        var nodes = perturbation.Nodes;
        switch (perturbation.Kind)
        {
            case PerturbationKind.Kill:
                network.Nodes[nodes[0]].Kill();
                await network.Nodes[nodes[0]].GoneAsync();
                break;
            case PerturbationKind.Restart:
                await StopAsync(nodes[0]);
                break;
            case PerturbationKind.Pause:
                network.Nodes[nodes[0]].Pause();
                break;
            case PerturbationKind.PartitionHalves or PerturbationKind.PartitionOne:
                foreach (var (from, to) in links.Links)
                    if (nodes.Contains(from) != nodes.Contains(to))
                        links[from, to].Conditions = perturbation.IsNoticed ? LinkConditions.Cut : LinkConditions.BlackHole;
                break;
            case PerturbationKind.OneWay:
                foreach (var (from, to) in links.Links)
                    if (from == nodes[0])
                        links[from, to].Conditions = LinkConditions.BlackHole;
                break;
            case PerturbationKind.SlowLinks:
                links.SetAll(Slow);
                break;
            case PerturbationKind.ClockAhead or PerturbationKind.ClockBehind:
                await StopAsync(nodes[0]);
                network.Nodes[nodes[0]].Start(perturbation.Kind == PerturbationKind.ClockAhead ? ClockError : -ClockError);
                await network.Nodes[nodes[0]].WaitUntilUpAsync();
                break;
            case PerturbationKind.FullDisk:
                await FillAsync(network.Nodes[nodes[0]]);
                break;
        }
    }

    public async Task HealAsync(Perturbation perturbation)
    {
        var node = network.Nodes[perturbation.Nodes[0]];
        switch (perturbation.Kind)
        {
            case PerturbationKind.FullDisk:
                network.SmallDisk!.Free();
                node.Start();
                await node.WaitUntilUpAsync();
                break;
            case PerturbationKind.Kill or PerturbationKind.Restart:
                node.Start();
                await node.WaitUntilUpAsync();
                break;
            case PerturbationKind.Pause:
                node.Resume();
                break;
            case PerturbationKind.ClockAhead or PerturbationKind.ClockBehind:
                await StopAsync(perturbation.Nodes[0]);
                node.Start();
                await node.WaitUntilUpAsync();
                break;
            default:
                links.SetAll(LinkConditions.Good);
                break;
        }
    }

    // The node ends with one line, and the others go on.
    private async Task FillAsync(NodeProcess node)
    {
        await Eventually.HoldsAsync(
            () =>
            {
                network.SmallDisk!.Fill();
                return !node.IsRunning;
            },
            $"{node.Name} ends, its disk is full");
        Assert.Equal(3, await node.EndedAsync(Eventually.Limit));
        Assert.StartsWith("neurochain: no space left in ", Assert.Single(node.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        var height = await network.HighestAsync();
        await Task.WhenAll(network.Nodes.Where(other => other != node).Select(other => other.ReachesAsync(height + 2)));
    }

    private async Task StopAsync(int index)
    {
        var node = network.Nodes[index];
        Assert.Equal(0, await node.TerminateAsync(Eventually.Limit));
    }
}
