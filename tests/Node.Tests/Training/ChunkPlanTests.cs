using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class ChunkPlanTests
{
    [Fact]
    public void OrdersAreSpreadOverThePeers()
    {
        var plan = new ChunkPlan(Enumerable.Range(0, 10), Peers(3), 4);
        var first = Take(plan);
        Assert.Equal([0, 1, 2, 3], first.Select(order => order.Chunk));
        Assert.Equal(Peers(3).Append(Peers(3)[0]), first.Select(order => order.Peer));
        plan.Arrived(first[1]);
        Assert.Equal([new ChunkOrder(Peers(3)[1], 4)], Take(plan));
    }

    [Fact]
    public void AFailedPeerOwesNothingMore()
    {
        var plan = new ChunkPlan(Enumerable.Range(0, 4), Peers(2), 4);
        var orders = Take(plan);
        plan.Failed(orders[0]);
        Assert.Equal([new ChunkOrder(Peers(2)[1], 0)], Take(plan));
        plan.Arrived(orders[2]); // of the same peer, on its way before it failed
        Assert.False(plan.IsDone);
        Assert.False(plan.IsStuck);
    }

    [Fact]
    public void WithoutPeersAPlanIsStuck()
    {
        Assert.True(new ChunkPlan([0], [], 4).IsStuck);
        Assert.True(new ChunkPlan([], [], 4).IsDone);
        var plan = new ChunkPlan([0], Peers(1), 4);
        plan.Failed(Take(plan).Single());
        Assert.True(plan.IsStuck);
    }

    [Fact]
    public void EveryChunkArrivesWhileOnePeerIsHonest()
    {
        for (ulong seed = 0; seed < 200; seed++)
        {
            var stream = new SeededStream(seed);
            var peers = Peers(1 + (int)stream.NextBelow(5));
            var honest = peers[(int)stream.NextBelow((ulong)peers.Length)];
            var plan = new ChunkPlan(Enumerable.Range(0, 64), peers, 4);
            var underWay = new List<ChunkOrder>();
            var arrived = new List<int>();
            while (!plan.IsDone)
            {
                Assert.False(plan.IsStuck);
                underWay.AddRange(Take(plan));
                Assert.InRange(underWay.Count, 1, 4);
                var order = underWay[(int)stream.NextBelow((ulong)underWay.Count)];
                underWay.Remove(order);
                if (order.Peer == honest || stream.NextChance(3, 4))
                {
                    plan.Arrived(order);
                    arrived.Add(order.Chunk);
                }
                else
                {
                    plan.Failed(order);
                }
            }

            Assert.Equal(Enumerable.Range(0, 64), arrived.Order());
        }
    }

    [Fact]
    public void WhatIsSlowIsAskedOfASecondPeerOnceNothingWaits()
    {
        var plan = new ChunkPlan(Enumerable.Range(0, 5), Peers(3), 4);
        var orders = Take(plan);
        Assert.Equal(4, orders.Count);
        Assert.Equal(ChunkPlan.Slow, plan.UntilSlow(TimeSpan.Zero));
        Assert.Empty(Take(plan, ChunkPlan.Slow - TimeSpan.FromTicks(1)));
        var later = Take(plan, ChunkPlan.Slow);
        Assert.Equal(4, later[0].Chunk); // what waits goes first, and those that are slow take no place from it
        Assert.Equal([0, 1, 2], later.Skip(1).Select(order => order.Chunk));
        foreach (var second in later.Skip(1)) Assert.NotEqual(orders[second.Chunk].Peer, second.Peer);
        Assert.Equal([orders[0]], plan.Arrived(later[1])); // the first one is not waited for
        foreach (var order in later.Skip(2)) plan.Arrived(order);
        plan.Arrived(later[0]);
        plan.Arrived(orders[3]);
        Assert.True(plan.IsDone);
        Assert.Null(plan.UntilSlow(ChunkPlan.Slow));
    }

    [Fact]
    public void AChunkThatAnotherPeerIsAtDoesNotWaitAgain()
    {
        var plan = new ChunkPlan([0], Peers(2), 4);
        var first = Assert.Single(Take(plan));
        var second = Assert.Single(Take(plan, ChunkPlan.Slow));
        plan.Failed(first);
        Assert.Empty(Take(plan, ChunkPlan.Slow));
        Assert.Empty(plan.Arrived(second));
        Assert.True(plan.IsDone);
    }

    [Fact]
    public void WhatIsUnderWayHasABoundThoughAllAreSlow()
    {
        var plan = new ChunkPlan(Enumerable.Range(0, 64), Peers(40), 4);
        for (var second = 0; second < 20; second++) Assert.InRange(Take(plan, second * ChunkPlan.Slow).Count, 0, 4);
        Assert.Empty(Take(plan, 30 * ChunkPlan.Slow));
    }

    [Fact]
    public void WhoJoinsIsAskedAndWhoFailedIsNot()
    {
        var plan = new ChunkPlan([0], Peers(1), 4);
        plan.Failed(Take(plan).Single());
        Assert.True(plan.IsStuck);
        plan.Add(Peers(2));
        Assert.Equal([new ChunkOrder(Peers(2)[1], 0)], Take(plan));
    }

    private static List<ChunkOrder> Take(ChunkPlan plan, TimeSpan now = default)
    {
        var orders = new List<ChunkOrder>();
        while (plan.Next(now) is { } order) orders.Add(order);
        return orders;
    }

    private static Address[] Peers(int count) => [.. Enumerable.Range(1, count).Select(number => Address.FromBytes([.. new byte[19], (byte)number]))];
}
