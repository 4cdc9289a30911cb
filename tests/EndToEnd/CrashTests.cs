using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>One of four validators is lost without a word, and comes back.</summary>
public sealed class CrashTests(NetworkFixture network, ITestOutputHelper output) : NetworkTest(network, output), IClassFixture<NetworkFixture>
{
    [Fact]
    public async Task WhileOneIsDeadTheOthersGoOnAndItCatchesUpAndLeadsAgain()
    {
        var dead = Network.Nodes[2];
        var others = Network.Nodes.Where(node => node != dead).ToList();
        await Network.AllReachAsync(3);
        var record = new ChainRecord(Network.Genesis);
        await record.ReadAsync(dead, 3);
        dead.Kill();
        await dead.GoneAsync();

        var without = await Network.HighestAsync() + 6;
        await Task.WhenAll(others.Select(node => node.ReachesAsync(without)));

        dead.Start();
        await dead.WaitUntilUpAsync();
        var back = await Network.HighestAsync();
        await dead.ReachesAsync(back);
        await record.ReadAsync(dead, back);
        foreach (var node in others) await record.ReadAsync(node, back);

        await LeadsAndVotesAsync(dead, others[0], back + 1);
        foreach (var node in Network.Nodes) Assert.Empty(node.ErrorLines);
    }

    // In the end an author again, and a signer of what others led.
    private async Task LeadsAndVotesAsync(NodeProcess back, NodeProcess witness, ulong from)
    {
        Assert.True(Network.Genesis.ValidatorSet().TryIndexOf(back.Validator!.Value, out var index));
        var (led, voted) = (false, false);
        await foreach (var block in witness.Client.BlocksAsync(new Height(from), Cancelled))
        {
            var isAuthor = Address.FromBytes(block.Author.Span) == back.Validator;
            Assert.True(CommitCertificate.TryDecode(block.CommitCertificate.Span, out var certificate));
            led |= isAuthor;
            voted |= !isAuthor && certificate.Signatures.Any(signature => signature.Index == index);
            if (led && voted) return;
            Assert.True(block.Height < from + 200, $"200 blocks after it came back it has led: {led}, voted: {voted}");
        }
    }
}
