using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class EvaluationQueueTests
{
    private static readonly Hash256 Heavy = Hash256.Sha256([1]);

    private static readonly Hash256 Light = Hash256.Sha256([2]);

    [Fact]
    public void ALightTaskDoesNotWaitBehindAllThatAHeavyOneAsks()
    {
        var queue = new EvaluationQueue();
        var heavy = Enumerable.Range(0, 4).Select(_ => queue.Ask(Heavy, 100)).ToArray();
        var light = Enumerable.Range(0, 4).Select(_ => queue.Ask(Light, 10)).ToArray();
        var order = Enumerable.Range(0, 8).Select(_ => queue.Next()!.Value).ToArray();
        Assert.Equal([heavy[0], .. light, .. heavy[1..]], order);
        Assert.Null(queue.Next());
    }

    [Fact]
    public void WhoWasIdleHasSavedUpNothing()
    {
        var queue = new EvaluationQueue();
        for (var i = 0; i < 10; i++)
        {
            queue.Ask(Heavy, 100);
            queue.Ask(Heavy, 100);
            Assert.NotNull(queue.Next());
        }

        // Ten requests of the other are still waiting; the newcomer is not done all at once before them.
        var late = Enumerable.Range(0, 3).Select(_ => queue.Ask(Light, 100)).ToHashSet();
        var order = Enumerable.Range(0, 3).Select(_ => queue.Next()!.Value).ToList();
        Assert.True(order.Count(late.Contains) < 3);
    }

    [Fact]
    public void WhatIsForgottenIsNeitherDoneNorCharged()
    {
        var queue = new EvaluationQueue();
        var first = queue.Ask(Heavy, 5);
        var gone = queue.Ask(Heavy, 1_000);
        queue.Forget(gone);
        queue.Forget(gone);
        var second = queue.Ask(Heavy, 5);
        var light = queue.Ask(Light, 50);
        Assert.Equal([first, light, second], Enumerable.Range(0, 3).Select(_ => queue.Next()!.Value));
        Assert.Equal(0, queue.Count);
    }

    /// <summary>A request of no weight is one of the least: a task that asks for nothing again and again would else never end.</summary>
    [Fact]
    public void NothingIsFree()
    {
        var queue = new EvaluationQueue();
        var light = queue.Ask(Light, 2);
        var second = queue.Ask(Light, 2);
        var free = Enumerable.Range(0, 10).Select(_ => queue.Ask(Heavy, 0)).ToArray();
        var order = Enumerable.Range(0, 12).Select(_ => queue.Next()!.Value).ToList();
        Assert.Equal(light, order[0]);
        Assert.True(order.IndexOf(second) < 5, string.Join(' ', order));
        Assert.Equal(free, order.Where(free.Contains));
    }

    /// <summary>
    /// Ten thousand rounds of tasks with models of very different size: tasks that always have something waiting are done the same work up to one request of
    /// each, and none waits for more of another than one request of its own and one of that.
    /// </summary>
    [Theory]
    [InlineData(1UL)]
    [InlineData(2UL)]
    [InlineData(3UL)]
    public void TasksThatAlwaysAskHaveEqualShares(ulong seed)
    {
        const int tasks = 5, rounds = 10_000;
        var stream = new SeededStream(seed);
        var ids = Enumerable.Range(0, tasks).Select(i => Hash256.Sha256([(byte)i])).ToArray();
        // The first three always ask, the others now and then: these may not take more than their share either.
        var most = Enumerable.Range(0, tasks).Select(i => 1UL << (4 * i)).ToArray();
        var queue = new EvaluationQueue();
        var waiting = new Dictionary<ulong, (int Task, ulong Work, UInt128[] Done)>();
        var done = new UInt128[tasks];
        var last = new ulong[tasks];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < tasks; i++)
            {
                if (waiting.Values.Any(one => one.Task == i) || (i >= 3 && !stream.NextChance(1, 50))) continue;
                var work = 1 + stream.NextBelow(most[i]);
                waiting.Add(queue.Ask(ids[i], work), (i, work, [.. done]));
            }

            Assert.True(waiting.Remove(queue.Next()!.Value, out var served));
            var (task, weight, before) = served;
            for (var other = 0; other < tasks; other++)
                if (other != task)
                    Assert.True(done[other] - before[other] <= (UInt128)last[task] + most[other], $"task {task} waited too long for {other}");
            done[task] += weight;
            last[task] = weight;
            for (var one = 0; one < 3; one++)
                for (var other = 0; other < one; other++)
                    Assert.True(UInt128.Max(done[one], done[other]) - UInt128.Min(done[one], done[other]) <= (UInt128)most[one] + most[other], $"{done[one]} for {one}, {done[other]} for {other}");
        }

        Assert.All(Enumerable.Range(0, tasks), i => Assert.True(done[i] > 0));
    }
}
