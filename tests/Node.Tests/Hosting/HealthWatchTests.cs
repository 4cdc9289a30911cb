using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class HealthWatchTests
{
    /// <summary>Who catches up applies many blocks in a turn, and is told of all of them when the state knows only of the last few who voted.</summary>
    [Fact]
    public void ManyBlocksMayBeToldWithTheStateAfterTheLast()
    {
        var chain = new TransferChain();
        chain.StepTo(20);
        using var health = new HealthWatch(TransferChain.Genesis.Validators[0].Address, TimeProvider.System);
        for (ulong height = 1; height <= 20; height++) health.Committed(chain.Chain.Get(new Height(height))!.Block, chain.State);
        Assert.True(chain.State.KnowsContextOf(new Height(20)));
        Assert.False(chain.State.KnowsContextOf(new Height(1)));
    }
}
