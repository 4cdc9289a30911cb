using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class BlobRetentionTests
{
    private const ulong Grace = 20;

    [Fact]
    public void WhatNobodyNeedsGoesAfterAWhile()
    {
        var retention = new BlobRetention(Grace);
        HeldBlob[] held = [Blob(1, 10), Blob(2, 10)];
        HashSet<BlobHash> needed = [held[1].Blob];
        for (ulong height = 5; height < 5 + Grace; height++) Assert.Empty(retention.Step(new Height(height), held, Needs(needed), long.MaxValue));
        Assert.Equal([held[0]], retention.Step(new Height(5 + Grace), held, Needs(needed), long.MaxValue));
    }

    [Fact]
    public void WhatIsNeededAgainBeginsAnew()
    {
        var retention = new BlobRetention(Grace);
        HeldBlob[] held = [Blob(1, 10)];
        Assert.Empty(retention.Step(new Height(1), held, Needs([]), long.MaxValue));
        Assert.Empty(retention.Step(new Height(1 + Grace), held, Needs([held[0].Blob]), long.MaxValue));
        Assert.Empty(retention.Step(new Height(2 + Grace), held, Needs([]), long.MaxValue));
        Assert.Equal(held, retention.Step(new Height(2 + (2 * Grace)), held, Needs([]), long.MaxValue));
    }

    [Fact]
    public void WhereRoomIsShortTheOldestGoAtOnceAndNoMoreThanIsNeeded()
    {
        var retention = new BlobRetention(Grace);
        HeldBlob[] first = [Blob(1, 30), Blob(2, 30)];
        Assert.Empty(retention.Step(new Height(1), first, Needs([]), 100));
        HeldBlob[] all = [Blob(4, 10), Blob(3, 40), .. first];
        Assert.Equal([first[0]], retention.Step(new Height(2), all, Needs([]), 100));
    }

    // What nobody needs before what is worth keeping, losers before winners, the older before the newer; and never what is needed.
    [Fact]
    public void WhatIsWorthKeepingGoesLastAndOldestFirst()
    {
        HeldBlob[] held = [Blob(1, 10), Blob(2, 10), Blob(3, 10), Blob(4, 10), Blob(5, 10), Blob(6, 10)];
        var needs = new BlobNeeds(
            new HashSet<BlobHash> { held[0].Blob },
            new Dictionary<BlobHash, SpareBlob>
            {
                [held[0].Blob] = new(true, new Height(1)),
                [held[1].Blob] = new(true, new Height(2)),
                [held[2].Blob] = new(true, new Height(3)),
                [held[3].Blob] = new(false, new Height(9)),
                [held[4].Blob] = new(false, new Height(8)),
            });
        HeldBlob[] order = [held[5], held[4], held[3], held[1], held[2]];
        for (var going = 0; going <= order.Length; going++)
            Assert.Equal(order.Take(going), new BlobRetention(Grace).Step(new Height(20), held, needs, 60 - (10 * going)));
        Assert.Equal(order, new BlobRetention(Grace).Step(new Height(20), held, needs, -1));
        Assert.Empty(new BlobRetention(Grace).Step(new Height(20), held, needs, long.MaxValue));
    }

    // Blobs come and go, are needed and are not, rooms are small, processes begin anew: what is needed is always there.
    [Fact]
    public void ABlobThatIsNeededIsNeverDeleted()
    {
        var deleted = 0;
        for (ulong seed = 0; seed < 300; seed++)
        {
            var draw = new SeededStream(seed);
            var bytesMax = 50 + (long)draw.NextBelow(2_000);
            var retention = new BlobRetention(Grace);
            var held = new Dictionary<BlobHash, HeldBlob>();
            var unneededSince = new Dictionary<BlobHash, ulong>();
            for (ulong height = 1; height < 120; height += 1 + draw.NextBelow(4))
            {
                var came = Blob((byte)draw.NextBelow(40), 1 + (long)draw.NextBelow(100));
                held[came.Blob] = came;
                if (draw.NextChance(1, 25)) (retention, unneededSince) = (new BlobRetention(Grace), []);
                var needed = held.Keys.Where(_ => draw.NextChance(1, 3)).ToHashSet();
                foreach (var blob in held.Keys)
                    if (needed.Contains(blob)) unneededSince.Remove(blob);
                    else unneededSince.TryAdd(blob, height);
                var before = held.Values.Sum(blob => blob.Bytes);
                var going = retention.Step(new Height(height), [.. held.Values], Needs(needed), bytesMax);
                deleted += going.Count;
                foreach (var blob in going)
                {
                    Assert.DoesNotContain(blob.Blob, needed);
                    Assert.True(before > bytesMax || unneededSince[blob.Blob] + Grace <= height, "it went although there was room and time");
                    Assert.True(held.Remove(blob.Blob));
                    unneededSince.Remove(blob.Blob);
                }

                Assert.DoesNotContain(unneededSince, entry => entry.Value + Grace <= height); // and nothing stays for ever
                if (before > bytesMax) Assert.True(held.Values.Sum(blob => blob.Bytes) <= bytesMax || unneededSince.Count == 0);
            }
        }

        Assert.True(deleted > 1_000);
    }

    private static BlobNeeds Needs(HashSet<BlobHash> needed) => new(needed, new Dictionary<BlobHash, SpareBlob>());

    private static HeldBlob Blob(byte number, long bytes) => new(new BlobHash(Hash256.FromBytes([number, .. new byte[31]])), bytes);
}
