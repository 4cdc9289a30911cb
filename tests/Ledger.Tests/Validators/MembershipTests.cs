using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Which sets a vote makes, when they hold, and which it may not make.</summary>
public sealed class MembershipTests
{
    private static readonly PrivateKey New = LedgerFixture.Key(500);

    private static readonly Address NewNode = LedgerFixture.Key(600).Address;

    private readonly LedgerFixture _chain = new(LedgerFixture.Fast);

    private PrivateKey First => _chain.ValidatorKeys[0];

    [Fact]
    public void AnAdmittedValidatorVotesInGovernanceAtOnceAndOnBlocksTwoHeightsOn()
    {
        _chain.Know(New);
        _chain.Carry(Act.Admit(New.Address, NewNode));
        var height = _chain.State.Height;
        Assert.True(_chain.Members.Contains(New.Address));
        Assert.Equal(4, _chain.State.ContextOf(height.Next()).Validators.Count);
        Assert.Equal(5, _chain.State.ContextOf(height.Plus(2)).Validators.Count);
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Propose(New, Act.Set(("block_interval_ms", "500")))));
        _chain.StepTo(height.Value + 3);
        Assert.Equal(5, _chain.LastCommit!.Signatures.Length);
    }

    [Fact]
    public void WhoCannotBeAdmittedIsNotPutToTheVote()
    {
        Assert.Equal(TransactionRejection.AlreadyAValidator, Refused(Act.Admit(First.Address, NewNode)));
        Assert.Equal(TransactionRejection.NodeTaken, Refused(Act.Admit(New.Address, _chain.Genesis.Validators[0].Node)));
        Assert.Equal(TransactionRejection.PowerOutOfRange, Refused(Act.Admit(New.Address, NewNode, 0)));
        Assert.Equal(TransactionRejection.PowerOutOfRange, Refused(Act.Admit(New.Address, NewNode, Limits.VotingPowerMax + 1)));
        Assert.Equal(TransactionRejection.PowerOutOfRange, Refused(Act.Admit(New.Address, NewNode, ulong.MaxValue)));
        Assert.Equal(TransactionRejection.PowerTooGreat, Refused(Act.Admit(New.Address, NewNode, 2))); // two of six are a third
        Assert.Equal(TransactionRejection.None, Refused(Act.Admit(New.Address, NewNode, 1)));
    }

    [Fact]
    public void TwoAdmissionsWithOneNodeMakeOneValidator()
    {
        var id = OpenProposals.Get(_chain.State).NextId;
        _chain.Step(
        [
            _chain.Propose(First, Act.Admit(New.Address, NewNode)), _chain.Propose(_chain.ValidatorKeys[1], Act.Admit(LedgerFixture.Key(501).Address, NewNode)),
            .. _chain.ValidatorKeys.Skip(1).Select(key => _chain.Vote(key, id)), .. _chain.ValidatorKeys.Where((_, i) => i != 1).Select(key => _chain.Vote(key, id + 1)),
        ]);
        _chain.Know(New);
        _chain.Step();
        var result = _chain.Step();
        Assert.Equal(5, _chain.Members.Count);
        Assert.Equal(nameof(TransactionRejection.NodeTaken), LedgerFixture.Attribute(result, "governance.failed", "cause"));
    }

    [Fact]
    public void AHundredValidatorsAreEnough()
    {
        var chain = new LedgerFixture(genesis => genesis with { Allocations = [] }, validators: Limits.ValidatorsMax);
        Assert.Equal(TransactionRejection.TooManyValidators, chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], Act.Admit(New.Address, NewNode))));
    }

    [Fact]
    public void TheLeastBondIsThereAtTheVoteAndAtTheAdmission()
    {
        var chain = BondTests.WithLeastBond(Amount.FromNtk(10));
        var admit = Act.Admit(chain.Alice.Address, NewNode);
        Assert.Equal(TransactionRejection.BondMissing, chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], admit)));
        chain.Step(chain.Bond(chain.Alice, Amount.FromNtk(10)));
        chain.Accept(admit);
        chain.Step(chain.Unbond(chain.Alice, new Amount(1)));
        Assert.Equal(nameof(TransactionRejection.BondMissing), LedgerFixture.Attribute(chain.Step(), "governance.failed", "cause"));
        Assert.Equal(4, chain.Members.Count);
    }

    [Fact]
    public void FourStay()
    {
        Assert.Equal(TransactionRejection.TooFewValidators, Refused(Act.Remove(First.Address)));
        var five = new LedgerFixture(LedgerFixture.Fast, validators: 5);
        var id = five.Accept(Act.Remove(five.ValidatorKeys[0].Address));
        var other = five.Accept(Act.Remove(five.ValidatorKeys[1].Address));
        five.Step();
        Assert.Equal(4, five.Members.Count);
        Assert.Equal(nameof(TransactionRejection.TooFewValidators), LedgerFixture.Attribute(five.Step(), "governance.failed", "cause"));
        Assert.Equal((id + 1, 4), (other, five.Members.Count));
    }

    [Fact]
    public void ARemovedValidatorsBondComesBackWhenItsFaultsHaveExpired()
    {
        var five = new LedgerFixture(LedgerFixture.Fast, validators: 5);
        var gone = five.ValidatorKeys[0];
        five.Step(five.Bond(gone, Amount.FromNtk(10)));
        five.Carry(Act.Remove(gone.Address));
        Assert.Empty(five.BondOf(gone).Unbondings);
        five.Step(); // its last vote
        var last = five.State.Height;
        var unbonding = Assert.Single(five.BondOf(gone).Unbondings);
        Assert.Equal((Amount.FromNtk(10), last.Plus(10)), (unbonding.Amount, unbonding.Release));
        var balance = five.AccountOf(gone).Balance;
        five.StepTo(last.Value + 9);
        Assert.Equal(balance, five.AccountOf(gone).Balance);
        five.Step();
        Assert.Equal((balance + Amount.FromNtk(10), Amount.Zero), (five.AccountOf(gone).Balance, five.Supply.Escrow));
    }

    [Fact]
    public void ARemovedValidatorHasNoVoiceAndItsEarlierVotesNoWeight()
    {
        var five = new LedgerFixture(LedgerFixture.Fast, validators: 5);
        var gone = five.ValidatorKeys[0];
        five.Accept(Act.Remove(gone.Address));
        var id = OpenProposals.Get(five.State).NextId;
        five.Step(five.Propose(gone, Act.Set(("block_interval_ms", "500"))), five.Vote(five.ValidatorKeys[1], id), five.Vote(five.ValidatorKeys[2], id));
        five.Step(); // the removal; three of five were not enough, two of four are not
        Assert.False(five.Members.Contains(gone.Address));
        Assert.Equal((2UL, false), (ProposalRecord.Get(five.State, id)!.Power(five.State, five.Members, true), ProposalRecord.Get(five.State, id)!.IsAccepted));
        Assert.Equal(TransactionRejection.NotAValidator, five.OutcomeOf(five.Vote(gone, id)));
        Assert.Equal(TransactionRejection.NotAValidator, five.OutcomeOf(five.Propose(gone, Act.Set(("block_interval_ms", "500")))));
        five.Step(five.Vote(five.ValidatorKeys[3], id)); // three of four
        Assert.True(ProposalRecord.Get(five.State, id)!.IsAccepted);
    }

    [Fact]
    public void WhoComesBackReplaysNothing()
    {
        var five = new LedgerFixture(LedgerFixture.Fast, validators: 5);
        var gone = five.ValidatorKeys[4];
        var proposal = five.Propose(gone, Act.Set(("block_interval_ms", "500")));
        five.Step(proposal);
        five.StepTo(8); // nobody voted
        five.Carry(Act.Remove(gone.Address));
        five.Carry(Act.Admit(gone.Address, NewNode));
        Assert.Equal(1UL, ValidatorRecord.Get(five.State, gone.Address)!.Sequence);
        Assert.Equal(NewNode, ValidatorRecord.Get(five.State, gone.Address)!.Node);
        Assert.Equal(TransactionRejection.WrongSequence, five.OutcomeOf(proposal));
    }

    [Fact]
    public void PowersStayInBoundsAndBelowAThird()
    {
        Assert.Equal(TransactionRejection.PowerUnchanged, Refused(Act.Power(First.Address, 1)));
        Assert.Equal(TransactionRejection.PowerOutOfRange, Refused(Act.Power(First.Address, 0)));
        Assert.Equal(TransactionRejection.PowerOutOfRange, Refused(Act.Power(First.Address, ulong.MaxValue)));
        Assert.Equal(TransactionRejection.NoSuchValidator, Refused(Act.Power(_chain.Alice.Address, 2)));
        Assert.Equal(TransactionRejection.PowerTooGreat, Refused(Act.Power(First.Address, 2))); // two of five
    }

    [Fact]
    public void ARemovalDoesNotRaiseAnotherToAThird()
    {
        var chain = new LedgerFixture(
            genesis => LedgerFixture.Fast(genesis) with { Validators = [.. genesis.Validators.Select((v, i) => v with { Power = i == 0 ? 3UL : 2UL })] }, validators: 5);
        Assert.Equal(TransactionRejection.PowerTooGreat, chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], Act.Remove(chain.ValidatorKeys[1].Address)))); // 3 of 9
        Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], Act.Remove(chain.ValidatorKeys[0].Address))));
    }

    [Fact]
    public void ASmallChainGrowsThroughSetsInWhichOneIsTooGreat()
    {
        var one = new LedgerFixture(LedgerFixture.Fast, validators: 1);
        for (var i = 0; i < 4; i++)
        {
            one.Know(LedgerFixture.Key(500 + i));
            one.Carry(Act.Admit(LedgerFixture.Key(500 + i).Address, LedgerFixture.Key(600 + i).Address));
        }

        Assert.Equal(5, one.Members.Count);
        Assert.Equal(TransactionRejection.TooFewValidators, new LedgerFixture(LedgerFixture.Fast, validators: 1) is var lone
            ? lone.OutcomeOf(lone.Propose(lone.ValidatorKeys[0], Act.Remove(lone.ValidatorKeys[0].Address)))
            : default);
    }

    [Fact]
    public void SetChangesOfOneBlockMakeOneSet()
    {
        var chain = new LedgerFixture(LedgerFixture.Fast, validators: 7);
        var id = OpenProposals.Get(chain.State).NextId;
        GovernanceAction[] actions = [Act.Remove(chain.ValidatorKeys[0].Address), Act.Power(chain.ValidatorKeys[1].Address, 2), Act.Jail(chain.ValidatorKeys[2].Address)];
        var proposals = actions.Select((action, i) => chain.Propose(chain.ValidatorKeys[i], action));
        var votes = actions.SelectMany((_, i) => chain.ValidatorKeys.Where((_, k) => k != i).Select(key => chain.Vote(key, id + (ulong)i)));
        chain.Step([.. proposals, .. votes]);
        chain.StepTo(3);
        Assert.Equal((5, 6UL), (chain.Members.Count, chain.Members.TotalPower));
        chain.StepTo(20);
        Assert.Equal(chain.Members, chain.State.Next.Validators);
        Assert.Single(chain.State.Records, record => record.Key.Bytes[0] == (byte)StateModule.Validators && record.Key.Bytes[1] == 1);
    }

    private TransactionRejection Refused(GovernanceAction action) => _chain.OutcomeOf(_chain.Propose(First, action));
}
