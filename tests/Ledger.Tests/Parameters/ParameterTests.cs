using System.Text.Json.Nodes;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Parameters change together or not at all, stay within their bounds, and hold from the next block on.</summary>
public sealed class ParameterTests
{
    private readonly LedgerFixture _chain = new(LedgerFixture.Fast);

    [Fact]
    public void AChangeHoldsExactlyFromTheNextBlockOn()
    {
        _chain.Accept(Act.Set(("fee_min", "0.5")));
        _chain.Step();
        var transfer = _chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1));
        Assert.True(Assert.Single(_chain.Step(transfer).Receipts).IsSuccess); // the block that makes the change goes by the old one
        Assert.Equal("0.5", _chain.State.Parameters.FeeMin.ToString());
        Assert.Equal(TransactionRejection.FeeTooLow, _chain.OutcomeOf(_chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1))));
        Assert.True(Amount.TryParseNtk("0.5", out var half));
        Assert.Equal(TransactionRejection.None, _chain.OutcomeOf(_chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), fee: half)));
        Assert.Equal(TransactionRejection.FeeTooLow, _chain.OutcomeOf(_chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1), fee: half - new Amount(1))));
    }

    [Fact]
    public void TheMempoolAsksForTheNewFeeAtTheSameTime()
    {
        _chain.Carry(Act.Set(("fee_min", "0.5")));
        Assert.Equal(MempoolRejection.FeeTooLow, new Mempool().TryAdd(_chain.Transfer(_chain.Alice, _chain.Bob.Address, new Amount(1)), _chain.State));
    }

    [Theory]
    [InlineData("training.term_block", "8", TransactionRejection.ParameterUnknown)]
    [InlineData("training", "8", TransactionRejection.ParameterUnknown)]
    [InlineData("training.term_blocks.x", "8", TransactionRejection.ParameterUnknown)]
    [InlineData("parameters.training.term_blocks", "8", TransactionRejection.ParameterUnknown)]
    [InlineData("Training.TermBlocks", "8", TransactionRejection.ParameterUnknown)]
    [InlineData(".", "8", TransactionRejection.ParameterUnknown)]
    [InlineData("chain_name", "other", TransactionRejection.ParameterUnknown)]
    [InlineData("training.term_blocks", "0", TransactionRejection.ParameterInvalid)]
    [InlineData("training.term_blocks", "-1", TransactionRejection.ParameterInvalid)]
    [InlineData("training.term_blocks", "8.0", TransactionRejection.ParameterInvalid)]
    [InlineData("training.term_blocks", "4294967296", TransactionRejection.ParameterInvalid)]
    [InlineData("training.term_blocks", "18446744073709551616", TransactionRejection.ParameterInvalid)]
    [InlineData("training.require_device", "abacus", TransactionRejection.ParameterInvalid)]
    [InlineData("training.shortfall_fee", "10.000000000000000001", TransactionRejection.ParameterInvalid)]
    [InlineData("fee_min", "1000.1", TransactionRejection.ParameterInvalid)]
    [InlineData("fee_min", "-1", TransactionRejection.ParameterInvalid)]
    [InlineData("fees.base_fee_min", "0", TransactionRejection.ParameterInvalid)]
    [InlineData("fees.block_cost_max", "99999", TransactionRejection.ParameterInvalid)]
    [InlineData("fees.treasury_percent", "71", TransactionRejection.ParameterInvalid)] // with 30 burned in the first year
    [InlineData("fees.burn_percent_later", "91", TransactionRejection.ParameterInvalid)]
    [InlineData("governance.voting_blocks", "0", TransactionRejection.ParameterInvalid)]
    [InlineData("governance.open_per_validator_max", "17", TransactionRejection.ParameterInvalid)]
    [InlineData("validators.evidence_blocks", "9", TransactionRejection.ParameterInvalid)]
    [InlineData("validators.evidence_ms", "999", TransactionRejection.ParameterInvalid)]
    [InlineData("training.term_blocks", "9", TransactionRejection.None)]
    public void ABadSettingIsNotPutToTheVote(string key, string value, TransactionRejection rejection) =>
        Assert.Equal(rejection, Refused(Act.Set((key, value))));

    [Fact]
    public void ASettingIsNamedOnce() =>
        Assert.Equal(TransactionRejection.ParameterRepeated, Refused(Act.Set(("training.term_blocks", "9"), ("training.term_blocks", "9"))));

    [Fact]
    public void AllSettingsOrNone()
    {
        Assert.Equal(TransactionRejection.ParameterInvalid, Refused(Act.Set(("training.term_blocks", "9"), ("training.live_terms_max", "0"))));
        // Each alone would be out of the bounds that the other sets.
        Assert.Equal(TransactionRejection.ParameterInvalid, Refused(Act.Set(("training.shortfall_fee", "20"))));
        _chain.Carry(Act.Set(("training.shortfall_fee", "20"), ("training.candidate_bond", "20")));
        Assert.Equal(Amount.FromNtk(20), _chain.State.Parameters.Training.ShortfallFee);
    }

    [Fact]
    public void TwoChangesThatFitAloneDoNotBreakTheChainTogether()
    {
        _chain.Accept(Act.Set(("fees.treasury_percent", "70"))); // with 30 burned
        _chain.Accept(Act.Set(("fees.burn_percent_first_year", "90"))); // with 10 for the treasury
        _chain.Step();
        Assert.Equal(nameof(TransactionRejection.ParameterInvalid), LedgerFixture.Attribute(_chain.Step(), "governance.failed", "cause"));
        Assert.Equal((70u, 30u), (_chain.State.Parameters.Fees.TreasuryPercent, _chain.State.Parameters.Fees.BurnPercentFirstYear));
    }

    [Fact]
    public void NoRoundIsAskedForMoreSamplesThanItsSetHas()
    {
        var chain = new LedgerFixture(WithTask);
        TransactionRejection Refused(string key, string value) => chain.OutcomeOf(chain.Propose(chain.ValidatorKeys[0], Act.Set((key, value))));
        Assert.Equal(TransactionRejection.ParameterInvalid, Refused("training.evaluation_samples", "101"));
        Assert.Equal(TransactionRejection.None, Refused("training.evaluation_samples", "100"));
        Assert.Equal(TransactionRejection.ParameterInvalid, Refused("training.private_samples", "101"));
        Assert.Equal(TransactionRejection.None, Refused("training.private_samples", "100"));
    }

    [Fact]
    public void ALongerVoteHoldsForWhatIsOpen()
    {
        _chain.Accept(Act.Set(("governance.voting_blocks", "20")));
        var id = OpenProposals.Get(_chain.State).NextId;
        _chain.Step(_chain.Propose(_chain.ValidatorKeys[0], Act.Set(("block_interval_ms", "500"))));
        _chain.StepTo(21);
        Assert.NotNull(ProposalRecord.Get(_chain.State, id));
        _chain.Step(); // 2 + 20
        Assert.Null(ProposalRecord.Get(_chain.State, id));
    }

    [Fact]
    public void TheRecordIsTheCanonicalText()
    {
        _chain.Carry(Act.Set(("fee_min", "0.0050"), ("training.term_blocks", "009")));
        Assert.Equal(_chain.State.Parameters.Encode(), _chain.State.Get(StateKey.Of(StateModule.Parameters, 0)));
        Assert.Equal(("0.005", 9u), (_chain.State.Parameters.FeeMin.ToString(), _chain.State.Parameters.Training.TermBlocks));
    }

    /// <summary>A chain with a task whose evaluation set has a hundred samples.</summary>
    internal static GenesisDocument WithTask(GenesisDocument genesis)
    {
        var train = new GenesisDataset("train", Hash256.Sha256([1]), 1_000, Address.Zero);
        var test = new GenesisDataset("test", Hash256.Sha256([2]), 100, Address.Zero);
        var fast = LedgerFixture.Fast(genesis);
        return fast with
        {
            Parameters = fast.Parameters with { Training = new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 4 } },
            Datasets = [train, test],
            Tasks = [new GenesisTask("digits", new JsonObject { ["kind"] = "test" }, train.Root, test.Root, "public-hold-out", 1_000, Hash256.Sha256([3]), Hash256.Sha256([4]), 1_000, 10, 60)],
        };
    }

    private TransactionRejection Refused(GovernanceAction action) => _chain.OutcomeOf(_chain.Propose(_chain.ValidatorKeys[0], action));
}
