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
        Assert.Equal(ChunkPlan.Slow, plan.UntilNext(TimeSpan.Zero));
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
        Assert.Null(plan.UntilNext(ChunkPlan.Slow));
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

    // Each of them asks the same line, which has so much to give in all: more requests only make each one slower.
    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0.5, 4)]
    [InlineData(0.15, 1)]
    [InlineData(0.15, 3)]
    public void ASlowSourceIsAskedForNoMoreThanItCanGive(double mebibytesPerSecond, int blobs)
    {
        const int chunks = 16;
        var shares = new PeerShares();
        var plans = Enumerable.Range(0, blobs).Select(_ => new ChunkPlan(Enumerable.Range(0, chunks), Peers(1), 4, 0, shares)).ToList();
        var underWay = new List<Transfer>();
        var (now, lost, most) = (TimeSpan.Zero, 0, 0);
        var tick = TimeSpan.FromMilliseconds(20);
        while (plans.Any(plan => !plan.IsDone))
        {
            foreach (var plan in plans)
            {
                Assert.False(plan.IsStuck, $"given up after {now}");
                while (plan.Next(now) is { } order) underWay.Add(new Transfer(plan, order, now));
            }

            most = Math.Max(most, underWay.Count);
            now += tick;
            foreach (var transfer in underWay) transfer.Came += mebibytesPerSecond * tick.TotalSeconds / underWay.Count;
            foreach (var transfer in underWay.ToList())
            {
                if (transfer.Came < 1 && now - transfer.Begun < BlobFetcher.Patience) continue;
                underWay.Remove(transfer);
                if (transfer.Came >= 1) transfer.Plan.Arrived(transfer.Order);
                else transfer.Plan.TimedOut(transfer.Order, now);
                if (transfer.Came < 1) lost++;
            }

            Assert.True(now < TimeSpan.FromHours(1), "it never ends");
        }

        Assert.InRange(most, 1, PeerShares.Most);
        var ideal = TimeSpan.FromSeconds(blobs * chunks / mebibytesPerSecond);
        Assert.True(now < 2 * ideal, $"{now} for what takes {ideal}, {lost} requests in vain");
    }

    [Fact]
    public void WhoHasNoPlaceIsAskedAgainAndIsNoWorseForIt()
    {
        var plan = new ChunkPlan([0, 1], Peers(1), 4);
        var orders = Take(plan);
        plan.Busy(orders[0], TimeSpan.Zero);
        Assert.Empty(Take(plan));
        Assert.Equal(ChunkPlan.BusyPause, plan.UntilNext(TimeSpan.Zero));
        Assert.False(plan.IsStuck);
        Assert.Equal([orders[0]], Take(plan, ChunkPlan.BusyPause));
        plan.Arrived(orders[1]);
        var now = ChunkPlan.BusyPause;
        for (var i = 1; i < ChunkPlan.BusyMax; i++)
        {
            plan.Busy(orders[0], now);
            now += ChunkPlan.BusyPause;
            Assert.Equal([orders[0]], Take(plan, now));
        }

        plan.Busy(orders[0], now); // and whoever never has one is no source
        Assert.True(plan.IsStuck);
    }

    [Fact]
    public void OneWhoIsTooSlowIsLeftOutForOthersAndAskedAgainWhereThereAreNone()
    {
        var shares = new PeerShares();
        var plan = new ChunkPlan([0], Peers(1), 4, 0, shares);
        var now = TimeSpan.Zero;
        for (var i = 1; i < ChunkPlan.LastTimeouts; i++) TimeOut();
        Assert.False(plan.IsStuck);
        plan.Add(Peers(2));
        var order = Assert.Single(Take(plan, now));
        Assert.Equal(Peers(2)[1], order.Peer);
        plan.Failed(order); // who has it not
        TimeOut();
        Assert.True(plan.IsStuck);

        void TimeOut()
        {
            var asked = Assert.Single(Take(plan, now));
            now += BlobFetcher.Patience;
            plan.TimedOut(asked, now);
        }
    }

    [Fact]
    public void APlanBeginsWhereItIsToldAndGoesRound()
    {
        var plan = new ChunkPlan(Enumerable.Range(0, 6), Peers(2), 8, start: 4);
        Assert.Equal([4, 5, 0, 1, 2, 3], Take(plan).Select(order => order.Chunk));
    }

    [Fact]
    public void AnAbandonedPlanGivesItsPlacesBack()
    {
        var shares = new PeerShares();
        var plan = new ChunkPlan(Enumerable.Range(0, 9), Peers(1), 4, 0, shares);
        Assert.Equal(4, Take(plan).Count);
        var other = new ChunkPlan([0], Peers(1), 4, 0, shares);
        Assert.Empty(Take(other));
        Assert.Equal(ChunkPlan.BusyPause, other.UntilNext(TimeSpan.Zero));
        plan.Abandon();
        Assert.Single(Take(other));
    }

    /// <summary>Fetches run beside each other, and the last place of a peer is one plan's.</summary>
    [Fact]
    public void PlansThatShareAPeerNeverTakeMoreThanItHas()
    {
        var shares = new PeerShares();
        var rounds = 0;
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 2_000; i++)
            {
                var plan = new ChunkPlan([0, 1], Peers(1), 2, 0, shares);
                while (!plan.IsDone)
                {
                    foreach (var order in Take(plan)) plan.Arrived(order);
                    Assert.True(plan.IsDone || plan.UntilNext(TimeSpan.Zero) is not null, "a plan that waits knows for what");
                }

                Interlocked.Increment(ref rounds);
            }
        });
        Assert.Equal(16_000, rounds);
        Assert.Equal(0, shares.UnderWay(Peers(1)[0]));
    }

    /// <summary>A chunk on its way.</summary>
    private sealed class Transfer(ChunkPlan plan, ChunkOrder order, TimeSpan begun)
    {
        public ChunkPlan Plan => plan;

        public ChunkOrder Order => order;

        public TimeSpan Begun => begun;

        /// <summary>Mebibytes.</summary>
        public double Came { get; set; }
    }

    private static List<ChunkOrder> Take(ChunkPlan plan, TimeSpan now = default)
    {
        var orders = new List<ChunkOrder>();
        while (plan.Next(now) is { } order) orders.Add(order);
        return orders;
    }

    private static Address[] Peers(int count) => [.. Enumerable.Range(1, count).Select(number => Address.FromBytes([.. new byte[19], (byte)number]))];
}
