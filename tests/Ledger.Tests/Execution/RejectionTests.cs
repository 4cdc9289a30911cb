using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>What cannot stand in a block: the builder passes it over, and a block that has it is invalid.</summary>
public sealed class RejectionTests
{
    private readonly LedgerFixture _chain = new();

    public static TheoryData<TransactionRejection> OfPaying =>
    [
        TransactionRejection.NonceTooLow, TransactionRejection.NonceTooHigh, TransactionRejection.FeeTooLow,
        TransactionRejection.FeeNotPayable, TransactionRejection.Expired,
    ];

    [Theory]
    [MemberData(nameof(OfPaying))]
    public void ABlockWithATransactionThatCannotBeInItIsInvalid(TransactionRejection rejection)
    {
        _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1)));
        var transaction = Rejected(rejection);
        var block = _chain.BlockWith(transaction);
        Assert.False(BlockValidator.TryValidate(_chain.State, block, NoTransactions.Instance, out _, out var refusal));
        Assert.Equal(BlockFault.TransactionNotExecutable, refusal.Fault);
        Assert.Contains(rejection.ToString(), refusal.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(OfPaying))]
    public void TheBuilderPassesOverWhatCannotBeInABlock(TransactionRejection rejection)
    {
        _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1)));
        var good = _chain.Transfer(_chain.Bob, _chain.Alice.Address, Amount.FromNtk(1));
        var result = _chain.Step(Rejected(rejection), good);
        Assert.Equal(good.Hash, Assert.Single(result.Receipts).Transaction);
        Assert.Equal(1UL, _chain.AccountOf(_chain.Alice).Nonce);
    }

    [Fact]
    public void TheLastHeightOfATransactionIsStillGood()
    {
        var result = _chain.Step(_chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1), expiry: 1));
        Assert.True(Assert.Single(result.Receipts).IsSuccess);
    }

    [Fact]
    public void AProtocolMessageThatIsRefusedMakesTheBlockInvalid()
    {
        var share = new SeedShare { Task = ByteString.CopyFrom(new byte[32]), Share = ByteString.CopyFrom(new byte[32]) };
        var message = _chain.Protocol(_chain.ValidatorKeys[0], new TransactionBody { SeedShare = share });
        Assert.Equal(BlockFault.TransactionNotExecutable, _chain.FaultOf(_chain.BlockWith(message)));
        Assert.Empty(_chain.Step(message).Receipts);
    }

    [Fact]
    public void AnExpiredProtocolMessageIsRefused()
    {
        _chain.StepTo(2);
        var share = new SeedShare { Task = ByteString.CopyFrom(new byte[32]), Share = ByteString.CopyFrom(new byte[32]) };
        var message = _chain.Protocol(_chain.ValidatorKeys[0], new TransactionBody { SeedShare = share, ExpiryHeight = 2 });
        Assert.False(BlockValidator.TryValidate(_chain.State, _chain.BlockWith(message), NoTransactions.Instance, out _, out var refusal));
        Assert.Contains(nameof(TransactionRejection.Expired), refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AStepThatFailsTakesItsChangesAndEventsBack()
    {
        var context = new BlockContext(_chain.Genesis, _chain.GenesisHash, Height.First, default, _chain.State.Next.Validators, _chain.State);
        var rejection = context.Try(() =>
        {
            AccountsModule.Credit(context.State, _chain.Alice.Address, Amount.FromNtk(1));
            context.Emit("test.happened");
            return TransactionRejection.BalanceTooLow;
        });
        Assert.Equal(TransactionRejection.BalanceTooLow, rejection);
        Assert.Empty(context.State.Changes);
        Assert.Empty(context.Events);
    }

    private Transaction Rejected(TransactionRejection rejection) => rejection switch
    {
        TransactionRejection.NonceTooLow => _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1), nonce: 0),
        TransactionRejection.NonceTooHigh => _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1), nonce: 2),
        TransactionRejection.FeeTooLow => _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1), fee: _chain.FeeMin - new Amount(1)),
        TransactionRejection.FeeNotPayable => _chain.Transfer(LedgerFixture.Key(77), _chain.Bob.Address, Amount.FromNtk(1)),
        _ => _chain.Transfer(_chain.Alice, _chain.Bob.Address, Amount.FromNtk(1), expiry: 1),
    };
}
