using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class EarlyMessagesTests
{
    /// <summary>Everybody says a proposal once a second, and it counts as of when it came first, however long its height is waited for.</summary>
    [Fact]
    public void TheFirstCopyIsTheOneThatIsKept()
    {
        using var node = new OneOfFour(leads: false);
        node.Start(0);
        var peer = node.Others[0].Address;
        var proposal = node.ProposalOf(OneOfFour.BlockOf(node.Engine.State, 900, null).Block);
        var vote = new PeerMessage.VoteMessage(node.Sign(new Prevote(Height.First, Round.Zero, null, null), 0));
        var early = new EarlyMessages();
        for (var second = 0; second < 5; second++)
            foreach (var message in new PeerMessage[] { proposal, vote })
                early.Add(peer, Height.First, message, OneOfFour.TimeOf(1_000 * second));
        Assert.Equal([(peer, proposal, OneOfFour.TimeOf(0)), (peer, vote, OneOfFour.TimeOf(0))], early.Take(Height.First));
    }
}
