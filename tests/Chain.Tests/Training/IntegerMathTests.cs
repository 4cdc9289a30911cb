using System.Numerics;
using FsCheck;
using FsCheck.Fluent;

namespace NeuroChain.Chain.Tests;

public sealed class IntegerMathTests
{
    private static readonly Gen<UInt128> Numbers =
        from high in ArbMap.Default.GeneratorFor<ulong>()
        from low in ArbMap.Default.GeneratorFor<ulong>()
        from shift in Gen.Choose(0, 128)
        from edge in Gen.Choose(0, 9)
        select edge switch
        {
            0 => UInt128.MaxValue,
            1 => shift >= 128 ? UInt128.Zero : UInt128.One << shift,
            2 => shift >= 128 ? UInt128.Zero : (UInt128.One << shift) - 1,
            _ => shift >= 128 ? UInt128.Zero : new UInt128(high * 0x9e3779b9UL % ulong.MaxValue, low) >> shift,
        };

    [Fact]
    public void ProductsAreExact() =>
        ForAll((a, b, _) =>
        {
            var (high, low) = IntegerMath.Multiply(a, b);
            return ((BigInteger)high << 128) + (BigInteger)low == (BigInteger)a * (BigInteger)b;
        });

    [Fact]
    public void QuotientsOfProductsAreExactOrDoNotFit() =>
        ForAll((a, b, divisor) =>
        {
            if (divisor == UInt128.Zero) return true;
            var expected = (BigInteger)a * (BigInteger)b / (BigInteger)divisor;
            try
            {
                return IntegerMath.MultiplyDivide(a, b, divisor) == expected;
            }
            catch (OverflowException)
            {
                return expected > (BigInteger)UInt128.MaxValue;
            }
        });

    [Fact]
    public void NothingIsDividedByZero()
    {
        Assert.ThrowsAny<ArithmeticException>(() => IntegerMath.MultiplyDivide(1, 1, 0));
        Assert.ThrowsAny<ArithmeticException>(() => IntegerMath.MultiplyDivide(UInt128.MaxValue, UInt128.MaxValue, 0));
    }

    [Fact]
    public void ARootIsTheGreatestWhoseSquareFits() =>
        ForAll((value, _, _) =>
        {
            var (floor, ceiling) = ((BigInteger)IntegerMath.SqrtFloor(value), (BigInteger)IntegerMath.SqrtCeiling(value));
            var wanted = (BigInteger)value;
            return floor * floor <= wanted && (floor + 1) * (floor + 1) > wanted && ceiling * ceiling >= wanted && ceiling - floor == (floor * floor == wanted ? 0 : 1);
        });

    [Fact]
    public void RootsOfSmallNumbersAndOfTheGreatest()
    {
        for (var root = 0u; root < 300; root++)
            for (var value = root * root; value <= (root * root) + (2 * root); value++)
                Assert.Equal((UInt128)root, IntegerMath.SqrtFloor(value));
        Assert.Equal((UInt128)ulong.MaxValue, IntegerMath.SqrtFloor(UInt128.MaxValue));
        Assert.Equal((UInt128)ulong.MaxValue + 1, IntegerMath.SqrtCeiling(UInt128.MaxValue));
    }

    [Fact]
    public void CeilingsRoundUp() =>
        ForAll((value, divisor, _) => divisor == UInt128.Zero
            || (BigInteger)IntegerMath.DivCeiling(value, divisor) == ((BigInteger)value + (BigInteger)divisor - 1) / (BigInteger)divisor);

    [Fact]
    public void LogarithmsAgreeWithFloatingPoint() =>
        Prop.ForAll<ulong, ulong>((a, b) =>
        {
            if (Ratio(a, b) is not var (numerator, denominator)) return true;
            var exact = Math.Log2((double)numerator / denominator) * 4_294_967_296;
            var fixedPoint = (double)IntegerMath.Log2Fixed32(numerator, denominator);
            return Math.Abs(fixedPoint - exact) <= 2 + (1e-6 * exact);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));

    [Fact]
    public void ALogarithmIsAtMostOneBelowTheFloorAndNeverAboveIt()
    {
        // 2^(bits / 2^32) compared with the ratio by raising both to 2^32 is out of reach, but the bound is testable where the logarithm of a
        // power is known: log(r^8) lies between 8 log(r) and 8 log(r) + 8.
        Prop.ForAll(Gen.Choose(1, 255).ToArbitrary(), Gen.Choose(1, 255).ToArbitrary(), (a, b) =>
        {
            var (more, less) = ((ulong)Math.Max(a, b), (ulong)Math.Min(a, b));
            var one = IntegerMath.Log2Fixed32(more, less);
            var eight = IntegerMath.Log2Fixed32(Power8(more), Power8(less));
            return eight + 1 >= one * 8 && eight <= (one * 8) + 16;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000));
    }

    [Fact]
    public void LogarithmsRise() =>
        Prop.ForAll<ulong, ulong>((a, b) =>
        {
            if (Ratio(a, b) is not var (numerator, denominator) || numerator == ulong.MaxValue) return true;
            return IntegerMath.Log2Fixed32(numerator + 1, denominator) >= IntegerMath.Log2Fixed32(numerator, denominator);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void PowersOfTwoAreExact()
    {
        for (var shift = 0; shift < 64; shift++)
            Assert.Equal((ulong)shift << 32, IntegerMath.Log2Fixed32(1UL << shift, 1));
        Assert.Equal(0UL, IntegerMath.Log2Fixed32(ulong.MaxValue, ulong.MaxValue));
        Assert.Equal((64UL << 32) - 1, IntegerMath.Log2Fixed32(ulong.MaxValue, 1));
    }

    // Floors of 2^32 log2(n / d), computed apart from this code with 80 decimal digits.
    [Theory]
    [InlineData(1000UL, 975UL, 156_877_442UL)]
    [InlineData(3UL, 2UL, 2_512_394_809UL)]
    [InlineData(10UL, 1UL, 14_267_572_527UL)]
    [InlineData(4_294_967_296UL, 4_290_672_329UL, 6_199_427UL)]
    [InlineData(5_000_000_000UL, 1UL, 138_380_757_976UL)]
    public void LogarithmsAreTheSameEverywhere(ulong numerator, ulong denominator, ulong expected) =>
        Assert.Equal(expected, IntegerMath.Log2Fixed32(numerator, denominator));

    [Fact]
    public void ARatioBelowOneHasNoLogarithmHere()
    {
        Assert.Throws<InvariantException>(() => IntegerMath.Log2Fixed32(1, 2));
        Assert.Throws<InvariantException>(() => IntegerMath.Log2Fixed32(1, 0));
    }

    private static void ForAll(Func<UInt128, UInt128, UInt128, bool> holds) =>
        Prop.ForAll(Numbers.ToArbitrary(), Numbers.ToArbitrary(), Numbers.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));

    private static (ulong Numerator, ulong Denominator)? Ratio(ulong a, ulong b) => Math.Min(a, b) == 0 ? null : (Math.Max(a, b), Math.Min(a, b));

    private static ulong Power8(ulong value) => value * value * value * value * value * value * value * value;
}
