using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

public sealed class BlobRetentionTests
{
    private const ulong Grace = 20;

    [Fact]
    public void WhatNobodyNeedsGoesAfterAWhile()
    {
        var retention = new BlobRetention(Grace, long.MaxValue);
        HeldBlob[] held = [Blob(1, 10), Blob(2, 10)];
        HashSet<BlobHash> needed = [held[1].Blob];
        for (ulong height = 5; height < 5 + Grace; height++) Assert.Empty(retention.Step(new Height(height), held, needed));
        Assert.Equal([held[0]], retention.Step(new Height(5 + Grace), held, needed));
    }

    [Fact]
    public void WhatIsNeededAgainBeginsAnew()
    {
        var retention = new BlobRetention(Grace, long.MaxValue);
        HeldBlob[] held = [Blob(1, 10)];
        Assert.Empty(retention.Step(new Height(1), held, new HashSet<BlobHash>()));
        Assert.Empty(retention.Step(new Height(1 + Grace), held, new HashSet<BlobHash> { held[0].Blob }));
        Assert.Empty(retention.Step(new Height(2 + Grace), held, new HashSet<BlobHash>()));
        Assert.Equal(held, retention.Step(new Height(2 + (2 * Grace)), held, new HashSet<BlobHash>()));
    }

    [Fact]
    public void WhereRoomIsShortTheOldestGoAtOnceAndNoMoreThanIsNeeded()
    {
        var retention = new BlobRetention(Grace, 100);
        HeldBlob[] first = [Blob(1, 30), Blob(2, 30)];
        Assert.Empty(retention.Step(new Height(1), first, new HashSet<BlobHash>()));
        HeldBlob[] all = [Blob(4, 10), Blob(3, 40), .. first];
        Assert.Equal([first[0]], retention.Step(new Height(2), all, new HashSet<BlobHash>()));
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
            var retention = new BlobRetention(Grace, bytesMax);
            var held = new Dictionary<BlobHash, HeldBlob>();
            var unneededSince = new Dictionary<BlobHash, ulong>();
            for (ulong height = 1; height < 120; height += 1 + draw.NextBelow(4))
            {
                var came = Blob((byte)draw.NextBelow(40), 1 + (long)draw.NextBelow(100));
                held[came.Blob] = came;
                if (draw.NextChance(1, 25)) (retention, unneededSince) = (new BlobRetention(Grace, bytesMax), []);
                var needed = held.Keys.Where(_ => draw.NextChance(1, 3)).ToHashSet();
                foreach (var blob in held.Keys)
                    if (needed.Contains(blob)) unneededSince.Remove(blob);
                    else unneededSince.TryAdd(blob, height);
                var before = held.Values.Sum(blob => blob.Bytes);
                var going = retention.Step(new Height(height), [.. held.Values], needed);
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

    private static HeldBlob Blob(byte number, long bytes) => new(new BlobHash(Hash256.FromBytes([number, .. new byte[31]])), bytes);
}
