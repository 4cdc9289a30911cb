using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class RewardTests
{
    private static readonly Amount Issued = Amount.FromNtk(100_000_000);

    [Fact]
    public void TheReferenceGainPaysAHundredThousandthOfTheSupply() =>
        Assert.Equal(Amount.FromNtk(1_000), RewardFormula.Of(Issued, 1_000, 25, 0));

    // L, gain: against the formula in floating point, written down anew.
    [Theory]
    [InlineData(4_294_967_296UL, 107_374_182UL)]
    [InlineData(4_294_967_296UL, 4_294_967UL)]
    [InlineData(4_294_967_296UL, 2_147_483_648UL)]
    [InlineData(70_368_744_177_664UL, 1_000_000_000UL)]
    [InlineData(5_000_000_000UL, 4_999_999_999UL)]
    public void ARewardIsProportionalToTheLogarithm(ulong loss, ulong gain)
    {
        var expected = 1_000 * Math.Log((double)loss / (loss - gain)) / Math.Log(1 / 0.975);
        var paid = (double)RewardFormula.Of(Issued, loss, gain, 0).Units / 1e18;
        Assert.InRange(paid / expected, 1 - 2e-5, 1 + 1e-7);
    }

    // Computed apart from this code, with 80 decimal digits.
    [Theory]
    [InlineData(4_294_967_296UL, 107_374_182UL, "1000000000000000000000")]
    [InlineData(4_294_967_296UL, 4_294_967UL, "39517644608203134775")]
    [InlineData(4_294_967_296UL, 2_147_483_648UL, "27377851405812698042335")]
    [InlineData(5_000_000_000UL, 4_999_999_999UL, "882094686220087652882560")]
    [InlineData(2_048_000_000UL, 1UL, "19123208294026")]
    public void RewardsAreTheSameEverywhere(ulong loss, ulong gain, string units) =>
        Assert.Equal(units, RewardFormula.Of(Issued, loss, gain, 0).Units.ToString());

    [Fact]
    public void SplittingAGainPaysNothing() =>
        Prop.ForAll(Gen.Choose(1_000_000, int.MaxValue).ToArbitrary(), Gen.Choose(1, 999).ToArbitrary(), Gen.Choose(1, 999).ToArbitrary(), (loss, a, b) =>
        {
            var start = (ulong)loss * 1_000;
            var middle = start * (ulong)(1_000 - a) / 1_000;
            var end = middle * (ulong)(1_000 - b) / 1_000;
            var parts = RewardFormula.Of(Issued, start, start - middle, 0) + RewardFormula.Of(Issued, middle, middle - end, 0);
            var whole = RewardFormula.Of(Issued, start, start - end, 0);
            // Three units of the logarithm, each worth issued / 100,000 / log(1000/975).
            var unit = new Amount(Issued.Units / 100_000 / 156_000_000);
            return parts <= whole + (unit * 3) && whole <= parts + (unit * 3);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AGreaterGainNeverPaysLess() =>
        Prop.ForAll<uint, uint>((a, b) =>
        {
            var (less, more) = (Math.Min(a, b), Math.Max(a, b));
            const ulong loss = 5_000_000_000;
            return RewardFormula.Of(Issued, loss, less, 0) <= RewardFormula.Of(Issued, loss, more, 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TheRewardHalvesWithTheHeight()
    {
        Amount At(ulong height) => RewardFormula.Of(Issued, 1_000, 25, height / 100);
        Assert.Equal(Amount.FromNtk(1_000), At(99));
        Assert.Equal(Amount.FromNtk(500), At(100));
        Assert.Equal(Amount.FromNtk(250), At(299));
        Assert.Equal(Amount.Zero, At(12_800));
        Assert.Equal(Amount.Zero, At(ulong.MaxValue));
    }

    [Fact]
    public void ExtremesDoNotOverflow()
    {
        var most = (ulong)Limits.EvaluationSamplesMax * Loss.UnitsMax;
        Assert.True(RewardFormula.Of(Issued, most, most, 1) < Issued);
        Assert.True(RewardFormula.Of(Issued, most, most - 1, 0) < Issued);
        Assert.Equal(Amount.Zero, RewardFormula.Of(Issued, 0, 0, 1));
        Assert.Throws<InvariantException>(() => RewardFormula.Of(Issued, 1, 2, 1));
    }

    [Fact]
    public void SharesAddUpAndFollowThePower() =>
        Prop.ForAll<ulong, NonEmptyArray<uint>>((amount, powers) =>
        {
            var attesters = powers.Get.Select((power, i) => new Validator(TrainingWorld.Key("a", i % 200).Address, (power % 1000) + 1UL)).ToArray();
            var shares = AttesterShares.Divide(new Amount(amount), attesters);
            var total = shares.Aggregate(Amount.Zero, (sum, share) => sum + share.Share);
            var power = attesters.Aggregate(0UL, (sum, a) => sum + a.Power);
            return total == new Amount(amount)
                && shares.Skip(1).Zip(attesters.Skip(1)).All(s => s.First.Share.Units == (UInt128)amount * s.Second.Power / power);
        }).QuickCheckThrowOnFailure();
}
