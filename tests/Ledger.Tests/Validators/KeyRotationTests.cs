using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A new key takes over everything, once, and gets its owner out of nothing.</summary>
public sealed class KeyRotationTests
{
    private static readonly PrivateKey Fresh = LedgerFixture.Key(500);

    private readonly LedgerFixture _chain = new(LedgerFixture.Fast);

    private PrivateKey Old => _chain.ValidatorKeys[1];

    [Fact]
    public void PowerAndNodeMoveAndTakeEffectTwoHeightsOn()
    {
        var node = ValidatorRecord.Get(_chain.State, Old.Address)!.Node;
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal((0UL, 1UL), (_chain.Members.PowerOf(Old.Address), _chain.Members.PowerOf(Fresh.Address)));
        Assert.Equal(node, ValidatorRecord.Get(_chain.State, Fresh.Address)!.Node);
        Assert.True(_chain.State.Next.Validators.Contains(Old.Address));
        Assert.True(_chain.State.Next.NextValidators!.Contains(Fresh.Address));
        _chain.StepTo(10); // the fixture signs with the key that each height asks for
        Assert.Equal(4, _chain.LastCommit!.Signatures.Length);
        Assert.Equal(Fresh.Address, KeyRotations.Present(_chain.State, Old.Address));
    }

    [Fact]
    public void ABondAndWhatIsOnItsWayBackMoveAndArePaidToTheNewKeyOnce()
    {
        _chain.Step(_chain.Bond(Old, Amount.FromNtk(10)));
        _chain.Step(_chain.Unbond(Old, Amount.FromNtk(3))); // at 12
        _chain.Step(_chain.Unbond(Old, Amount.FromNtk(2))); // at 13
        var balance = _chain.AccountOf(Old).Balance;
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal((BondRecord.None, Amount.FromNtk(5), 2), (_chain.BondOf(Old), _chain.BondOf(Fresh).Bonded, _chain.BondOf(Fresh).Unbondings.Length));
        _chain.StepTo(12);
        Assert.Equal(Amount.FromNtk(3), _chain.AccountOf(Fresh).Balance);
        _chain.StepTo(30);
        Assert.Equal(Amount.FromNtk(5), _chain.AccountOf(Fresh).Balance);
        Assert.Equal((balance, Amount.FromNtk(5)), (_chain.AccountOf(Old).Balance, _chain.Supply.Escrow));
    }

    [Fact]
    public void WhatFallsDueInTheBlockOfTheRotationIsPaid()
    {
        _chain.Step(_chain.Bond(Old, Amount.FromNtk(10)));
        _chain.Step(_chain.Unbond(Old, Amount.FromNtk(3)));
        _chain.StepTo(11);
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal((Amount.FromNtk(3), Amount.FromNtk(7)), (_chain.AccountOf(Fresh).Balance, _chain.Supply.Escrow));
    }

    [Fact]
    public void BothKeysBondsComeTogetherAndAreFoldedWhereTheyAreTooMany()
    {
        _chain.State = LedgerChange.Of(_chain, context =>
        {
            foreach (var (key, first) in new[] { (Old, 30UL), (Fresh, 31UL) })
            {
                Assert.True(SupplyModule.TryLock(context.State, _chain.Alice.Address, new Amount(16 + 100)));
                new BondRecord(new Amount(100), [.. Enumerable.Range(0, 16).Select(i => new Unbonding(new Amount(1), new Height(first + (2 * (ulong)i))))]).Store(context.State, key.Address);
            }
        });
        _chain.Step(_chain.Rotate(Old, Fresh));
        var record = _chain.BondOf(Fresh);
        Assert.Equal((new Amount(200), 16, new Amount(232)), (record.Bonded, record.Unbondings.Length, record.Total));
        Assert.Equal(_chain.Supply.Escrow, record.Total);
        Assert.Equal((new Amount(17), new Height(46)), (record.Unbondings[0].Amount, record.Unbondings[0].Release)); // 30 to 46 wait for 46
    }

    [Fact]
    public void AnOperationIsNotReplayed()
    {
        var rotation = _chain.Rotate(Old, Fresh);
        _chain.Step(rotation);
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(rotation));
        _chain.StepTo(5);
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(rotation));
    }

    [Fact]
    public void ANumberIsUsedInItsOrder()
    {
        _chain.Step(_chain.Propose(Old, Act.Set(("block_interval_ms", "500"))));
        Assert.Equal(TransactionRejection.WrongSequence, _chain.OutcomeOf(_chain.Rotate(Old, Fresh, sequence: 0)));
        Assert.Equal(TransactionRejection.WrongSequence, _chain.OutcomeOf(_chain.Rotate(Old, Fresh, sequence: 2)));
        Assert.Equal(TransactionRejection.WrongSequence, _chain.OutcomeOf(_chain.Rotate(Old, Fresh, sequence: ulong.MaxValue)));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Rotate(Old, Fresh, sequence: 1)));
    }

    [Fact]
    public void TheNewKeyMustConsentToExactlyThis()
    {
        Signature Consent(PrivateKey signer, Address old, ulong sequence, GenesisHash? genesis = null) =>
            signer.Sign(KeyRotations.Consent(genesis ?? _chain.GenesisHash, old, Fresh.Address, sequence).Digest);
        Signature[] wrong =
        [
            Consent(Old, Old.Address, 0), // the old key's
            Consent(Fresh, _chain.ValidatorKeys[2].Address, 0), // for another's place
            Consent(Fresh, Old.Address, 1), // for another operation
            Consent(Fresh, Old.Address, 0, new GenesisHash(Hash256.Zero)), // for another chain
        ];
        foreach (var signature in wrong)
            Assert.Equal(TransactionRejection.WrongKeySignature, _chain.OutcomeOf(_chain.Rotate(Old, Fresh, consent: signature)));
    }

    [Fact]
    public void AKeyThatIsOrWasAValidatorsIsNotTaken()
    {
        Assert.Equal(TransactionRejection.KeyTaken, _chain.OutcomeOf(_chain.Rotate(Old, Old)));
        Assert.Equal(TransactionRejection.KeyTaken, _chain.OutcomeOf(_chain.Rotate(Old, _chain.ValidatorKeys[2])));
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal(TransactionRejection.KeyTaken, _chain.OutcomeOf(_chain.Rotate(_chain.ValidatorKeys[2], Fresh)));
        Assert.Equal(TransactionRejection.KeyTaken, _chain.OutcomeOf(_chain.Rotate(_chain.ValidatorKeys[2], Old)));
    }

    [Fact]
    public void TwoValidatorsDoNotTakeOneKeyInABlock()
    {
        var result = _chain.Step(_chain.Rotate(Old, Fresh), _chain.Rotate(_chain.ValidatorKeys[2], Fresh));
        Assert.Single(result.Receipts);
        Assert.Equal(4, _chain.Members.Count);
    }

    [Fact]
    public void AStrangerHasNoKeyToReplace() =>
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(_chain.Rotate(_chain.Alice, Fresh)));

    [Fact]
    public void AKeyVotesBeforeItIsReplaced()
    {
        _chain.Step(_chain.Rotate(Old, Fresh));
        var next = _chain.Rotate(Fresh, LedgerFixture.Key(501));
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(next));
        _chain.Step();
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(next));
        _chain.Step(next);
        Assert.Equal(LedgerFixture.Key(501).Address, KeyRotations.Present(_chain.State, Old.Address));
    }

    [Fact]
    public void HoweverOftenAKeyWasChangedTwoReadsFindThePresentOne()
    {
        var keys = Enumerable.Range(0, 20).Select(i => LedgerFixture.Key(500 + i)).Prepend(Old).ToArray();
        for (var i = 0; i + 1 < keys.Length; i++)
        {
            _chain.Step(_chain.Rotate(keys[i], keys[i + 1]));
            _chain.Step();
        }

        foreach (var (i, key) in keys.Index())
        {
            var reads = new CountingReader(_chain.State);
            Assert.Equal(keys[^1].Address, KeyRotations.Present(reads, key.Address));
            Assert.Equal(2, reads.Count);
            Assert.Equal(keys[0].Address, KeyRotations.Identity(_chain.State, key.Address));
            Assert.True(KeyRotations.IsSame(_chain.State, key.Address, keys[3].Address));
            Assert.Equal(i < 20, KeyRotations.IsReplaced(_chain.State, key.Address));
            // The key of number i was replaced in block 2 i + 1 and signed up to the one after.
            Assert.False(KeyRotations.IsRetiredAt(_chain.State, key.Address, new Height((2 * (ulong)i) + 2)));
            Assert.Equal(i < 20, KeyRotations.IsRetiredAt(_chain.State, key.Address, new Height((2 * (ulong)i) + 3)));
        }

        Assert.False(KeyRotations.IsSame(_chain.State, keys[0].Address, _chain.ValidatorKeys[2].Address));
    }

    [Fact]
    public void AKeyIsChangedAgainWhenTheTimeBetweenTwoChangesHasPassed()
    {
        var chain = new LedgerFixture(genesis => genesis with { Parameters = genesis.Parameters with { Validators = new ValidatorParameters { RotationBlocks = 9 } } });
        chain.Step(chain.Rotate(chain.ValidatorKeys[1], Fresh));
        chain.StepTo(8);
        Assert.Equal(TransactionRejection.RotationTooSoon, chain.OutcomeOf(chain.Rotate(Fresh, LedgerFixture.Key(501))));
        Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Rotate(chain.ValidatorKeys[2], LedgerFixture.Key(501))));
        chain.Step();
        Assert.Equal(TransactionRejection.None, chain.OutcomeOf(chain.Rotate(Fresh, LedgerFixture.Key(501))));
    }

    /// <summary>A seed chain is the validator's: it goes with it, and not with one of its keys.</summary>
    [Fact]
    public void TheSeedChainOfAValidatorThatIsGoneGoesWithTheEvidenceWindow()
    {
        var chain = new LedgerFixture(LedgerFixture.Fast, validators: 6);
        var (changed, removed) = (chain.ValidatorKeys[1], chain.ValidatorKeys[2]);
        Transaction Register(PrivateKey key) => chain.Protocol(key, new Types.V1.TransactionBody { SeedChainRegistration = new Types.V1.SeedChainRegistration { Tip = TrainingWorld.Bytes(Hash256.Zero), Length = SeedChain.LengthMin } });
        chain.Step([.. chain.ValidatorKeys.Select(Register)]);
        chain.Step(chain.Rotate(changed, Fresh));
        chain.Carry(Act.Remove(removed.Address));
        Assert.True(chain.State.Height.Value < 256);
        chain.StepTo(511);
        Assert.NotNull(SeedChainRecord.Get(chain.State, removed.Address));
        chain.Step();
        Assert.Null(SeedChainRecord.Get(chain.State, removed.Address));
        Assert.All(chain.ValidatorKeys.Where(key => key != removed), key => Assert.NotNull(SeedChainRecord.Get(chain.State, key.Address)));
        Assert.NotNull(SeedChainRecord.Get(chain.State, Fresh.Address));
        Assert.DoesNotContain(chain.State.Records, record => record.Key.Bytes[0] == (byte)StateModule.Validators && record.Key.Bytes[1] == 11);
    }

    [Fact]
    public void AVoteGoesAlongAndIsNotCastAgain()
    {
        var id = OpenProposals.Get(_chain.State).NextId;
        _chain.Step(_chain.Propose(_chain.ValidatorKeys[0], Act.Set(("block_interval_ms", "500"))), _chain.Vote(Old, id));
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal(2UL, ProposalRecord.Get(_chain.State, id)!.Power(_chain.State, _chain.Members, approving: true));
        Assert.Equal(TransactionRejection.AlreadySent, _chain.OutcomeOf(_chain.Vote(Fresh, id)));
        Assert.Equal(TransactionRejection.AlreadySent, _chain.OutcomeOf(_chain.Vote(Fresh, id, approve: false)));
        Assert.Equal(TransactionRejection.NotAValidator, _chain.OutcomeOf(_chain.Vote(Old, id)));
        _chain.Step(_chain.Vote(_chain.ValidatorKeys[2], id));
        Assert.True(ProposalRecord.Get(_chain.State, id)!.IsAccepted);
    }

    [Fact]
    public void ANewKeyOpensNoMoreProposals()
    {
        for (var i = 0; i < 4; i++) _chain.Step(_chain.Propose(Old, Act.Set(("block_interval_ms", "500"))));
        Assert.Equal(TransactionRejection.TooManyProposals, _chain.OutcomeOf(_chain.Propose(Old, Act.Set(("block_interval_ms", "500")))));
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal(4, OpenProposals.Get(_chain.State).Ids.Length);
        Assert.Equal(TransactionRejection.TooManyProposals, _chain.OutcomeOf(_chain.Propose(Fresh, Act.Set(("block_interval_ms", "500")))));
    }

    [Fact]
    public void NobodyGetsOutOfTheWayOfAVote()
    {
        var chain = new LedgerFixture(LedgerFixture.Fast, validators: 6);
        var (jailed, removed) = (chain.ValidatorKeys[1], chain.ValidatorKeys[2]);
        chain.Accept(Act.Jail(jailed.Address));
        chain.Step(chain.Rotate(jailed, Fresh));
        chain.Step();
        Assert.True(ValidatorRecord.IsJailedAt(chain.State, Fresh.Address));
        Assert.False(chain.Members.Contains(Fresh.Address));

        chain.Accept(Act.Remove(removed.Address));
        chain.Step(chain.Rotate(removed, LedgerFixture.Key(501)));
        chain.Step();
        Assert.Equal(4, chain.Members.Count);
        Assert.False(chain.Members.Contains(LedgerFixture.Key(501).Address));
    }

    [Fact]
    public void AChangeOfPowerFollowsTheNewKey()
    {
        var chain = new LedgerFixture(
            genesis => LedgerFixture.Fast(genesis) with { Validators = [.. genesis.Validators.Select(v => v with { Power = 4 })] }, validators: 6);
        chain.Accept(Act.Power(chain.ValidatorKeys[1].Address, 3));
        chain.Step(chain.Rotate(chain.ValidatorKeys[1], Fresh));
        chain.Step();
        Assert.Equal(3UL, chain.Members.PowerOf(Fresh.Address));
    }

    [Fact]
    public void AKeyThatWasGivenUpIsNotAdmittedAgain()
    {
        _chain.Step(_chain.Rotate(Old, Fresh));
        Assert.Equal(TransactionRejection.KeyTaken, _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[0], Act.Admit(Old.Address, LedgerFixture.Key(900).Address))));
    }

    [Fact]
    public void TermsEndBecauseTheirProofsNameTheOldKey()
    {
        var world = new TrainingWorld();
        world.RunRound(TestCandidate.Make(world, 1, gain: 20, producer: 1));
        Assert.Single(TermQueue.Get(world).Terms);
        var (old, fresh) = (world.Keys[1], Fresh);
        var message = new Types.V1.KeyRotation
        {
            NewAddress = LedgerFixture.Bytes(fresh.Address),
            Signature = Google.Protobuf.ByteString.CopyFrom(fresh.Sign(KeyRotations.Consent(world.Hash, old.Address, fresh.Address, 0).Digest).Bytes),
        };
        world.Take(world.Protocol(old, new Types.V1.TransactionBody { KeyRotation = message }));
        Assert.Empty(TermQueue.Get(world).Terms);
    }

    [Fact]
    public void SetsThatNoHeightEverHadAreNotKept()
    {
        _chain.Step([.. _chain.ValidatorKeys.Select((key, i) => _chain.Rotate(key, LedgerFixture.Key(500 + i)))]);
        _chain.StepTo(20);
        Assert.Single(_chain.State.Records, record => record.Key.Bytes[0] == (byte)StateModule.Validators && record.Key.Bytes[1] == 1);
    }

    private sealed class CountingReader(IStateReader state) : IStateReader
    {
        public int Count { get; private set; }

        public byte[]? Get(StateKey key)
        {
            Count++;
            return state.Get(key);
        }
    }
}
