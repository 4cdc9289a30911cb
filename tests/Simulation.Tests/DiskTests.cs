using NeuroChain.Chain;

namespace NeuroChain.Simulation.Tests;

public sealed class DiskTests
{
    private static readonly Column Column = new("a");

    [Fact]
    public void AStoreDiesBeforeOrAfterTheWriteThatWasChosen()
    {
        var written = new HashSet<bool>();
        for (ulong seed = 0; seed < 30; seed++)
        {
            var store = new FaultyStore([Column]);
            store.CrashAfter(1, new SeededStream(seed));
            store.Write(new WriteBatch().Put(Column, [1], [1]), durable: true);
            Assert.Throws<SimulatedCrashException>(() => store.Write(new WriteBatch().Put(Column, [2], [2]), durable: true));
            store.Crash(new SeededStream(seed));
            Assert.NotNull(store.Get(Column, [1]));
            written.Add(store.Get(Column, [2]) is not null);
            store.Write(new WriteBatch().Put(Column, [3], [3]), durable: true); // the machine is up again
        }

        Assert.Equal(2, written.Count);
    }

    [Fact]
    public void AClockIsOffDriftsAndJumps()
    {
        var clock = new NodeClock(epoch: 1_000_000, offsetMs: -50, driftPpm: 1_000);
        Assert.Equal(999_950UL, clock.At(0).Milliseconds);
        Assert.Equal(1_009_960UL, clock.At(10_000).Milliseconds);
        clock.Jump(10_000, -500);
        Assert.Equal(1_009_460UL, clock.At(10_000).Milliseconds);
        clock.Settle(20_000, 7);
        Assert.Equal(1_030_007UL, clock.At(30_000).Milliseconds);
    }
}
