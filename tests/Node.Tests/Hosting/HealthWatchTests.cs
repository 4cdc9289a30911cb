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
        var time = new Clock();
        using var health = new HealthWatch(away, time);
        for (ulong height = 1; height <= 20; height++)
        {
            chain.StepTo(height);
            var stored = chain.Chain.Get(new Height(height))!;
            health.Committed(new EngineOutput.Committed(stored, new BlockOutcome([], EventList.FromPacked([])), chain.State, isCaughtUp));
        }

        time.Now = At(chain.State);
        health.Look(new HostView(chain.State, Round.Zero, false, 0));
        Assert.Equal(isCaughtUp, health.Status.IsServing(""));
    }

    /// <summary>Nobody whom the old state knows is left to say how far the chain is, and all that came is applied: nothing but the blocks' age tells.</summary>
    [Fact]
    public void WhoIsHoursBehindDoesNotServeWhateverItKnowsOfOthers()
    {
        var chain = new TransferChain();
        chain.StepTo(5);
        var time = new Clock { Now = At(chain.State) + TimeSpan.FromHours(2) };
        using var health = new HealthWatch(null, time);
        health.Look(new HostView(chain.State, Round.Zero, false, 0));
        Assert.False(health.Status.IsServing(""));
        time.Now = At(chain.State);
        health.Look(new HostView(chain.State, Round.Zero, false, 0));
        Assert.True(health.Status.IsServing(""));
    }

    private static DateTimeOffset At(LedgerState state) => DateTimeOffset.FromUnixTimeMilliseconds((long)state.Time.Milliseconds);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
