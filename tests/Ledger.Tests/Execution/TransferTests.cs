using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class TransferTests
{
    private readonly LedgerFixture _chain = new();

    [Fact]
    public void ATransferMovesTheAmountAndPaysTheAuthorItsShareOfTheFee()
    {
        var author = _chain.KeyOf(_chain.State.Next.Schedule.Leader(Round.Zero));
        var amount = Amount.FromNtk(5);
        var result = _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, amount, memo: "rent, März"));

        Assert.Equal(new Account(1, LedgerFixture.InitialBalance - amount - _chain.FeeMin), _chain.AccountOf(_chain.Alice));
        Assert.Equal(new Account(0, LedgerFixture.InitialBalance + amount), _chain.AccountOf(_chain.Bob));
        Assert.Equal(LedgerFixture.InitialBalance + _chain.FeeShare, _chain.AccountOf(author).Balance);
        var receipt = Assert.Single(result.Receipts);
        Assert.True(receipt.IsSuccess);
        Assert.Equal(_chain.FeeMin, receipt.Fee);
        Assert.Equal([("accounts.transferred", 1u), ("fees.paid", 0u)], result.Events.Select(happened => (happened.Kind, happened.Transaction)));
        Assert.Equal("rent, März", LedgerFixture.Attribute(result, "accounts.transferred", "memo"));
    }

    [Theory]
    [InlineData(TransactionRejection.BalanceTooLow)]
    [InlineData(TransactionRejection.TransferToSelf)]
    [InlineData(TransactionRejection.AmountZero)]
    public void ATransferThatFailsPaysItsFeeAndUsesItsNonceAndDoesNothingElse(TransactionRejection rejection)
    {
        var transaction = rejection switch
        {
            TransactionRejection.BalanceTooLow => _chain.Transfer(_chain.Alice, _chain.Bob.Address, LedgerFixture.InitialBalance),
            TransactionRejection.TransferToSelf => _chain.Transfer(_chain.Alice, _chain.Alice.Address, Amount.FromNtk(1)),
            _ => _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.Zero),
        };
        var result = _chain.Step(transaction);

        Assert.Equal((ushort)rejection, Assert.Single(result.Receipts).Code);
        Assert.Equal("fees.paid", Assert.Single(result.Events).Kind);
        Assert.Equal(new Account(1, LedgerFixture.InitialBalance - _chain.FeeMin), _chain.AccountOf(_chain.Alice));
        Assert.Equal(new Account(0, LedgerFixture.InitialBalance), _chain.AccountOf(_chain.Bob));
    }

    [Fact]
    public void TransfersOfOneSenderFollowEachOtherInABlock()
    {
        var result = _chain.Step([.. Enumerable.Range(0, 10).Select(i => _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1), nonce: (ulong)i))]);
        Assert.Equal(10, result.Receipts.Count(receipt => receipt.IsSuccess));
        Assert.Equal(10UL, _chain.AccountOf(_chain.Alice).Nonce);
        Assert.Equal(LedgerFixture.InitialBalance + Amount.FromNtk(10), _chain.AccountOf(_chain.Bob).Balance);
    }

    [Fact]
    public void AnAuthorGetsTheShareOfItsOwnFeeBack()
    {
        var author = _chain.KeyOf(_chain.State.Next.Schedule.Leader(Round.Zero));
        _chain.Step(_chain.Transfer(author, _chain.Bob.Address, Amount.FromNtk(1)));
        Assert.Equal(new Account(1, LedgerFixture.InitialBalance - Amount.FromNtk(1) - _chain.FeeMin + _chain.FeeShare), _chain.AccountOf(author));
    }
}
