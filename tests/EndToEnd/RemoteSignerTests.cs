using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>A validator whose key is in a process of its own: the node goes on without it, and votes again when it is back.</summary>
public sealed class RemoteSignerTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<NetworkFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AValidatorVotesWithASignerThatIsKilledAndStartedAgain()
    {
        var node = Network.Nodes[3];
        await Network.AllReachAsync(3);
        await using var chain = new Invariants(Network);
        chain.Watch();
        await node.TerminateAsync(Patience);
        var home = new NodeHome(Path.Combine(Path.GetDirectoryName(node.Home.Path)!, "signer"));
        var made = await ChildProcess.RunNeurochainAsync("signer", "init", "--home", home.Path, "--from", node.Home.Path, "--listen", $"127.0.0.1:{FreePorts.Take(1)[0]}");
        Assert.True(made.ExitCode == 0, made.Errors);
        Assert.False(File.Exists(node.Home.In("keys/validator.json")));
        Assert.False(Directory.Exists(node.Home.SignerFolder));

        using (var first = Sign(home))
        {
            node.Start();
            await node.WaitUntilUpAsync();
            await VotesAsync(node, await Network.HighestAsync());
            first.Kill();
            await first.WaitAsync(Patience);
        }

        var silent = await Network.HighestAsync() + 3; // votes that were on their way
        await Network.AllReachAsync(silent + 5); // the node, too, follows
        for (var height = silent; height <= silent + 5; height++) Assert.False(await HasVotedAsync(node, height), $"at height {height} nobody could sign");
        Assert.True((await node.StatusAsync()).Silent);

        using var second = Sign(home);
        await VotesAsync(node, silent + 5);
        Assert.False((await node.StatusAsync()).Silent);
        await chain.RecoveredAsync();
        await chain.CheckAsync();
        second.Terminate();
        Assert.Equal(0, await second.WaitAsync(Patience));
    }

    private static ChildProcess Sign(NodeHome home) => ChildProcess.StartNeurochain("signer", "--home", home.Path, "--until-stdin-closes");

    // Some block above a height is decided with its precommit; not each needs it.
    private Task VotesAsync(NodeProcess node, ulong above) => Eventually.HoldsAsync(
        async () =>
        {
            for (var height = await Network.HighestAsync(); height > above; height--)
                if (await HasVotedAsync(node, height))
                    return true;
            return false;
        },
        $"{node.Name} votes above height {above}");

    private async Task<bool> HasVotedAsync(NodeProcess node, ulong height)
    {
        var block = await Network.Nodes[0].BlockAsync(height);
        Assert.True(CommitCertificate.TryDecode(block.CommitCertificate.Span, out var certificate));
        Assert.True(Network.Genesis.ValidatorSet().TryIndexOf(node.Validator!.Value, out var index));
        return certificate.Signatures.Any(signature => signature.Index == index);
    }
}
