using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A node whose disk is full, a real one: it ends in good order and says why, and goes on where it was when there is room.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task AFullDiskEndsTheNodeWithOneLineAndRoomBringsItBack()
    {
        using var disk = SmallDisk.Mount(96);
        using var node = LoneNode.Make(new NodeHome(disk["node"]));
        node.Start();
        await node.WaitUntilUpAsync();
        await node.ReachesAsync(3);
        await EndsWhileTheDiskIsFullAsync(node, disk);
        var line = Assert.Single(node.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("neurochain: no space left in ", line, StringComparison.Ordinal);
        Assert.EndsWith(": free some and start again", line, StringComparison.Ordinal);

        // Again, and this time perhaps while it starts: it says the same.
        node.Start();
        await EndsWhileTheDiskIsFullAsync(node, disk);
        Assert.Contains("no space left in ", node.Errors, StringComparison.Ordinal);

        disk.Free();
        node.Start();
        await node.WaitUntilUpAsync();
        var height = await node.HeightAsync();
        Assert.True(height >= 3);
        await node.ReachesAsync(height + 2);
        Assert.Equal(0, await node.TerminateAsync(Eventually.Limit));
        using var replay = new StringWriter();
        Assert.True(InspectCommand.Replay(node.Home, null, replay) == 0, replay.ToString());
    }

    // Whatever the node lets go of, as a log that it needs no more, is taken from it.
    private static async Task EndsWhileTheDiskIsFullAsync(NodeProcess node, SmallDisk disk)
    {
        await Eventually.HoldsAsync(
            () =>
            {
                disk.Fill();
                return !node.IsRunning;
            },
            "the node ends");
        var code = await node.EndedAsync(Eventually.Limit);
        Assert.True(code == 3, $"exit code {code}: {node.Errors}");
    }
}
