using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>
/// Every reason why a transaction does nothing, provoked once and exactly: those of training in <see cref="EveryTrainingRejectionTests"/>, those of
/// training sets in <see cref="DeltaRefusalTests"/>, those of sealed hold-outs in <see cref="HoldOutRefusalTests"/>, those of the bridge in <see cref="BridgeRefusalTests"/>,
/// those of claims in <see cref="ClaimRefusalTests"/>, all others here.
/// </summary>
public sealed class EveryRejectionTests
{
    private static readonly Amount One = Amount.FromNtk(1);

    private static readonly PrivateKey New = LedgerFixture.Key(500);

    private static readonly Address NewNode = LedgerFixture.Key(600).Address;

    private static readonly GovernanceAction Faster = Act.Set(("block_interval_ms", "500"));

    private static readonly Dictionary<TransactionRejection, Func<TransactionRejection>> Provocations = new()
    {
        [TransactionRejection.NonceTooLow] = () => Of(c => c.Step(c.Burn(c.Alice, One)), c => c.Transfer(c.Alice, c.Bob.Address, One, nonce: 0)),
        [TransactionRejection.NonceTooHigh] = () => Of(c => c.Transfer(c.Alice, c.Bob.Address, One, nonce: ulong.MaxValue)),
        [TransactionRejection.FeeTooLow] = () => Of(c => c.Transfer(c.Alice, c.Bob.Address, One, fee: Amount.Zero)),
        [TransactionRejection.FeeNotPayable] = () => Of(c => c.Transfer(c.Alice, c.Bob.Address, One, fee: new Amount(UInt128.MaxValue))),
        [TransactionRejection.Expired] = () => Of(c => c.StepTo(1), c => c.Transfer(c.Alice, c.Bob.Address, One, expiry: 1)),
        [TransactionRejection.NotAValidator] = () => Of(c => c.Propose(c.Alice, Faster)),
        [TransactionRejection.AlreadySent] = () => Of(c => c.Step(c.Propose(First(c), Faster)), c => c.Vote(First(c), 1)),

        [TransactionRejection.WrongSequence] = () => Of(c => c.Propose(First(c), Faster, sequence: 1)),
        [TransactionRejection.TooManyProposals] = () => Of(
            c => c.Step([.. Enumerable.Range(0, 4).Select(i => c.Propose(First(c), Faster, sequence: (ulong)i))]), c => c.Propose(First(c), Faster)),
        [TransactionRejection.UnknownProposal] = () => Of(c => c.Vote(First(c), 1)),
        [TransactionRejection.ProposalNotOpen] = () => Of(c => c.Accept(Faster), c => c.Vote(First(c), 1)),
        [TransactionRejection.Jailed] = () => Of(c => c.Carry(Act.Jail(First(c).Address)), c => c.Propose(First(c), Faster)),
        [TransactionRejection.AlreadyAValidator] = () => Proposed(c => Act.Admit(First(c).Address, NewNode)),
        [TransactionRejection.NoSuchValidator] = () => Proposed(_ => Act.Remove(New.Address)),
        [TransactionRejection.PowerOutOfRange] = () => Proposed(_ => Act.Admit(New.Address, NewNode, 0)),
        [TransactionRejection.TooFewValidators] = () => Proposed(c => Act.Remove(First(c).Address)),
        [TransactionRejection.TooManyValidators] = () => new LedgerFixture(genesis => genesis with { Allocations = [] }, validators: Limits.ValidatorsMax) is var full
            ? full.OutcomeOf(full.Propose(First(full), Act.Admit(New.Address, NewNode)))
            : default,
        [TransactionRejection.PowerTooGreat] = () => Proposed(c => Act.Power(First(c).Address, 2)),
        [TransactionRejection.NodeTaken] = () => Proposed(c => Act.Admit(New.Address, c.Genesis.Validators[1].Node)),
        [TransactionRejection.BondMissing] = () => BondTests.WithLeastBond(One) is var c ? c.OutcomeOf(c.Propose(First(c), Act.Admit(New.Address, NewNode))) : default,
        [TransactionRejection.AlreadyJailed] = () => Of(c => c.Carry(Act.Jail(c.ValidatorKeys[1].Address)), c => c.Propose(First(c), Act.Jail(c.ValidatorKeys[1].Address))),
        [TransactionRejection.NotJailed] = () => Proposed(c => Act.Unjail(First(c).Address)),
        [TransactionRejection.ParameterUnknown] = () => Proposed(_ => Act.Set(("no_such", "1"))),
        [TransactionRejection.ParameterRepeated] = () => Proposed(_ => Act.Set(("fee_min", "1"), ("fee_min", "1"))),
        [TransactionRejection.ParameterInvalid] = () => Proposed(_ => Act.Set(("fee_min", "x"))),
        [TransactionRejection.UpgradeTooSoon] = () => Proposed(_ => Act.Upgrade("x", 2)),
        [TransactionRejection.UpgradeNameTaken] = () => Of(c => c.Carry(Act.Upgrade("x", 50)), c => c.Propose(First(c), Act.Upgrade("x", 60))),
        [TransactionRejection.UnknownUpgrade] = () => Proposed(_ => Act.Cancel("x")),
        [TransactionRejection.TooManyUpgrades] = () => Of(
            c => c.State = c.State.With(state => new UpgradeRecord([.. Enumerable.Range(0, Limits.UpgradesMax).Select(i => new Upgrade($"u{i}", new Height(99)))]).Store(state)),
            c => c.Propose(First(c), Act.Upgrade("x", 50))),
        [TransactionRejection.TreasuryTooLow] = () => Proposed(c => Act.Pay(c.Alice.Address, One)),
        [TransactionRejection.ProposalAmountZero] = () => Proposed(c => Act.Pay(c.Alice.Address, Amount.Zero)),
        [TransactionRejection.KeyTaken] = () => Of(c => c.Rotate(First(c), c.ValidatorKeys[1])),
        [TransactionRejection.RotationTooSoon] = () => new LedgerFixture() is var c && c.Step(c.Rotate(First(c), New)) is not null && c.Step() is not null ? c.OutcomeOf(c.Rotate(New, LedgerFixture.Key(901))) : default,
        [TransactionRejection.WrongKeySignature] = () => Of(c => c.Rotate(First(c), New, consent: First(c).Sign(Hash256.Zero))),
        [TransactionRejection.PowerUnchanged] = () => Proposed(c => Act.Power(First(c).Address, 1)),

        [TransactionRejection.EvidenceInvalid] = () => Of(c => c.Report(First(c), [1])),
        [TransactionRejection.KeyRetired] = () => Of(
            c =>
            {
                c.Step(c.Rotate(c.ValidatorKeys[1], New));
                c.StepTo(3);
            },
            c => c.Report(First(c), c.DoubleVote(c.ValidatorKeys[1], 3))),
        [TransactionRejection.EvidenceExpired] = () => Of(c => c.StepTo(12), c => c.Report(First(c), c.DoubleVote(c.ValidatorKeys[1], 2))),
        [TransactionRejection.EvidenceCounted] = () => Of(
            c => c.Step(c.Report(First(c), c.DoubleVote(c.ValidatorKeys[1], 1))), c => c.Report(First(c), c.DoubleVote(c.ValidatorKeys[1], 1, variant: 1))),

        [TransactionRejection.BalanceTooLow] = () => Of(c => c.Burn(c.Alice, LedgerFixture.InitialBalance)),
        [TransactionRejection.TransferToSelf] = () => Of(c => c.Transfer(c.Alice, c.Alice.Address, One)),
        [TransactionRejection.AmountZero] = () => Of(c => c.Transfer(c.Alice, c.Bob.Address, Amount.Zero)),
        [TransactionRejection.AmountTooLarge] = () => Of(c => c.Batch(c.Alice, (c.Bob.Address, One), (c.Bob.Address, new Amount(UInt128.MaxValue)))),
        [TransactionRejection.NotBonded] = () => Of(c => c.Unbond(c.Alice, One)),
        [TransactionRejection.UnbondTooMuch] = () => Of(c => c.Step(c.Bond(c.Alice, One)), c => c.Unbond(c.Alice, One + new Amount(1))),
        [TransactionRejection.TooManyUnbondings] = () => Of(
            c => c.State = c.State.With(state => new BondRecord(One, [.. Enumerable.Range(0, 16).Select(i => new Unbonding(One, new Height(90 + (ulong)i)))]).Store(state, c.Alice.Address)),
            c => c.Unbond(c.Alice, One)),
        [TransactionRejection.NoBridge] = () => new LedgerFixture() is var c ? SupplyModule.TryCredit(new StateOverlay(c.State), c.Genesis, c.Alice.Address, One) : default,
        [TransactionRejection.CreditAboveCap] = () => Bridged(c => SupplyModule.TryCredit(new StateOverlay(c.State), c.Genesis, c.Alice.Address, SupplyModule.Cap + One)),
        [TransactionRejection.WithdrawalAboveCredited] = () => Bridged(c => SupplyModule.TryWithdraw(new StateOverlay(c.State), c.Genesis, c.Alice.Address, One)),
    };

    public static TheoryData<TransactionRejection> All => [.. Provocations.Keys];

    [Theory]
    [MemberData(nameof(All))]
    public void ItIsProvokedExactly(TransactionRejection reason) => Assert.Equal(reason, Provocations[reason]());

    [Fact]
    public void NoReasonIsForgotten() => Assert.Equal(
        Enum.GetValues<TransactionRejection>(),
        Provocations.Keys.Concat(EveryTrainingRejectionTests.Reasons).Concat(DeltaRefusalTests.Reasons).Concat(TaskForkTests.Reasons).Concat(HoldOutRefusalTests.Reasons).Concat(BridgeRefusalTests.Reasons).Concat(ClaimRefusalTests.Reasons).Append(TransactionRejection.None).Distinct().Order());

    /// <summary>All of them: a new reason takes a new number and comes into this list, and no other line of it ever changes.</summary>
    [Fact]
    public void NumbersThatStandInReceiptsNeverChange() => Assert.Equal(
        """
            0=None 1=NonceTooLow 2=NonceTooHigh 3=FeeTooLow 4=FeeNotPayable 5=Expired 6=NotAValidator 7=UnknownTask 8=WrongTrainingRound 9=WindowClosed
            10=WindowNotOpen 11=AlreadySent 12=UnknownCandidate 13=WrongSeedShare 14=NoSeedChain 15=SeedChainStillGood 16=SeedChainLength
            17=MalformedStatement 18=WrongStatement 19=WrongAttestationSignature 20=CommitmentMismatch 21=NoAttestationCommitted 22=PrivateLossesCount
            23=SeedChainTooNew 24=SeedChainSpent 25=PrivateLossOutOfRange 26=NotRechecked 27=SeedChainOutdated 29=ShareNotExpected 30=WrongSequence 31=TooManyProposals 32=UnknownProposal 33=ProposalNotOpen
            34=Jailed 35=AlreadyAValidator 36=NoSuchValidator 37=PowerOutOfRange 38=TooFewValidators 39=TooManyValidators 40=PowerTooGreat 41=NodeTaken
            42=BondMissing 43=AlreadyJailed 44=NotJailed 45=ParameterUnknown 46=ParameterRepeated 47=ParameterInvalid 48=UpgradeTooSoon
            49=UpgradeNameTaken 50=UnknownUpgrade 51=TooManyUpgrades 52=TreasuryTooLow 53=ProposalAmountZero 54=KeyTaken 55=WrongKeySignature
            56=PowerUnchanged 57=RotationTooSoon 58=TaskAlreadyClosed 59=TaskNotClosed 60=EvidenceInvalid 61=KeyRetired 62=EvidenceExpired
            63=EvidenceCounted 64=ForkMalformed 65=ForkUncertifiedParent 66=ForkUnchangedModel 67=ForkOtherTerms 68=ForkTaskTaken 69=TooManyTasks
            70=UnknownDelta 71=UnknownSealedSet 72=AttestationOutOfWindow 73=UnknownWithdrawal 74=WithdrawalNotHeld
            75=RelayBridgeInDoubt 76=RelayBlockNotAttested 77=RelayProofInvalid 78=RelayNothingNew 79=RelayNonceGap 80=RelayDeadlineNotPassed
            81=RelayWithdrawalReleased 82=BridgeNotStopped 83=NotInQuarantine 84=VaultClosed 85=BridgeMissing
            86=ClaimsMissing 87=ClaimForOtherChain 88=ClaimsClosed 89=ClaimExpired 90=ClaimRecipientZero 91=ClaimUsed 92=ClaimInnerNode 93=ClaimNotInSnapshot
            94=ClaimAbovePot 95=ClaimAboveTotal 96=ClosingNotLater 100=BalanceTooLow 101=TransferToSelf 102=AmountZero 103=AmountTooLarge 104=NotBonded 105=UnbondTooMuch
            106=TooManyUnbondings 107=NoBridge 108=CreditAboveCap 109=WithdrawalAboveCredited 110=BridgeInDoubt 111=BlockNotAttested
            112=BridgeProofInvalid 113=NothingNew 114=VaultNonceGap 115=UnknownBurn 116=DeadlineNotPassed 117=WithdrawalReleased
            118=WithdrawalTarget 119=WithdrawalTooSmall 120=WithdrawalTooLarge 121=BridgeOutClosed 200=CandidatesFull 201=UnknownProducer 202=BondTooLow
            203=CommitmentRepeated 204=ClaimOutOfRange 205=RevealMismatch 206=ManifestMalformed 207=ManifestMismatch 208=CheckpointRepeated
            209=DeviceRefused 210=NoConsent 211=CandidateAlreadyRevealed 212=TrainingUnknownTask 213=TrainingWrongRound 214=TrainingWindowClosed
            215=TooManyPerKey 216=TrainingWindowNotOpen 217=BondTooHigh 218=ChunksMismatch 219=UnknownParent 220=UnknownTrainingSet 221=TaskClosed
            222=ProducerFull 223=SizeMismatch 230=DatasetUnknownTask 231=OtherBaseVersion 232=DeltaBlobMalformed 233=DeltaTooLarge 234=DeltaBondWrong
            235=DeltaOpenAlready 236=NoPoints 237=DeltaNotOpen 238=DeltaVoteRepeated 239=PeriodOutOfBounds 240=DatasetFull 241=ApprovalTooLate
            250=HoldOutUnknownTask 251=GeneratorWanted 252=SealedBlobMalformed 253=SealedTermsWrong 254=CustodiansWrong 255=SealedBondWrong
            256=SealedSetsFull 257=SealedSetRepeated 258=SealedSetNotOpen 259=NotOfThisSet 260=SealedSetInUse 261=KeysNotAsked 262=KeysShownAlready
            263=KeysWrong 264=SealedConflict
            """.ReplaceLineEndings(" "),
        string.Join(' ', Enum.GetValues<TransactionRejection>().Select(reason => $"{(ushort)reason}={reason}")));

    private static PrivateKey First(LedgerFixture chain) => chain.ValidatorKeys[0];

    private static TransactionRejection Of(Func<LedgerFixture, Transaction> make) => Of(_ => { }, make);

    private static TransactionRejection Of(Action<LedgerFixture> before, Func<LedgerFixture, Transaction> make)
    {
        var chain = new LedgerFixture(LedgerFixture.Fast);
        before(chain);
        return chain.OutcomeOf(make(chain));
    }

    private static TransactionRejection Proposed(Func<LedgerFixture, GovernanceAction> action) => Of(chain => chain.Propose(First(chain), action(chain)));

    private static TransactionRejection Bridged(Func<LedgerFixture, TransactionRejection> act) =>
        act(new LedgerFixture(BridgeWorld.Bridged));
}
