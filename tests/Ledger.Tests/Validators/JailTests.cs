using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>Jail takes rights and bond at once, and the power only where four others remain.</summary>
public sealed class JailTests
{
    private static readonly Amount Ten = Amount.FromNtk(10);

    private readonly LedgerFixture _four = new(LedgerFixture.Fast);

    private readonly LedgerFixture _five = new(LedgerFixture.Fast, validators: 5);

    [Fact]
    public void OfFiveTheJailedLosesItsPowerTwoHeightsLater()
    {
        var jailed = _five.ValidatorKeys[2];
        var result = _five.Carry(Act.Jail(jailed.Address));
        Assert.Equal("no", LedgerFixture.Attribute(result, "validators.jailed", "keeps_power"));
        Assert.Equal("vote", LedgerFixture.Attribute(result, "validators.jailed", "cause"));
        Assert.False(_five.Members.Contains(jailed.Address));
        Assert.True(_five.State.Next.Validators.Contains(jailed.Address));
        Assert.False(_five.State.Next.NextValidators!.Contains(jailed.Address));
        Assert.Equal(new ValidatorRecord(_five.Genesis.Validators.Single(v => v.Address == jailed.Address).Node, 0, true, 1), ValidatorRecord.Get(_five.State, jailed.Address));
    }

    [Fact]
    public void OfFourTheJailedKeepsItsPowerAndIsPassedOverInRoundZero()
    {
        var jailed = _four.ValidatorKeys[2];
        var result = _four.Carry(Act.Jail(jailed.Address));
        Assert.Equal("yes", LedgerFixture.Attribute(result, "validators.jailed", "keeps_power"));
        Assert.Equal(4, _four.Members.Count);
        Assert.DoesNotContain(result.Events, happened => happened.Kind == "validators.removed");
        _four.Step();
        _four.Step();
        for (var i = 0; i < 12; i++)
        {
            var schedule = _four.State.Next.Schedule;
            Assert.NotEqual(jailed.Address, schedule.Leader(Round.Zero));
            Assert.Contains(jailed.Address, Enumerable.Range(1, 4).Select(round => schedule.Leader(new Round((uint)round))));
            _four.Step();
        }
    }

    [Fact]
    public void JailBurnsTheWholeBondAlsoWhatIsOnItsWayBack()
    {
        var jailed = _five.ValidatorKeys[2];
        _five.Step(_five.Bond(jailed, Ten));
        _five.Step(_five.Unbond(jailed, Amount.FromNtk(4)));
        var burned = _five.Supply.Burned;
        var result = _five.Carry(Act.Jail(jailed.Address));
        Assert.Equal(Ten.ToString(), LedgerFixture.Attribute(result, "validators.slashed", "burned"));
        Assert.Equal((BondRecord.None, Amount.Zero, burned + Ten), (_five.BondOf(jailed), _five.Supply.Escrow, _five.Supply.Burned));
        _five.StepTo(20); // its height comes and pays nothing
        Assert.Null(SupplyModule.Audit(_five.State));
    }

    [Fact]
    public void TheJailedHasNoVoice()
    {
        var jailed = _four.ValidatorKeys[2];
        _four.Carry(Act.Jail(jailed.Address));
        Assert.Equal(TransactionRejection.Jailed, _four.OutcomeOf(_four.Propose(jailed, Act.Set(("block_interval_ms", "500")))));
        var id = OpenProposals.Get(_four.State).NextId;
        _four.Step(_four.Propose(_four.ValidatorKeys[0], Act.Set(("block_interval_ms", "500"))));
        Assert.Equal(TransactionRejection.Jailed, _four.OutcomeOf(_four.Vote(jailed, id)));
        Assert.Equal(TransactionRejection.Jailed, _four.OutcomeOf(_four.Rotate(jailed, LedgerFixture.Key(500))));
    }

    [Fact]
    public void AVoteThatWasCastBeforeJailNoLongerCounts()
    {
        var keys = _five.ValidatorKeys;
        var jail = _five.Accept(Act.Jail(keys[4].Address)); // in two blocks
        var id = OpenProposals.Get(_five.State).NextId;
        _five.Step(_five.Propose(keys[4], Act.Set(("block_interval_ms", "500"))), _five.Vote(keys[0], id));
        _five.Step();
        Assert.Null(ProposalRecord.Get(_five.State, jail));
        var proposal = ProposalRecord.Get(_five.State, id)!;
        Assert.Equal((1UL, 4UL), (proposal.Power(_five.State, _five.Members, approving: true), _five.Members.TotalPower));
        _five.Step(_five.Vote(keys[1], id)); // two of four
        Assert.False(ProposalRecord.Get(_five.State, id)!.IsAccepted);
        _five.Step(_five.Vote(keys[2], id)); // three of four
        Assert.True(ProposalRecord.Get(_five.State, id)!.IsAccepted);
    }

    [Fact]
    public void TheOthersDecideWithoutTheJailed()
    {
        var jailed = _four.ValidatorKeys[2];
        _four.Carry(Act.Jail(jailed.Address));
        // Three may vote: two of them are not more than two thirds, three are.
        var others = _four.ValidatorKeys.Where(key => key.Address != jailed.Address).ToArray();
        var id = OpenProposals.Get(_four.State).NextId;
        _four.Step(_four.Propose(others[0], Act.Remove(jailed.Address)), _four.Vote(others[1], id));
        Assert.False(ProposalRecord.Get(_four.State, id)!.IsAccepted);
        _four.Step(_four.Vote(others[2], id));
        Assert.True(ProposalRecord.Get(_four.State, id)!.IsAccepted);
    }

    [Fact]
    public void AJailedValidatorOfFourLeavesByVote()
    {
        var jailed = _four.ValidatorKeys[2];
        _four.Carry(Act.Jail(jailed.Address));
        var result = _four.Carry(Act.Remove(jailed.Address));
        Assert.Contains(result.Events, happened => happened.Kind == "governance.carried_out");
        Assert.Equal(3, _four.Members.Count);
        _four.StepTo(_four.State.Height.Value + 6);
        Assert.Equal(3, _four.LastCommit!.Signatures.Length);
        // Jail stays where power went.
        Assert.Equal(TransactionRejection.Jailed, _four.OutcomeOf(_four.Propose(_four.KeyOf(_four.Members[0].Address), Act.Admit(jailed.Address, LedgerFixture.Key(900).Address))));
        Assert.Contains(_four.Carry(Act.Unjail(jailed.Address)).Events, happened => happened.Kind == "validators.unjailed");
        Assert.Equal(3, _four.Members.Count);
    }

    [Fact]
    public void UnjailingGivesThePowerBackWhereJailTookIt()
    {
        var jailed = _five.ValidatorKeys[2];
        var before = _five.Members;
        _five.Carry(Act.Jail(jailed.Address));
        _five.Carry(Act.Unjail(jailed.Address));
        Assert.Equal(before, _five.Members);
        Assert.False(ValidatorRecord.IsJailedAt(_five.State, jailed.Address));
        Assert.Equal(TransactionRejection.NotJailed, _five.OutcomeOf(_five.Propose(_five.ValidatorKeys[0], Act.Unjail(jailed.Address))));
    }

    [Fact]
    public void UnjailingGivesRightsBackWhereThePowerWasKept()
    {
        var jailed = _four.ValidatorKeys[2];
        var before = _four.Members;
        _four.Carry(Act.Jail(jailed.Address));
        _four.Carry(Act.Unjail(jailed.Address));
        Assert.Equal(before, _four.Members);
        Assert.Equal(TransactionRejection.None, _four.OutcomeOf(_four.Propose(jailed, Act.Set(("block_interval_ms", "500")))));
    }

    [Fact]
    public void WhoComesBackPutsTheLeastBondDownAgain()
    {
        var chain = BondTests.WithLeastBond(Ten);
        var jailed = chain.ValidatorKeys[2];
        chain.Step(chain.Bond(jailed, Ten));
        chain.Carry(Act.Jail(jailed.Address));
        var unjail = Act.Unjail(jailed.Address);
        Assert.Equal(TransactionRejection.BondMissing, chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], unjail)));
        chain.Step(chain.Bond(jailed, Ten));
        Assert.Contains(chain.Carry(unjail).Events, happened => happened.Kind == "validators.unjailed");
    }

    [Fact]
    public void ANodeThatAnotherTookMeanwhileKeepsTheJailedOut()
    {
        var jailed = _five.ValidatorKeys[2];
        var node = ValidatorRecord.Get(_five.State, jailed.Address)!.Node;
        _five.Carry(Act.Jail(jailed.Address));
        _five.Know(LedgerFixture.Key(500));
        _five.Carry(Act.Admit(LedgerFixture.Key(500).Address, node));
        Assert.Equal(TransactionRejection.NodeTaken, _five.OutcomeOf(_five.Propose(_five.ValidatorKeys[0], Act.Unjail(jailed.Address))));
    }

    [Fact]
    public void PowerThatNoLongerFitsKeepsTheJailedOut()
    {
        var chain = new LedgerFixture(
            genesis => LedgerFixture.Fast(genesis) with { Validators = [.. genesis.Validators.Select((v, i) => v with { Power = i == 4 ? 30UL : 20UL })] }, validators: 6);
        var jailed = chain.ValidatorKeys[4];
        chain.Carry(Act.Jail(jailed.Address));
        foreach (var key in chain.ValidatorKeys.Where(key => key.Address != jailed.Address))
        {
            Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Propose(key, Act.Unjail(jailed.Address))));
            chain.Carry(Act.Power(key.Address, 12));
        }

        Assert.Equal(TransactionRejection.PowerTooGreat, chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], Act.Unjail(jailed.Address)))); // 30 of 90
    }

    [Fact]
    public void WhoIsJailedOnceIsNotJailedAgain()
    {
        var jailed = _four.ValidatorKeys[2];
        var second = _four.Accept(Act.Jail(jailed.Address));
        _four.Carry(Act.Jail(jailed.Address)); // of the same block's end, or after it
        Assert.Null(ProposalRecord.Get(_four.State, second));
        Assert.Equal(TransactionRejection.AlreadyJailed, _four.OutcomeOf(_four.Propose(_four.ValidatorKeys[0], Act.Jail(jailed.Address))));
        Assert.Equal(TransactionRejection.NoSuchValidator, _four.OutcomeOf(_four.Propose(_four.ValidatorKeys[0], Act.Jail(_four.Alice.Address))));
    }

    [Fact]
    public void AllButOneMayBeJailedAndTheChainGoesOn()
    {
        foreach (var key in _four.ValidatorKeys.Take(3)) _four.Carry(Act.Jail(key.Address));
        Assert.Equal(4, _four.Members.Count);
        _four.Carry(Act.Jail(_four.ValidatorKeys[3].Address)); // by its own vote
        _four.StepTo(_four.State.Height.Value + 6); // nobody is passed over where all would be
        Assert.Equal(4, _four.LastCommit!.Signatures.Length);
    }

    [Fact]
    public void JailEndsTerms()
    {
        var world = new TrainingWorld();
        world.RunRound(TestCandidate.Make(world, 1, gain: 20, producer: 1));
        Assert.Equal(world.Keys[1].Address, Assert.Single(TermQueue.Get(world).Terms).Holder);
        world.Block([], after: context => Jail.Commit(context, world.Keys[1].Address, "test"));
        Assert.Empty(TermQueue.Get(world).Terms);
        Assert.Single(world.Of("training.term_ended"));
    }

    [Fact]
    public void TheJailedAttestsNothing()
    {
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, gain: 20, producer: 1);
        world.RunToAttestation(candidate);
        var statement = world.Statement(candidate);
        world.Take([.. Enumerable.Range(0, 4).Select(i => world.AttestCommit(i, statement))]);
        world.RunTo(TrainingPhase.AttestReveal);
        world.Block([], after: context => Jail.Commit(context, world.Keys[2].Address, "test"));
        Assert.Equal(TransactionRejection.Jailed, world.One(world.AttestReveal(2, statement)));
        Assert.Equal(TransactionRejection.None, world.One(world.AttestReveal(3, statement)));
    }

    [Fact]
    public void AProducerThatIsJailedBeforeTheCertificateLeadsNothing()
    {
        var world = new TrainingWorld();
        var candidate = TestCandidate.Make(world, 1, gain: 20, producer: 2);
        world.RunToAttestation(candidate);
        var statement = world.Statement(candidate);
        world.Take([.. Enumerable.Range(0, 4).Select(i => world.AttestCommit(i, statement))]);
        world.RunTo(TrainingPhase.AttestReveal);
        world.Block(Enumerable.Range(0, 4).Select(i => world.AttestReveal(i, statement)), after: context => Jail.Commit(context, world.Keys[2].Address, "test"));
        world.RunTo(null);
        Assert.Equal(RoundOutcome.Improved, TrainingQueries.Outcome(world, world.Task, 1)!.Outcome);
        Assert.Empty(TermQueue.Get(world).Terms);
        Assert.Single(world.Of("training.term_withheld"));
    }
}
