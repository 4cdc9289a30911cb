using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>A proven fault jails whoever answers for the key: once, for a while, whoever reports it.</summary>
public sealed class EvidenceTests
{
    private static readonly PrivateKey Fresh = LedgerFixture.Key(500);

    private readonly LedgerFixture _four = new(LedgerFixture.Fast);

    private PrivateKey Reporter => _four.ValidatorKeys[0];

    private PrivateKey Guilty => _four.ValidatorKeys[2];

    [Fact]
    public void AProvenFaultTakesPowerAndBondAtOnce()
    {
        var five = new LedgerFixture(LedgerFixture.Fast, validators: 5);
        var (reporter, guilty) = (five.ValidatorKeys[0], five.ValidatorKeys[2]);
        five.Step(five.Bond(guilty, Amount.FromNtk(10)));
        five.Step(five.Unbond(guilty, Amount.FromNtk(4)));
        var result = five.Step(five.Report(reporter, five.DoubleVote(guilty, 2)));
        Assert.True(Assert.Single(result.Receipts).IsSuccess);
        string Of(string key) => LedgerFixture.Attribute(result, "evidence.counted", key);
        Assert.Equal((Hex(guilty.Address), "duplicate-vote", "2", Hex(reporter.Address)), (Of("guilty"), Of("kind"), Of("height"), Of("reporter")));
        Assert.Equal("duplicate-vote", LedgerFixture.Attribute(result, "validators.jailed", "cause"));
        Assert.Equal("no", LedgerFixture.Attribute(result, "validators.jailed", "keeps_power"));
        Assert.False(five.Members.Contains(guilty.Address));
        Assert.True(ValidatorRecord.IsJailedAt(five.State, guilty.Address));
        Assert.Equal((BondRecord.None, Amount.Zero), (five.BondOf(guilty), five.Supply.Escrow));
        Assert.Equal([new CountedFault(guilty.Address, new Height(2), new Height(3))], CountedFaults.Around(five.State, new Height(2)));
        Assert.Null(SupplyModule.Audit(five.State));
    }

    [Fact]
    public void OfFourTheGuiltyKeepsItsPowerAndTheOthersAreTold()
    {
        var result = _four.Step(_four.Report(Reporter, _four.DoubleVote(Guilty, 1)));
        Assert.Equal("yes", LedgerFixture.Attribute(result, "validators.jailed", "keeps_power"));
        Assert.Equal(4, _four.Members.Count);
    }

    [Fact]
    public void EveryKindCounts()
    {
        Counts(_four, "amnesia", _four.Amnesia(Guilty, 1));
        Counts(_four, "duplicate-proposal", _four.DoubleProposal(Guilty, 1));
        Counts(_four, "duplicate-vote", _four.DoubleVote(Guilty, 1));
    }

    [Fact]
    public void AWrongLeaderIsProvenFromTheChainsOwnHeaders()
    {
        _four.StepTo(3);
        var certified = _four.State; // its root stands in header 4
        _four.Step();
        var (header, height) = (_four.Build().Block.Header, new Height(5));
        var leader = _four.State.Next.Schedule.Leader(Round.Zero);
        foreach (var key in _four.ValidatorKeys)
        {
            var proof = new WrongLeaderProof(
                Propose(_four, key, new Proposal(height, Round.Zero, header.Hash, null)),
                header,
                _four.LastBlock.Block.Header,
                HeightRecord.Get(certified, height)!,
                certified.Prove(HeightRecord.Key(height)),
                certified.ContextOf(height).Validators);
            if (key.Address != leader) Counts(_four, "wrong-leader", proof);
            else Assert.Equal(TransactionRejection.EvidenceInvalid, _four.OutcomeOf(_four.Report(Other(key), proof)));
        }

        PrivateKey Other(PrivateKey key) => _four.ValidatorKeys.First(other => other != key);
    }

    [Fact]
    public void AFaultCountsOnceWhateverTheEvidence()
    {
        _four.Step(_four.Report(Reporter, _four.DoubleVote(Guilty, 1)));
        Assert.Equal(TransactionRejection.EvidenceCounted, Outcome(_four.DoubleVote(Guilty, 1)));
        Assert.Equal(TransactionRejection.EvidenceCounted, Outcome(_four.DoubleVote(Guilty, 1, variant: 1)));
        Assert.Equal(TransactionRejection.AlreadyJailed, Outcome(_four.DoubleVote(Guilty, 2)));

        _four.Carry(Act.Unjail(Guilty.Address));
        Assert.Equal(TransactionRejection.EvidenceCounted, Outcome(_four.DoubleVote(Guilty, 1, variant: 1)));
        Assert.Equal(TransactionRejection.None, Outcome(_four.DoubleVote(Guilty, 2))); // one that nobody has paid for
        Assert.Equal(TransactionRejection.None, Outcome(_four.DoubleVote(_four.ValidatorKeys[1], 1)));
    }

    [Fact]
    public void OfTwoReportsInABlockOneCounts()
    {
        var result = _four.Step(_four.Report(Reporter, _four.DoubleVote(Guilty, 1)), _four.Report(_four.ValidatorKeys[1], _four.DoubleVote(Guilty, 1, variant: 1)));
        Assert.Single(result.Receipts);
        Assert.Single(CountedFaults.Around(_four.State, Height.First));
    }

    [Fact]
    public void MembersReportAndNobodyElse()
    {
        Assert.Equal(TransactionRejection.NotAValidator, _four.OutcomeOf(_four.Report(_four.Alice, _four.DoubleVote(Guilty, 1))));
        _four.Step(_four.Report(Reporter, _four.DoubleVote(Guilty, 1)));
        Assert.Equal(TransactionRejection.Jailed, _four.OutcomeOf(_four.Report(Guilty, _four.DoubleVote(Reporter, 1))));
    }

    [Fact]
    public void WhatProvesNothingIsRefused()
    {
        var good = _four.DoubleVote(Guilty, 1).Encode();
        byte[][] bad = [[.. good, 0], good[..^1], [.. good[..^1], (byte)(good[^1] ^ 1)], [9, .. good[1..]]];
        Assert.All(bad, bytes => Assert.Equal(TransactionRejection.EvidenceInvalid, _four.OutcomeOf(_four.Report(Reporter, bytes))));
        Assert.Equal(TransactionRejection.NoSuchValidator, Outcome(_four.DoubleVote(_four.Alice, 1)));
    }

    [Fact]
    public void AFaultOfAHeightToComeIsNotYetJudged()
    {
        _four.StepTo(4);
        Assert.Equal(TransactionRejection.None, Outcome(_four.DoubleVote(Guilty, 5)));
        Assert.Equal(TransactionRejection.EvidenceInvalid, Outcome(_four.DoubleVote(Guilty, 6)));
        Assert.Equal(TransactionRejection.EvidenceInvalid, Outcome(_four.DoubleVote(Guilty, ulong.MaxValue)));
    }

    [Fact]
    public void WhoLeftAnswersWithWhatIsOnItsWayBack()
    {
        var five = new LedgerFixture(LedgerFixture.Fast, validators: 5);
        var gone = five.ValidatorKeys[2];
        five.Step(five.Bond(gone, Amount.FromNtk(10)));
        five.Carry(Act.Remove(gone.Address));
        var result = five.Step(five.Report(five.ValidatorKeys[0], five.DoubleVote(gone, 2)));
        Assert.Equal("no", LedgerFixture.Attribute(result, "validators.jailed", "keeps_power")); // it has none
        Assert.Equal((BondRecord.None, Amount.Zero), (five.BondOf(gone), five.Supply.Escrow));
        Assert.Equal(TransactionRejection.Jailed, five.OutcomeOf(five.Propose(five.ValidatorKeys[0], Act.Admit(gone.Address, LedgerFixture.Key(900).Address))));
    }

    [Fact]
    public void ANewKeyAnswersForWhatTheOldOneSigned()
    {
        var old = _four.ValidatorKeys[1];
        _four.Step(_four.Bond(old, Amount.FromNtk(10)));
        _four.Step(_four.Rotate(old, Fresh)); // signs from 4 on
        _four.StepTo(5);
        _four.Step(_four.Report(Reporter, _four.DoubleVote(old, 3)));
        Assert.True(ValidatorRecord.IsJailedAt(_four.State, Fresh.Address));
        Assert.Equal((BondRecord.None, Amount.Zero), (_four.BondOf(Fresh), _four.Supply.Escrow));
        Assert.Equal(TransactionRejection.EvidenceCounted, Outcome(_four.DoubleVote(old, 3)));
        Assert.Equal(TransactionRejection.AlreadyJailed, Outcome(_four.DoubleVote(Fresh, 4)));
    }

    [Fact]
    public void AThiefOfARetiredKeyFramesNobody()
    {
        var (old, next) = (_four.ValidatorKeys[1], LedgerFixture.Key(501));
        _four.Step();
        _four.Step(_four.Rotate(old, Fresh)); // signs from 4 on
        _four.StepTo(4);
        _four.Step(_four.Rotate(Fresh, next)); // signs from 7 on
        _four.StepTo(8);
        Assert.Equal(TransactionRejection.KeyRetired, Outcome(_four.DoubleVote(old, 4)));
        Assert.Equal(TransactionRejection.KeyRetired, Outcome(_four.DoubleVote(old, 8)));
        Assert.Equal(TransactionRejection.KeyRetired, Outcome(_four.DoubleVote(Fresh, 7)));
        Assert.Equal(TransactionRejection.None, Outcome(_four.DoubleVote(Fresh, 6)));
        Assert.Equal(TransactionRejection.None, Outcome(_four.DoubleVote(old, 3)));
        _four.Step(_four.Report(Reporter, _four.DoubleVote(old, 3)));
        Assert.True(ValidatorRecord.IsJailedAt(_four.State, next.Address));
    }

    [Fact]
    public void AFaultIsOneThingInTheMempoolWhateverItsEvidence()
    {
        var (a, b) = (_four.Report(Reporter, _four.DoubleVote(Guilty, 1)), _four.Report(Reporter, _four.DoubleVote(Guilty, 1, variant: 1)));
        Assert.Equal(ProtocolKey.Of(a), ProtocolKey.Of(b));
        foreach (var other in new[] { _four.Report(Reporter, _four.DoubleVote(Guilty, 2)), _four.Report(Reporter, _four.DoubleVote(Reporter, 1)), _four.Report(Guilty, _four.DoubleVote(Guilty, 1)), _four.Report(Reporter, [1]) })
            Assert.NotEqual(ProtocolKey.Of(a), ProtocolKey.Of(other));
        Assert.NotEqual(ProtocolKey.Of(_four.Report(Reporter, [1])), ProtocolKey.Of(_four.Report(Reporter, [2])));
        Assert.Equal(40u + ((uint)a.Bytes.Length / 16) + 120, CostUnits.Of(a));
    }

    [Fact]
    public void TheRecordOfAScheduleIsWhereProofsLookForIt() =>
        Assert.Equal(HeightRecord.Key(new Height(77)).Bytes.ToArray(), ScheduleRecord.Key(new Height(77)));

    private static SignedProposal Propose(LedgerFixture chain, PrivateKey key, Proposal proposal) => new(proposal, key.Address, key.Sign(proposal.Digest(chain.GenesisHash)));

    // In a block of its own, on top of the state as it is.
    private static void Counts(LedgerFixture chain, string kind, FaultProof proof)
    {
        var reporter = chain.ValidatorKeys.First(key => key.Address != proof.Guilty);
        var built = chain.Build(chain.Report(reporter, proof));
        Assert.Equal(kind, LedgerFixture.Attribute(built.Result, "evidence.counted", "kind"));
        Assert.Equal(kind, LedgerFixture.Attribute(built.Result, "validators.jailed", "cause"));
        Assert.True(ValidatorRecord.IsJailedAt(built.Result.Next, proof.Guilty));
    }

    private static string Hex(Address address) => Chain.Hex.Encode(address.ToArray());

    private TransactionRejection Outcome(FaultProof proof) => _four.OutcomeOf(_four.Report(Reporter, proof));
}
