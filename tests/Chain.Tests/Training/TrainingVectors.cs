using System.Globalization;

namespace NeuroChain.Chain.Tests;

/// <summary>The vectors of tests/vectors/training, which were made by exact arithmetic elsewhere.</summary>
public sealed class TrainingVectors
{
    [Fact]
    public void ZIsCorrectedAsTheVectorsSay()
    {
        var rows = TrainingVectorFile.Read("z");
        Assert.True(rows.Count > 40);
        foreach (var row in rows)
            Assert.Equal(row.GetProperty("corrected").GetUInt32(), ZCorrection.Of(row.GetProperty("z").GetUInt32(), row.GetProperty("bits").GetUInt32()));
    }

    [Fact]
    public void TheRequiredGainMovesAsTheVectorsSay()
    {
        var rows = TrainingVectorFile.Read("retarget");
        Assert.True(rows.Count > 60);
        foreach (var row in rows)
        {
            var anchor = new GainAnchor(
                new Height(row.GetProperty("anchor_height").GetUInt64()),
                row.GetProperty("gain").GetUInt32(),
                row.GetProperty("anchor_certified").GetUInt64(),
                row.GetProperty("tau").GetUInt64());
            var required = GainRetarget.Of(anchor, row.GetProperty("certified").GetUInt64(), new Height(row.GetProperty("height").GetUInt64()), row.GetProperty("target").GetUInt64());
            Assert.Equal(row.GetProperty("required").GetUInt32(), required);
        }
    }

    [Fact]
    public void MoreImprovementsNeverMakeTheNextOneEasierNorMoreBlocksHarder()
    {
        var anchor = new GainAnchor(new Height(100), 25_000, 7, 600);
        for (var blocks = 0UL; blocks < 6_000; blocks += 7)
            for (var certified = 0UL; certified < 20; certified++)
            {
                var gain = GainRetarget.Of(anchor, 7 + certified, new Height(100 + blocks), 60);
                Assert.True(GainRetarget.Of(anchor, 8 + certified, new Height(100 + blocks), 60) >= gain);
                Assert.True(GainRetarget.Of(anchor, 7 + certified, new Height(101 + blocks), 60) <= gain);
            }
    }

    [Fact]
    public void AGainIsPaidAsTheVectorsSay()
    {
        var rows = TrainingVectorFile.Read("paid");
        Assert.True(rows.Count > 100);
        foreach (var row in rows)
        {
            var statistics = new GainStatistics(
                row.GetProperty("samples").GetUInt32(),
                Int128.Parse(row.GetProperty("sum").GetString()!, CultureInfo.InvariantCulture),
                UInt128.Parse(row.GetProperty("squares").GetString()!, CultureInfo.InvariantCulture));
            Assert.Equal(row.GetProperty("paid").GetUInt64(), statistics.PaidSum(row.GetProperty("errors").GetUInt32()));
        }
    }

    [Theory]
    [InlineData(0u, 1UL, 8u, 0u)] // one candidate, nobody to collude
    [InlineData(1u, 1UL, 8u, 1u)]
    [InlineData(1u, 2UL, 8u, 2u)]
    [InlineData(1u, 3UL, 8u, 3u)]
    [InlineData(1u, 4UL, 8u, 3u)]
    [InlineData(1u, 5UL, 8u, 4u)]
    [InlineData(33u, 256UL, 8u, 41u)]
    [InlineData(33u, 257UL, 8u, 41u)]
    [InlineData(0u, ulong.MaxValue, 20u, 20u)]
    public void EachDoublingOfTheTriesIsABit(uint colluders, ulong tries, uint most, uint bits) => Assert.Equal(bits, ZCorrection.Bits(colluders, tries, most));
}
