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

    private static List<ChunkOrder> Take(ChunkPlan plan)
    {
        var orders = new List<ChunkOrder>();
        while (plan.Next() is { } order) orders.Add(order);
        return orders;
    }

    private static Address[] Peers(int count) => [.. Enumerable.Range(1, count).Select(number => Address.FromBytes([.. new byte[19], (byte)number]))];
}
