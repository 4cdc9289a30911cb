using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>From a proposal to its effect: who may, how often, what counts, when.</summary>
public sealed class GovernanceTests
{
    private static readonly GovernanceAction Action = Act.Set(("block_interval_ms", "500"));

    private readonly LedgerFixture _chain = new(LedgerFixture.Fast);

    private PrivateKey First => _chain.ValidatorKeys[0];

    [Fact]
    public void AProposalIsAcceptedWaitsAndHolds()
    {
        var keys = _chain.ValidatorKeys;
        _chain.Step(_chain.Propose(First, Action, reason: "faster"));
        _chain.Step(_chain.Vote(keys[1], 1));
        Assert.False(ProposalRecord.Get(_chain.State, 1)!.IsAccepted); // two of four
        var accepted = _chain.Step(_chain.Vote(keys[2], 1));
        Assert.Equal("5", LedgerFixture.Attribute(accepted, "governance.accepted", "effect_height"));
        _chain.Step();
        Assert.Equal(1000u, _chain.State.Parameters.BlockIntervalMs);
        var carried = _chain.Step();
        Assert.Equal(500u, _chain.State.Parameters.BlockIntervalMs);
        Assert.Equal("1", LedgerFixture.Attribute(carried, "governance.carried_out", "proposal"));
        Assert.Null(ProposalRecord.Get(_chain.State, 1));
        Assert.Empty(OpenProposals.Get(_chain.State).Ids);
    }

    [Fact]
    public void TheLastBlockOfTheVoteStillCounts()
    {
        _chain.Step(_chain.Propose(First, Action));
        _chain.StepTo(5);
        Assert.NotNull(ProposalRecord.Get(_chain.State, 1));
        _chain.Step(_chain.Vote(_chain.ValidatorKeys[1], 1), _chain.Vote(_chain.ValidatorKeys[2], 1)); // height 6 = 1 + 5
        Assert.True(ProposalRecord.Get(_chain.State, 1)!.IsAccepted);
    }

    [Fact]
    public void WhatIsNotAcceptedInTimeIsGone()
    {
        _chain.Step(_chain.Propose(First, Action), _chain.Vote(_chain.ValidatorKeys[1], 1));
        _chain.StepTo(5);
        Assert.Equal("time", LedgerFixture.Attribute(_chain.Step(), "governance.rejected", "cause"));
        Assert.Equal(TransactionRejection.UnknownProposal, _chain.OutcomeOf(_chain.Vote(_chain.ValidatorKeys[2], 1)));
        Assert.Equal(TransactionRejection.UnknownProposal, _chain.OutcomeOf(_chain.Vote(_chain.ValidatorKeys[2], 0)));
        Assert.Equal(TransactionRejection.UnknownProposal, _chain.OutcomeOf(_chain.Vote(_chain.ValidatorKeys[2], ulong.MaxValue)));
    }

    [Fact]
    public void AThirdAgainstItEndsAProposalAtOnce()
    {
        _chain.Step(_chain.Propose(First, Action), _chain.Vote(_chain.ValidatorKeys[1], 1, approve: false)); // a quarter
        Assert.NotNull(ProposalRecord.Get(_chain.State, 1));
        Assert.Equal("votes", LedgerFixture.Attribute(_chain.Step(_chain.Vote(_chain.ValidatorKeys[2], 1, approve: false)), "governance.rejected", "cause"));
    }

    [Fact]
    public void TwoThirdsExactlyAreNotEnough()
    {
        var three = new LedgerFixture(LedgerFixture.Fast, validators: 3);
        three.Step(three.Propose(three.ValidatorKeys[0], Action), three.Vote(three.ValidatorKeys[1], 1));
        Assert.False(ProposalRecord.Get(three.State, 1)!.IsAccepted);
        three.Step(three.Vote(three.ValidatorKeys[2], 1));
        Assert.True(ProposalRecord.Get(three.State, 1)!.IsAccepted);
    }

    [Fact]
    public void AVoteIsForGood()
    {
        _chain.Step(_chain.Propose(First, Action), _chain.Vote(_chain.ValidatorKeys[1], 1, approve: false));
        Assert.Equal(TransactionRejection.AlreadySent, _chain.OutcomeOf(_chain.Vote(_chain.ValidatorKeys[1], 1)));
        Assert.Equal(TransactionRejection.AlreadySent, _chain.OutcomeOf(_chain.Vote(First, 1))); // who proposes approves
    }

    [Fact]
    public void AVoteOnOneProposalIsNoneOnTheNext()
    {
        var vote = _chain.Vote(_chain.ValidatorKeys[1], 1);
        _chain.Step(_chain.Propose(First, Action), vote);
        _chain.StepTo(6); // over
        _chain.Step(_chain.Propose(First, Action));
        Assert.Equal(2UL, Assert.Single(OpenProposals.Get(_chain.State).Ids)); // numbers are not used again
        Assert.Equal(TransactionRejection.UnknownProposal, _chain.OutcomeOf(vote));
        Assert.Single(ProposalRecord.Get(_chain.State, 2)!.Votes);
    }

    [Fact]
    public void AnAcceptedProposalTakesNoMoreVotes()
    {
        var id = _chain.Accept(Action);
        Assert.Equal(TransactionRejection.ProposalNotOpen, _chain.OutcomeOf(_chain.Vote(First, id, approve: false)));
    }

    [Fact]
    public void AProposalIsNotReplayed()
    {
        var proposal = _chain.Propose(First, Action);
        _chain.Step(proposal);
        Assert.Equal(TransactionRejection.WrongSequence, _chain.OutcomeOf(proposal));
        Assert.Equal(TransactionRejection.WrongSequence, _chain.OutcomeOf(_chain.Propose(First, Action, sequence: 2)));
        Assert.Equal(TransactionRejection.WrongSequence, _chain.OutcomeOf(_chain.Propose(First, Action, sequence: ulong.MaxValue)));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Propose(First, Action, sequence: 1)));
    }

    [Fact]
    public void TwoProposalsWithOneNumberStandOnceInABlock()
    {
        var result = _chain.Step(_chain.Propose(First, Action), _chain.Propose(First, Act.Set(("block_interval_ms", "501"))));
        Assert.Single(result.Receipts);
        Assert.Single(OpenProposals.Get(_chain.State).Ids);
    }

    [Fact]
    public void FourOfAValidatorAreOpenAtATime()
    {
        for (var i = 0; i < 4; i++) _chain.Step(_chain.Propose(First, Action));
        Assert.Equal(TransactionRejection.TooManyProposals, _chain.OutcomeOf(_chain.Propose(First, Action)));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[1], Action)));
        _chain.StepTo(6); // the first one's time is over
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Propose(First, Action)));
    }

    [Fact]
    public void SixtyFourAreOpenAtATime()
    {
        var many = new LedgerFixture(LedgerFixture.Fast, validators: 17);
        many.Step([.. many.ValidatorKeys.Take(16).SelectMany(key => Enumerable.Range(0, 4).Select(i => many.Propose(key, Action, sequence: (ulong)i)))]);
        Assert.Equal(Limits.OpenProposalsMax, OpenProposals.Get(many.State).Ids.Length);
        Assert.Equal(TransactionRejection.TooManyProposals, many.OutcomeOf(many.Propose(many.ValidatorKeys[16], Action)));
        many.StepTo(8);
        Assert.Empty(OpenProposals.Get(many.State).Ids);
    }

    [Fact]
    public void StrangersHaveNoVoice()
    {
        _chain.Step(_chain.Propose(First, Action));
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(_chain.Propose(_chain.Alice, Action)));
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(_chain.Vote(_chain.Alice, 1)));
    }

    [Fact]
    public void AnOperationExpires()
    {
        _chain.StepTo(3);
        Assert.Equal(TransactionRejection.Expired, _chain.OutcomeOf(_chain.Propose(First, Action, expiry: 3)));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Propose(First, Action, expiry: 4)));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Propose(First, Action, expiry: ulong.MaxValue)));
    }

    [Fact]
    public void VotesCountByThePowerAtTheCount()
    {
        var chain = new LedgerFixture(
            genesis => LedgerFixture.Fast(genesis) with { Validators = [.. genesis.Validators.Select(v => v with { Power = 4 })] }, validators: 5);
        var keys = chain.ValidatorKeys;
        chain.Accept(Act.Power(keys[0].Address, 2)); // holds at the end of height 3, of 18 then
        var id = OpenProposals.Get(chain.State).NextId;
        chain.Step(chain.Propose(keys[1], Action), chain.Vote(keys[2], id), chain.Vote(keys[3], id)); // 12 of 20
        Assert.False(ProposalRecord.Get(chain.State, id)!.IsAccepted);
        var result = chain.Step(); // 12 of 18 are two thirds exactly
        Assert.Contains(result.Events, happened => happened.Kind == "validators.power_changed");
        Assert.False(ProposalRecord.Get(chain.State, id)!.IsAccepted);
        chain.Step(chain.Vote(keys[0], id));
        Assert.True(ProposalRecord.Get(chain.State, id)!.IsAccepted);
    }

    [Fact]
    public void AValidatorThatIsAdmittedDuringAVoteVotesToo()
    {
        var fresh = LedgerFixture.Key(500);
        _chain.Know(fresh);
        _chain.Accept(Act.Admit(fresh.Address, LedgerFixture.Key(600).Address));
        var id = OpenProposals.Get(_chain.State).NextId;
        _chain.Step(_chain.Propose(First, Action), _chain.Vote(_chain.ValidatorKeys[1], id));
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(_chain.Vote(fresh, id)));
        _chain.Step();
        _chain.Step(_chain.Vote(fresh, id)); // three of five
        Assert.False(ProposalRecord.Get(_chain.State, id)!.IsAccepted);
        _chain.Step(_chain.Vote(_chain.ValidatorKeys[2], id));
        Assert.True(ProposalRecord.Get(_chain.State, id)!.IsAccepted);
    }

    [Fact]
    public void WhatIsNoLongerPossibleFailsByNameAndChangesNothing()
    {
        Fund(_chain, Amount.FromNtk(10));
        _chain.Accept(Act.Pay(_chain.Alice.Address, Amount.FromNtk(7)));
        _chain.Accept(Act.Pay(_chain.Bob.Address, Amount.FromNtk(7)));
        _chain.Step();
        var (alice, bob) = (_chain.AccountOf(_chain.Alice).Balance, _chain.AccountOf(_chain.Bob).Balance);
        var failed = _chain.Step();
        Assert.Equal(nameof(TransactionRejection.TreasuryTooLow), LedgerFixture.Attribute(failed, "governance.failed", "cause"));
        Assert.Equal((LedgerFixture.InitialBalance + Amount.FromNtk(7), LedgerFixture.InitialBalance), (alice, bob));
        Assert.Equal((bob, Amount.FromNtk(3)), (_chain.AccountOf(_chain.Bob).Balance, _chain.Supply.Treasury));
    }

    [Fact]
    public void TheTreasuryPaysWhatItHasAndNoMore()
    {
        Fund(_chain, Amount.FromNtk(10));
        Assert.Equal(TransactionRejection.TreasuryTooLow, Refused(Act.Pay(_chain.Alice.Address, Amount.FromNtk(10) + new Amount(1))));
        Assert.Equal(TransactionRejection.TreasuryTooLow, Refused(Act.Pay(_chain.Alice.Address, new Amount(UInt128.MaxValue))));
        Assert.Equal(TransactionRejection.ProposalAmountZero, Refused(Act.Pay(_chain.Alice.Address, Amount.Zero)));
        _chain.Carry(Act.Pay(LedgerFixture.Key(700).Address, Amount.FromNtk(10)));
        Assert.Equal((Amount.FromNtk(10), Amount.Zero), (_chain.AccountOf(LedgerFixture.Key(700)).Balance, _chain.Supply.Treasury));
    }

    [Fact]
    public void ProposalsAreReadAsTheyWereWritten()
    {
        _chain.Step(_chain.Propose(First, Act.Admit(LedgerFixture.Key(500).Address, LedgerFixture.Key(600).Address), reason: "weil sie zuverlässig sind ✓"));
        var record = ProposalRecord.Get(_chain.State, 1)!;
        Assert.Equal((1UL, First.Address, new Height(1), null), (record.Id, record.Proposer, record.Opened, record.Effect));
        Assert.Equal("weil sie zuverlässig sind ✓", record.Reason);
        Assert.Equal(Act.Admit(LedgerFixture.Key(500).Address, LedgerFixture.Key(600).Address), record.Action);
        Assert.Equal(new ProposalVote(First.Address, true), Assert.Single(record.Votes));
    }

    internal static void Fund(LedgerFixture chain, Amount amount) => chain.State = LedgerChange.Of(chain, context =>
    {
        Assert.True(AccountsModule.TryDebit(context.State, chain.ValidatorKeys[3].Address, amount));
        SupplyModule.TakeFees(context.State, Amount.Zero, amount);
    });

    private TransactionRejection Refused(GovernanceAction action) => _chain.OutcomeOf(_chain.Propose(First, action));
}
