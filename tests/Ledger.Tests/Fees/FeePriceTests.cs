using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>The price of a cost unit: an eighth at most either way, and a floor.</summary>
public sealed class FeePriceTests
{
    private static readonly FeeParameters Fees = new() { BaseFeeMin = new Amount(1_000_000), BlockCostMax = 100_000 };

    private static readonly Amount Price = new(80_000_000);

    [Theory]
    [InlineData(100_000UL, 90_000_000UL)] // full: an eighth more
    [InlineData(50_000UL, 80_000_000UL)] // half full: as it was
    [InlineData(0UL, 70_000_000UL)] // empty: an eighth less
    [InlineData(75_000UL, 85_000_000UL)]
    [InlineData(25_000UL, 75_000_000UL)]
    [InlineData(50_001UL, 80_000_200UL)]
    [InlineData(ulong.MaxValue, 90_000_000UL)]
    public void ItFollowsTheFullnessOfTheBlock(ulong cost, ulong next) => Assert.Equal(new Amount(next), FeePrice.Next(Price, cost, Fees));

    [Fact]
    public void ItMovesByAnEighthAtMostWhateverTheBlock()
    {
        var stream = new SeededStream(3);
        for (var i = 0; i < 2_000; i++)
        {
            var fees = Fees with { BlockCostMax = 100_000 + (uint)stream.NextBelow(1_000_000) };
            var price = new Amount(1_000_000 + (UInt128)stream.NextBelow(1UL << 50));
            var cost = stream.NextBelow(fees.BlockCostMax + 1UL);
            var next = FeePrice.Next(price, cost, fees);
            var eighth = Amount.DivRem(price, 8).Quotient;
            Assert.True(next <= price + eighth && next + eighth >= price);
            var target = fees.BlockCostMax / 2;
            if (cost > target) Assert.True(next > price);
            else Assert.True(next <= price && next >= fees.BaseFeeMin);
        }
    }

    [Fact]
    public void ASmallPriceStillRises()
    {
        var fees = Fees with { BaseFeeMin = new Amount(1) };
        Assert.Equal(new Amount(2), FeePrice.Next(new Amount(1), 50_001, fees));
        Assert.Equal(new Amount(1), FeePrice.Next(new Amount(1), 0, fees));
    }

    [Fact]
    public void ItNeverFallsBelowTheFloor()
    {
        var price = Price;
        for (var i = 0; i < 100; i++)
        {
            price = FeePrice.Next(price, 0, Fees);
            Assert.True(price >= Fees.BaseFeeMin);
        }

        Assert.Equal(Fees.BaseFeeMin, price);
        Assert.Equal(new Amount(5_000_000), FeePrice.Next(new Amount(1_000_000), 0, Fees with { BaseFeeMin = new Amount(5_000_000) })); // a floor that was raised
    }

    [Fact]
    public void ItStopsWhereNobodyCouldPay()
    {
        var price = Price;
        for (var i = 0; i < 1_000; i++) price = FeePrice.Next(price, 100_000, Fees);
        Assert.Equal(Amount.FromNtk(100), price);
    }
}
