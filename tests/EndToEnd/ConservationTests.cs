using System.Globalization;
using NeuroChain.NextRelease;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>NTK out of nothing, be it by a rule of a release that is wrong, never becomes a block.</summary>
public sealed class ConservationTests
{
    /// <summary>Time for the command that votes for the rule.</summary>
    private const ulong Ahead = 150;

    [Fact]
    public async Task ARuleThatMakesNtkStopsTheNodeWithBothSidesOfTheBooks()
    {
        using var folder = new TemporaryFolder();
        using var node = LoneNode.Make(new NodeHome(folder["node"]));
        node.Start(release: "NeuroChain.NextRelease");
        await node.WaitUntilUpAsync();
        await node.ReachesAsync(2);
        var begins = await node.HeightAsync() + Ahead;
        var proposed = await ChildProcess.RunNeurochainAsync(
        [
            "validator", "propose", "upgrade", NextRules.Minting, "--height", begins.ToString(CultureInfo.InvariantCulture),
            "--key", Path.Combine(node.Home.Path, "keys", "validator.json"), "--password-file", Path.Combine(node.Home.Path, "keys", "password"), "--node", node.Api,
        ]);
        Assert.True(proposed.ExitCode == 0, proposed.ToString());

        Assert.Equal(3, await node.EndedAsync(2 * Eventually.Limit));
        var line = Assert.Single(node.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches("^neurochain: NTK is conserved: balances 0\\.000000000000000001 \\+ reserve 0 .*= 0\\.000000000000000001 NTK; genesis 0 .*= 0 NTK$", line);
        var stored = await ChildProcess.RunNeurochainAsync(["verify-db", "--home", node.Home.Path]);
        Assert.True(stored.ExitCode == 0, stored.ToString());
    }
}
