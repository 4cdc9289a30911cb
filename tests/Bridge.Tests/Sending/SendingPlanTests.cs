using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Each branch of the plan, without a network.</summary>
public sealed class SendingPlanTests
{
    private const ulong Gwei = 1_000_000_000, ChainId = 31_337, Gas = 100_000;

    private static readonly PrivateKey Key = PrivateKey.FromSeed(Words.Of(77));
    private static readonly SendingOptions Options = new() { TipWei = Gwei, FeeCapWei = 100 * (UInt128)Gwei, ReplaceAfterBlocks = 10, Confirmations = 2 };
    private static readonly SendingWish Send = new SendingWish.Send("release", new EthereumCall(Key.Address, PrivateKey.FromSeed(Words.Of(78)).Address, new byte[] { 1, 2, 3 }));
    private static readonly SendingWish GoOn = new SendingWish.GoOn();

    // Block 100, base fee 10 gwei, nonce 5, a hundred ether.
    private static readonly SendingView View = new(100, 10 * (UInt128)Gwei, 5, 5, new UInt256(100 * Amount.UnitsPerNtk), null);

    [Fact]
    public void NothingIsDoneWhereNothingIsWanted() => Assert.IsType<SendingStep.Nothing>(Next(SendingState.Empty, View, GoOn));

    [Fact]
    public void ANewTransactionOffersTwiceTheBaseFeeAndTheTip()
    {
        var made = Assert.IsType<SendingStep.Sign>(Next(SendingState.Empty, View, Send)).Transaction;
        Assert.Equal((EthereumTransactionType.DynamicFee, ChainId, 5UL, Gas), (made.Type, made.ChainId!.Value, made.Nonce, made.GasLimit));
        Assert.Equal((UInt128)21 * Gwei, made.MaxFeePerGas.Low);
        Assert.Equal((UInt128)Gwei, made.MaxPriorityFeePerGas.Low);
        Assert.Equal([1, 2, 3], made.Data.ToArray());
    }

    [Theory]
    [InlineData(50, 100)] // twice would be above the cap
    [InlineData(99, 100)] // just enough for the next block
    [InlineData(49, 99)]
    public void TheOfferEndsAtTheCap(int baseGwei, int maxGwei)
    {
        var made = Assert.IsType<SendingStep.Sign>(Next(SendingState.Empty, View with { BaseFee = (UInt128)baseGwei * Gwei }, Send)).Transaction;
        Assert.Equal((UInt128)maxGwei * Gwei, made.MaxFeePerGas.Low);
    }

    [Fact]
    public void AboveTheCapNothingIsSent()
    {
        Waits(SendingWait.FeesAboveCap, Next(SendingState.Empty, View with { BaseFee = (99 * (UInt128)Gwei) + 1 }, Send));
        Waits(SendingWait.FeesAboveCap, Next(SendingState.Empty, View with { BaseFee = UInt128.MaxValue }, Send));
    }

    [Fact]
    public void WithoutEtherItWaitsAndSaysHowMuchIsNeeded()
    {
        var needed = Gas * 21 * (UInt128)Gwei;
        Assert.IsType<SendingStep.Sign>(Next(SendingState.Empty, View with { Balance = new UInt256(needed) }, Send));
        var wait = Waits(SendingWait.EmptyBalance, Next(SendingState.Empty, View with { Balance = new UInt256(needed - 1) }, Send));
        Assert.Equal("0.0021 ether are needed, there are 0.002099999999999999", wait.Detail);
    }

    [Fact]
    public void WhatSomebodyElseSentWithTheKeyIsWaitedFor() => Waits(SendingWait.ForeignTransaction, Next(SendingState.Empty, View with { PoolNonce = 7 }, Send));

    [Fact]
    public void ASecondPayloadNeverTakesTheNonceOfAnOpenOne()
    {
        var other = new SendingWish.Send("another", new EthereumCall(Key.Address, Key.Address, new byte[] { 9 }));
        var open = Sent(View);
        Waits(SendingWait.Pending, Next(open, View with { PoolNonce = 6 }, other));
        for (var block = 100UL; block < 130; block++)
            if (Next(open, View with { Block = block, PoolNonce = 6 }, other) is SendingStep.Sign again)
                Assert.Equal([1, 2, 3], again.Transaction.Data.ToArray());
    }

    [Fact]
    public void WhatThePoolDoesNotHaveIsHandedOverAgain()
    {
        var open = Sent(View);
        var repeated = Assert.IsType<SendingStep.Repeat>(Next(open, View, GoOn)); // as after a crash before the hand-over
        Assert.Equal(open.Open!.Last.Hash, repeated.Signed.Hash);
    }

    [Fact]
    public void WhatOffersLessThanBlocksCostIsNotHandedOverAgainButRaised()
    {
        var open = Sent(View);
        var dear = View with { BaseFee = 22 * (UInt128)Gwei };
        Waits(SendingWait.Pending, Next(open, dear, GoOn));
        Assert.IsType<SendingStep.Sign>(Next(open, dear with { Block = 110 }, GoOn));
        Waits(SendingWait.FeesAboveCap, Next(Sent(View with { BaseFee = 50 * (UInt128)Gwei }), View with { Block = 110, BaseFee = 101 * (UInt128)Gwei }, GoOn));
    }

    [Fact]
    public void AfterSomeBlocksItIsReplacedForAnEighthMore()
    {
        var open = Sent(View);
        var pending = View with { PoolNonce = 6 };
        Waits(SendingWait.Pending, Next(open, pending with { Block = 109 }, GoOn));
        var raised = Assert.IsType<SendingStep.Sign>(Next(open, pending with { Block = 110 }, GoOn)).Transaction;
        Assert.Equal(5UL, raised.Nonce);
        Assert.Equal(open.Open!.Last.Transaction.Data.ToArray(), raised.Data.ToArray());
        Assert.Equal((UInt128)23_625_000_000, raised.MaxFeePerGas.Low); // 21 * 9 / 8
        Assert.Equal((UInt128)1_125_000_000, raised.MaxPriorityFeePerGas.Low);

        // Where the base fee rose the new offer follows it.
        raised = Assert.IsType<SendingStep.Sign>(Next(open, pending with { Block = 110, BaseFee = 40 * (UInt128)Gwei }, GoOn)).Transaction;
        Assert.Equal((80 * (UInt128)Gwei) + 1_125_000_000, raised.MaxFeePerGas.Low);
    }

    [Fact]
    public void ReplacementsAlwaysPayAnEighthMoreThanTheLastAndEndAtTheCap()
    {
        var (state, view) = (Sent(View), View with { PoolNonce = 6 });
        for (var i = 0; ; i++)
        {
            Assert.True(i < OpenTransaction.AttemptsMax);
            view = view with { Block = view.Block + 10 };
            if (Next(state, view, GoOn) is not SendingStep.Sign raise)
            {
                Waits(SendingWait.FeesAboveCap, Next(state, view, GoOn));
                break;
            }

            var (last, next) = (state.Open!.Last.Fees, new GasFees(raise.Transaction.MaxFeePerGas.Low, raise.Transaction.MaxPriorityFeePerGas.Low));
            Assert.True(next.Max * 8 >= last.Max * 9);
            Assert.True(next.Tip * 8 >= last.Tip * 9);
            Assert.True(next.Tip <= next.Max);
            Assert.True(next.Max <= Options.FeeCapWei);
            state = state.Noting("release", new SendingAttempt(raise.Transaction.Sign(Key), view.Block));
        }

        Assert.True(state.Open!.Attempts.Length > 10);
        Assert.Single(state.Open.Attempts.Select(attempt => attempt.Transaction.Nonce).Distinct());
    }

    [Fact]
    public void AReplacementThatCannotBePaidWaits() =>
        Waits(SendingWait.EmptyBalance, Next(Sent(View), View with { Block = 110, PoolNonce = 6, Balance = new UInt256(Gas * 22 * (UInt128)Gwei) }, GoOn));

    [Fact]
    public void WhatIsOfNoUseAnyMoreIsReplacedByAnEmptyTransaction()
    {
        var open = Sent(View);
        var pending = View with { PoolNonce = 6 };
        var cancelled = Assert.IsType<SendingStep.Sign>(Next(open, pending, new SendingWish.Cancel())).Transaction;
        Assert.Equal((5UL, Key.Address, 0, 21_000UL), (cancelled.Nonce, cancelled.To!.Value, cancelled.Data.Length, cancelled.GasLimit));
        Assert.Equal((UInt128)23_625_000_000, cancelled.MaxFeePerGas.Low);

        // Once.
        var noted = open.Noting("release", new SendingAttempt(cancelled.Sign(Key), 100));
        Waits(SendingWait.Pending, Next(noted, pending, new SendingWish.Cancel()));
    }

    [Fact]
    public void AReceiptNeedsBlocksOnTop()
    {
        var open = Sent(View);
        var receipt = new MinedReceipt(open.Open!.Last.Hash, 101, true, 50_000, Gwei, []);
        var mined = View with { Block = 101, Nonce = 6, PoolNonce = 6, Receipt = receipt };
        Waits(SendingWait.Unconfirmed, Next(open, mined, GoOn));
        Waits(SendingWait.Unconfirmed, Next(open, mined with { Block = 100 }, GoOn)); // newer than the newest block of a moment ago
        Assert.Equal(receipt, Assert.IsType<SendingStep.Settle>(Next(open, mined with { Block = 102 }, GoOn)).Receipt);

        // Whoever wants it cancelled now comes too late.
        Assert.IsType<SendingStep.Settle>(Next(open, mined with { Block = 102 }, new SendingWish.Cancel()));
    }

    [Fact]
    public void ANonceThatAnotherTransactionHasIsLostAfterSomeBlocks()
    {
        var open = Sent(View);
        var used = View with { Nonce = 6, PoolNonce = 6 };
        var since = Assert.IsType<SendingStep.NoteLoss>(Next(open, used, GoOn)).Since;
        Assert.Equal(100UL, since);
        var noted = open with { Open = open.Open! with { LostSince = since } };
        Waits(SendingWait.NonceUsed, Next(noted, used with { Block = 107 }, GoOn));
        Assert.IsType<SendingStep.Lost>(Next(noted, used with { Block = 108 }, GoOn));
        Assert.IsType<SendingStep.NoteLoss>(Next(noted, used with { Block = 99 }, GoOn)); // another chain of blocks
    }

    [Fact]
    public void ASettledTransactionThatFellOutIsHandedOverAgain()
    {
        var open = Sent(View);
        var settled = open.Settling(open.Open!.Last.Hash);
        Assert.IsType<SendingStep.Nothing>(Next(settled, View with { Nonce = 6, PoolNonce = 6 }, GoOn));
        var repeated = Assert.IsType<SendingStep.Repeat>(Next(settled, View, Send)); // nothing new takes its nonce
        Assert.Equal(open.Open.Last.Hash, repeated.Signed.Hash);
        Waits(SendingWait.Reorganised, Next(settled, View with { PoolNonce = 6 }, Send));
    }

    [Fact]
    public void AGapBelowAnOpenTransactionIsFilledByWhatWasThere()
    {
        var first = Sent(View);
        var second = Sent(View with { Nonce = 6, PoolNonce = 6 }, first.Settling(first.Open!.Last.Hash));
        Assert.Equal(6UL, second.Open!.Nonce);
        var repeated = Assert.IsType<SendingStep.Repeat>(Next(second, View, GoOn));
        Assert.Equal(first.Open.Last.Hash, repeated.Signed.Hash);
        Waits(SendingWait.NonceGap, Next(second with { Settled = [] }, View, GoOn));
        Waits(SendingWait.NonceGap, Next(second, View with { Nonce = 4, PoolNonce = 4 }, GoOn));
    }

    private static SendingStep Next(SendingState state, SendingView view, SendingWish wish) => SendingPlan.Next(state, view, wish, Gas, Key.Address, ChainId, Options);

    private static SendingState Sent(SendingView view, SendingState? before = null)
    {
        var state = before ?? SendingState.Empty;
        var made = Assert.IsType<SendingStep.Sign>(Next(state, view, Send));
        return state.Noting("release", new SendingAttempt(made.Transaction.Sign(Key), view.Block));
    }

    private static SendingStep.Wait Waits(SendingWait why, SendingStep step)
    {
        var wait = Assert.IsType<SendingStep.Wait>(step);
        Assert.Equal(why, wait.Why);
        return wait;
    }
}
