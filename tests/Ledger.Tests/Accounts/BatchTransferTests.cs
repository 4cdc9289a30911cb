using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>A batch pays all or nobody; what is burned is gone.</summary>
public sealed class BatchTransferTests
{
    private static readonly Amount One = Amount.FromNtk(1);

    private readonly LedgerFixture _chain = new();

    private Address Bob => _chain.Bob.Address;

    private static Address Other(int number) => LedgerFixture.Key(300 + number).Address;

    [Fact]
    public void AllArePaidAndSaidSo()
    {
        var result = _chain.Step(_chain.Batch(_chain.Alice, (Bob, One), (Other(1), One * 2), (Other(2), One * 3)));
        Assert.True(Assert.Single(result.Receipts).IsSuccess);
        Assert.Equal(LedgerFixture.InitialBalance - (One * 6) - _chain.FeeMin, _chain.AccountOf(_chain.Alice).Balance);
        Assert.Equal((One * 2, One * 3), (Balance(Other(1)), Balance(Other(2))));
        Assert.Equal(3, result.Events.Count(happened => happened.Kind == "accounts.transferred"));
        Assert.Equal("6", LedgerFixture.Attribute(result, "accounts.batch_transferred", "amount"));
        Assert.Equal("3", LedgerFixture.Attribute(result, "accounts.batch_transferred", "payments"));
    }

    [Fact]
    public void AReceiverThatStandsTwiceIsPaidTwice()
    {
        _chain.Step(_chain.Batch(_chain.Alice, (Other(1), One), (Bob, One), (Other(1), One * 4)));
        Assert.Equal(One * 5, Balance(Other(1)));
        Assert.Null(SupplyModule.Audit(_chain.State));
    }

    [Theory]
    [InlineData(TransactionRejection.BalanceTooLow)]
    [InlineData(TransactionRejection.TransferToSelf)]
    [InlineData(TransactionRejection.AmountZero)]
    [InlineData(TransactionRejection.AmountTooLarge)]
    public void OnePaymentThatCannotBeMadeKeepsAllBack(TransactionRejection rejection)
    {
        (Address, Amount) bad = rejection switch
        {
            TransactionRejection.BalanceTooLow => (Other(2), LedgerFixture.InitialBalance - One),
            TransactionRejection.TransferToSelf => (_chain.Alice.Address, One),
            TransactionRejection.AmountZero => (Other(2), Amount.Zero),
            _ => (Other(2), new Amount(UInt128.MaxValue)), // with the first one the sum is out of range
        };
        foreach (var payments in new[] { new[] { (Bob, One), bad }, [bad, (Bob, One)] })
        {
            var before = _chain.AccountOf(_chain.Alice);
            var result = _chain.Step(_chain.Batch(_chain.Alice, payments));
            Assert.Equal((ushort)rejection, Assert.Single(result.Receipts).Code);
            Assert.Equal(before with { Nonce = before.Nonce + 1, Balance = before.Balance - _chain.FeeMin }, _chain.AccountOf(_chain.Alice));
            Assert.Equal((LedgerFixture.InitialBalance, Amount.Zero), (Balance(Bob), Balance(Other(2))));
            Assert.Equal("fees.paid", Assert.Single(result.Events).Kind);
        }
    }

    [Fact]
    public void TheSumNeverWrapsAround()
    {
        // Two halves of 2^128 would come to nothing.
        var half = new Amount(UInt128.One << 127);
        Assert.Equal(TransactionRejection.AmountTooLarge, _chain.OutcomeOf(_chain.Batch(_chain.Alice, (Bob, half), (Other(1), half))));
        Assert.Equal(TransactionRejection.AmountTooLarge, _chain.OutcomeOf(_chain.Batch(_chain.Alice, (Bob, half), (Other(1), half), (Other(2), One))));
    }

    [Fact]
    public void TheWholeBalanceLessTheFeeIsPaidAndNotAUnitMore()
    {
        var most = LedgerFixture.InitialBalance - _chain.FeeMin;
        Assert.Equal(TransactionRejection.BalanceTooLow, _chain.OutcomeOf(_chain.Batch(_chain.Alice, (Bob, most), (Other(1), new Amount(1)))));
        _chain.Step(_chain.Batch(_chain.Alice, (Bob, most - new Amount(1)), (Other(1), new Amount(1))));
        Assert.Equal(Amount.Zero, _chain.AccountOf(_chain.Alice).Balance);
    }

    [Fact]
    public void ABatchHas256PaymentsAndPaysForEach()
    {
        (Address, Amount)[] Payments(int count) => [.. Enumerable.Range(0, count).Select(i => (Other(i), One))];
        var full = _chain.Batch(_chain.Alice, Payments(Limits.PaymentsPerBatchMax));
        Assert.True(FeesModule.Asked(_chain.State, full) > _chain.FeeMin);
        Assert.True(Assert.Single(_chain.Step(full).Receipts).IsSuccess);
        Assert.Equal(One, Balance(Other(Limits.PaymentsPerBatchMax - 1)));

        // Signed by hand: the fixture signs nothing that cannot be decoded.
        var body = new TransactionBody
        {
            Genesis = ByteString.CopyFrom(_chain.GenesisHash.Value.ToArray()),
            Sender = LedgerFixture.Bytes(_chain.Alice.Address),
            Fee = LedgerFixture.Bytes(One),
            BatchTransfer = new BatchTransfer(),
        };
        body.BatchTransfer.Payments.AddRange(Payments(257).Select(p => new Payment { To = LedgerFixture.Bytes(p.Item1), Amount = LedgerFixture.Bytes(p.Item2) }));
        Assert.Throws<InvariantException>(() => Transaction.Sign(body, _chain.Alice));
        body.BatchTransfer.Payments.Clear();
        Assert.Throws<InvariantException>(() => Transaction.Sign(body, _chain.Alice));
    }

    [Fact]
    public void WhatIsBurnedIsGoneForGood()
    {
        var issued = _chain.Supply.Issued;
        var result = _chain.Step(_chain.Burn(_chain.Alice, One * 7));
        Assert.Equal("7", LedgerFixture.Attribute(result, "accounts.burned", "amount"));
        var ofFees = Amount.DivRem(_chain.FeeMin * 30, 100).Quotient;
        Assert.Equal(issued - (One * 7) - ofFees, _chain.Supply.Issued);
        Assert.Equal((One * 7) + ofFees, _chain.Supply.Burned);
        Assert.Equal(LedgerFixture.InitialBalance - (One * 7) - _chain.FeeMin, _chain.AccountOf(_chain.Alice).Balance);
        Assert.Null(SupplyModule.Audit(_chain.State));
    }

    [Fact]
    public void NobodyBurnsNothingOrMoreThanTheyHave()
    {
        Assert.Equal(TransactionRejection.AmountZero, _chain.OutcomeOf(_chain.Burn(_chain.Alice, Amount.Zero)));
        Assert.Equal(TransactionRejection.BalanceTooLow, _chain.OutcomeOf(_chain.Burn(_chain.Alice, LedgerFixture.InitialBalance)));
        Assert.Equal(TransactionRejection.BalanceTooLow, _chain.OutcomeOf(_chain.Burn(_chain.Alice, new Amount(UInt128.MaxValue))));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Burn(_chain.Alice, LedgerFixture.InitialBalance - _chain.FeeMin)));
    }

    [Fact]
    public void AnotherChainsTransactionIsNone()
    {
        var other = new LedgerFixture(genesis => genesis with { ChainName = "other" });
        Assert.Equal(BlockFault.TransactionInvalid, _chain.FaultOf(_chain.BlockWith(other.Transfer(other.Alice, Bob, One))));
    }

    private Amount Balance(Address address) => AccountsModule.Get(_chain.State, address).Balance;
}
