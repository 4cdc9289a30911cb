using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class HealthWatchTests
{
    /// <summary>A node that was away is told of many blocks without its votes: only those that it could vote on are held against it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BlocksThatWereCaughtUpWithAreNotHeldAgainstTheNode(bool isCaughtUp)
    {
        var chain = new TransferChain(signers: 3);
        var away = TransferChain.Genesis.Validators.Select(validator => validator.Address).Order().Last(); // the other three sign
        using var health = new HealthWatch(away, TimeProvider.System);
        for (ulong height = 1; height <= 20; height++)
        {
            chain.StepTo(height);
            var stored = chain.Chain.Get(new Height(height))!;
            health.Committed(new EngineOutput.Committed(stored, new BlockOutcome([], EventList.FromPacked([])), chain.State, isCaughtUp));
        }

        health.Look(new HostView(chain.State, Round.Zero, false, 0));
        Assert.Equal(isCaughtUp, health.Status.IsServing(""));
    }
}
