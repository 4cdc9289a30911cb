using System.Collections.Immutable;

namespace NeuroChain.Chain.Tests;

public sealed class SealedDrawTests
{
    private static readonly Address Anna = Of(1), Ben = Of(2), Cleo = Of(3);

    [Fact]
    public void EachClassOfEachSupplierGivesAnEqualPart()
    {
        var drawn = Draw([Set(Anna, 100, 100), Set(Ben, 100, 100)], 40, 40);
        Assert.Equal(40, drawn.Length);
        foreach (var set in new[] { 0, 1 })
        {
            Assert.Equal(10, drawn.Count(one => one.Set == set && one.Sample < 100));
            Assert.Equal(10, drawn.Count(one => one.Set == set && one.Sample >= 100));
        }
    }

    [Fact]
    public void NoSupplierGivesMoreThanItsCapWhateverTheNumberOfItsSets()
    {
        var drawn = Draw([Set(Anna, 50, 50), Set(Anna, 50, 50), Set(Anna, 50, 50), Set(Ben, 3, 3)], 60, 20);
        Assert.Equal(20, drawn.Count(one => one.Set < 3));
        Assert.Equal(6, drawn.Count(one => one.Set == 3));
        Assert.Equal(26, drawn.Length);
    }

    [Fact]
    public void WhatAClassHasNotOthersGive()
    {
        var drawn = Draw([Set(Anna, 2, 100, 0, 100)], 22, 100);
        Assert.Equal(2, drawn.Count(one => one.Sample < 2));
        Assert.Equal(10, drawn.Count(one => one.Sample is >= 2 and < 102));
        Assert.Equal(10, drawn.Count(one => one.Sample >= 102));
    }

    [Fact]
    public void WhatWasUsedIsNotDrawnAgain()
    {
        var used = new bool[40];
        for (var i = 0; i < 40; i++) used[i] = i % 4 != 0;
        var drawn = Draw([new DrawableSet(Anna, [20, 20], used)], 40, 40);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 4 * i), drawn.Select(one => one.Sample));
    }

    [Fact]
    public void EverySampleHasTheSameChanceAndTheSeedDecides()
    {
        var counts = new int[60];
        for (var i = 0; i < 3_000; i++)
            foreach (var one in SealedDraw.Draw(Hash256.Sha256([(byte)(i & 255), (byte)(i >> 8)]), [Set(Anna, 10, 10), Set(Ben, 20, 20)], 12, 100))
                counts[(one.Set * 20) + one.Sample]++;
        // Of Anna 3 of each 10, of Ben 3 of each 20; five standard deviations.
        for (var i = 0; i < 60; i++)
        {
            var chance = i < 20 ? 0.3 : 0.15;
            Assert.InRange(counts[i], (3_000 * chance) - (5 * Math.Sqrt(3_000 * chance * (1 - chance))), (3_000 * chance) + (5 * Math.Sqrt(3_000 * chance * (1 - chance))));
        }

        Assert.Equal(Draw([Set(Anna, 50, 50)], 20, 20).AsEnumerable(), Draw([Set(Anna, 50, 50)], 20, 20).AsEnumerable());
    }

    [Fact]
    public void DrawsAreDistinctAscendingAndWithinBoundsWhateverThereIs()
    {
        var stream = new SeededStream(7);
        for (var i = 0; i < 300; i++)
        {
            var sets = Enumerable.Range(0, (int)stream.NextBelow(5)).Select(_ => AnySet(stream)).ToList();
            var (count, cap) = ((int)stream.NextBelow(60), (int)stream.NextBelow(40));
            var drawn = SealedDraw.Draw(stream.NextHash(), sets, count, cap);
            Assert.Equal(drawn.Distinct().Order(), drawn);
            Assert.All(drawn, one => Assert.False(sets[one.Set].IsUsed[one.Sample]));
            var bySupplier = sets.Select((set, number) => (set, number)).GroupBy(one => one.set.Supplier)
                .Select(own => (Free: own.Sum(one => one.set.IsUsed.Count(used => !used)), Drawn: drawn.Count(d => sets[d.Set].Supplier == own.Key))).ToList();
            Assert.All(bySupplier, one => Assert.True(one.Drawn <= cap));
            Assert.Equal(Math.Min(count, bySupplier.Sum(one => Math.Min(cap, one.Free))), drawn.Length);
            // As equal as bounds allow: who has less than another has all it may have.
            foreach (var one in bySupplier)
                if (one.Drawn < Math.Min(cap, one.Free))
                    Assert.All(bySupplier, other => Assert.True(other.Drawn <= one.Drawn + 1));
        }
    }

    [Fact]
    public void TheOrderMixesAllAndLeavesPlainDrawsAlone()
    {
        int[] others = [5, 9, 13, 2];
        Assert.Equal(others, SealedOrder.Mix(Hash256.Sha256([1]), 0, others));
        var mixed = SealedOrder.Mix(Hash256.Sha256([1]), 3, others);
        Assert.Equal([-3, -2, -1, 2, 5, 9, 13], mixed.Order());
        Assert.Equal(mixed, SealedOrder.Mix(Hash256.Sha256([1]), 3, others));
        var firsts = Enumerable.Range(0, 700).Count(i => SealedOrder.Mix(Hash256.Sha256([(byte)(i & 255), (byte)(i >> 8)]), 3, others)[0] < 0);
        Assert.InRange(firsts, 235, 365); // 3 of 7, five standard deviations
    }

    private static ImmutableArray<DrawnSample> Draw(IReadOnlyList<DrawableSet> sets, int count, int cap) => SealedDraw.Draw(Hash256.Sha256([42]), sets, count, cap);

    private static DrawableSet Set(Address supplier, params uint[] classes) => new(supplier, [.. classes], new bool[classes.Sum(count => count)]);

    private static DrawableSet AnySet(SeededStream stream)
    {
        ImmutableArray<uint> classes = [.. Enumerable.Range(0, 3).Select(_ => (uint)stream.NextBelow(12))];
        var supplier = new[] { Anna, Ben, Cleo }[(int)stream.NextBelow(3)];
        return new DrawableSet(supplier, classes, [.. Enumerable.Range(0, (int)classes.Sum(count => count)).Select(_ => stream.NextChance(1, 3))]);
    }

    private static Address Of(byte number) => Address.FromBytes([.. new byte[19], number]);
}
