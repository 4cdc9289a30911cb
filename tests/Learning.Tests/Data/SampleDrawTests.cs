using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Learning.Tests;

public sealed class SampleDrawTests
{
    [Fact]
    public void DrawnSamplesAreDistinctAndInside() =>
        Prop.ForAll<byte, ushort, ushort>((seed, a, b) =>
        {
            var (count, population) = (Math.Min(a, b), Math.Max(a, b));
            var drawn = SampleDraw.Draw(Samples.Seed(seed), count, population);
            return drawn.Length == count && drawn.Distinct().Count() == count && drawn.All(index => index >= 0 && index < population);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AFullDrawIsAPermutation() =>
        Assert.Equal(Samples.Range(1000), SampleDraw.Draw(Samples.Seed(1), 1000, 1000).Order());

    [Fact]
    public void AShorterDrawIsTheBeginningOfALongerOne() =>
        Assert.Equal(SampleDraw.Draw(Samples.Seed(2), 500, 10_000)[..100], SampleDraw.Draw(Samples.Seed(2), 100, 10_000));

    [Fact]
    public void TheDrawNeverChanges() =>
        Assert.Equal("53167 52505 45725 25210 56154 23135 37151 2477", string.Join(' ', SampleDraw.Draw(Samples.Seed(3), 8, 60_000)));

    [Fact]
    public void EverySampleIsDrawnEquallyOften()
    {
        var hits = new int[20];
        for (var round = 0; round < 250; round++)
            foreach (var index in SampleDraw.Draw(NeuroChain.Chain.Hash256.Sha256([4, (byte)round]), 8, 20))
                hits[index]++;
        // 100 expected each, standard deviation 7.7.
        Assert.All(hits, count => Assert.InRange(count, 65, 135));
    }
}
