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
