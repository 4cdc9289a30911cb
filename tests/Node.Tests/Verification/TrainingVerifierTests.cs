using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

public sealed class TrainingVerifierTests
{
    private static readonly Column Blocks = new("blocks");
    private static readonly Column Certificates = new("certificates");
    private static readonly Column Receipts = new("receipts");
    private static readonly Column Events = new("events");
    private static readonly Column State = new("state");

    private readonly TrainedChain _chain = new();

    [Fact]
    public void AnHonestChainIsDerivedAgainToTheLastBit()
    {
        // A winner and one that is no checkpoint at all; then a round in which nobody gains.
        _chain.RunRound([new byte[_chain.Genesis.Tasks[0].ModelBytes], _chain.Train(200)]); // the first has the size of a checkpoint, and no more
        _chain.StepTo(_chain.State.Height.Value + 6);
        _chain.RunRound([_chain.Train(20), _chain.Train(40)]);
        var report = _chain.Verify();

        Assert.Empty(report.Findings);
        Assert.True(report.IsVerified);
        Assert.Equal(_chain.State.Height, report.Replayed);
        Assert.Equal(_chain.State.Root, report.StateRoot);
        Assert.Equal(3UL, report.TermLed);
        Assert.Equal([RoundOutcome.Improved, RoundOutcome.NoImprovement], report.Rounds.Select(round => round.Outcome.Outcome));
        Assert.All(report.Rounds, round => Assert.Equal(RoundVerdict.Derived, round.Verdict));
        var won = report.Rounds[0];
        Assert.Equal(_chain.Validators[1].Address, won.Winner!.Value.Producer);
        Assert.Equal(CandidateVerdict.Malformed, won.Certificate!.Statement.Candidates[0].Verdict);
        Assert.Equal(4, won.Attesters);
        Assert.True(won.Z > 3);
        Assert.True(won.Outcome.Reward > Amount.Zero);
    }

    /// <summary>The epoch ends with the block that certifies: the reward is that of the epoch, and the verifier says so too.</summary>
    [Fact]
    public void ACertificateInTheLastBlockOfAnEpochIsDerivedAgain()
    {
        var checkpoint = _chain.Train(200);
        _chain.RunRound([checkpoint]);
        var chain = new TrainedChain(halvingBlocks: _chain.State.Height.Value + 1);
        chain.RunRound([checkpoint]);
        Assert.Equal((_chain.State.Height, 1UL), (chain.State.Height, HalvingEpoch.Get(chain.State).Number));
        var report = chain.Verify();
        Assert.Empty(report.Findings);
        Assert.Equal(RoundVerdict.Derived, Assert.Single(report.Rounds).Verdict);
        Assert.True(report.Rounds[0].Outcome.Reward > Amount.Zero);
    }

    /// <summary>A fork stands in no genesis: its definition, its first checkpoint and the bar below which it is paid follow from the chain.</summary>
    [Fact]
    public void RoundsOfAForkAreDerivedAgain()
    {
        var chain = new TrainedChain(change: parameters => parameters with { Governance = parameters.Governance with { VotingBlocks = 20, DelayBlocks = 1 } });
        chain.RunRound([chain.Train(20)]);
        LayerSpec[] layers = [new FlattenSpec(), new DenseSpec(12), new ReluSpec(), new DenseSpec(10)];
        Assert.True(ModelSpec.TryCreate(chain.Spec.Input, layers, out var spec, out _));
        chain.Fork(spec, "digits-wide");
        var first = chain.Train(400);
        chain.RunRound([first]);
        chain.RunRound([chain.Train(50, 5, chain.Read(first)), chain.Train(2)]);
        chain.Blobs.Delete(new BlobHash(chain.Definition.InitialModel)); // its seed gives it

        var report = chain.Verify();
        Assert.Empty(report.Findings);
        Assert.True(report.IsVerified);
        Assert.Equal(["digits", "digits-wide", "digits-wide"], report.Rounds.Select(round => round.Task));
        Assert.All(report.Rounds, round => Assert.Equal(RoundVerdict.Derived, round.Verdict));
        Assert.Equal(RoundOutcome.Improved, report.Rounds[1].Outcome.Outcome);
        Assert.True(report.Rounds[1].Outcome.Reward > Amount.Zero);

        // A majority that lies there is named as anywhere.
        chain.RunRound([chain.Train(20, 6, chain.Read(first))], (validator, truth) => validator == 2 ? truth : Flatter(truth, 0));
        report = chain.Verify();
        Assert.Equal(RoundVerdict.Refuted, report.Rounds[3].Verdict);
        Assert.Equal(3, Of(report, FindingKind.FalseAttestation).Count());
    }

    /// <summary>Whose own evaluator gives no answer has shown nothing about those who attested.</summary>
    [Fact]
    public void AnEvaluatorThatGivesNoAnswerRefutesNobody()
    {
        _chain.RunRound([_chain.Train(200)]);
        var evaluator = new StatementEvaluator(_chain.Genesis, _chain.Blobs, new SilentEvaluator());
        var report = new TrainingVerifier(_chain.Genesis, _chain.Chain, evaluator, Height.First, new Height(ulong.MaxValue)).Run(_ => { });
        var finding = Assert.Single(report.Findings);
        Assert.Equal((FindingKind.EvaluationFailed, true), (finding.Kind, finding.IsGap));
        Assert.Contains("evaluator_failed", finding.Detail, StringComparison.Ordinal);
        Assert.Equal(RoundVerdict.NotVerified, Assert.Single(report.Rounds).Verdict);
        Assert.False(report.IsVerified);
    }

    [Fact]
    public void ColludersWhoCertifyALossThatIsNotSoAreNamed()
    {
        // Three of four lower one sum of an honest loser's: it wins, and the ledger cannot know better.
        _chain.RunRound([_chain.Train(200), _chain.Train(40)], (validator, truth) => validator == 2 ? truth : Flatter(truth, 1));
        _chain.StepTo(_chain.State.Height.Value + 6);
        var report = _chain.Verify();

        var round = Assert.Single(report.Rounds);
        Assert.Equal(RoundOutcome.Improved, round.Outcome.Outcome);
        Assert.Equal(_chain.Validators[1].Address, round.Winner!.Value.Producer);
        Assert.Equal(RoundVerdict.Refuted, round.Verdict);
        Assert.False(report.IsVerified);
        Assert.Equal(3UL, report.TermLedByRefuted);
        Assert.Contains("candidate 1", Assert.Single(Of(report, FindingKind.StatementDiffers)).Detail, StringComparison.Ordinal);
        var falsehoods = Of(report, FindingKind.FalseAttestation).ToList();
        Assert.Equal(3, falsehoods.Count);
        foreach (var validator in new[] { 0, 1, 3 })
            Assert.Contains(falsehoods, finding => finding.Detail.Contains(_chain.Validators[validator].Address.ToString(), StringComparison.Ordinal));
        Assert.All(falsehoods, finding => Assert.Contains("loss sum attested as", finding.Detail, StringComparison.Ordinal));
        Assert.Equal(4, report.Findings.Count);
    }

    [Fact]
    public void ALoneLiarIsNamedThoughTheCertificateIsRight()
    {
        _chain.RunRound([_chain.Train(200)], (validator, truth) => validator == 3 ? Flatter(truth, 0) : truth);
        var report = _chain.Verify();
        var finding = Assert.Single(report.Findings);
        Assert.Equal(FindingKind.FalseAttestation, finding.Kind);
        Assert.Contains(_chain.Validators[3].Address.ToString(), finding.Detail, StringComparison.Ordinal);
        Assert.Equal(3, report.Rounds[0].Attesters);
    }

    [Fact]
    public void LiarsInARoundWithoutACertificateAreNamedToo()
    {
        _chain.RunRound([_chain.Train(200)], (validator, truth) => validator >= 2 ? Flatter(truth, 0) : truth);
        var report = _chain.Verify();
        Assert.Equal(RoundOutcome.NotAttested, Assert.Single(report.Rounds).Outcome.Outcome);
        Assert.Empty(report.Certificates);
        Assert.Equal(2, Of(report, FindingKind.FalseAttestation).Count());
    }

    [Fact]
    public void WhoMadeUpItsPrivateLossesIsNamed()
    {
        _chain.RunRound([_chain.Train(200)], privateLosses: (validator, losses) => validator == 1 ? [.. losses[..^1], losses[^1] + 1] : losses);
        var report = _chain.Verify();
        var finding = Assert.Single(report.Findings);
        Assert.Equal(FindingKind.PrivateLossesDiffer, finding.Kind);
        Assert.Contains(_chain.Validators[1].Address.ToString(), finding.Detail, StringComparison.Ordinal);
        Assert.Contains("candidate 0", finding.Detail, StringComparison.Ordinal);
    }

    /// <summary>The chain convicts whoever made its private losses up and whoever covers that; the verifier comes to the same.</summary>
    [Fact]
    public void ARecheckConvictsAndIsDerivedAgain()
    {
        _chain.RunRound([new byte[_chain.Genesis.Tasks[0].ModelBytes], _chain.Train(200)], privateLosses: (validator, losses) => validator == 1 ? [.. losses.Select(loss => loss + 1)] : losses);
        var recheck = TrainingQueries.Recheck(_chain.State, _chain.Task)!;
        var liar = recheck.Targets.ToList().FindIndex(target => recheck.AttesterOf(target).Key == _chain.Validators[1].Address);
        Assert.Equal(1u << liar, _chain.Recheck());
        Assert.Equal(_chain.Recheck(), _chain.Recheck(engine: EngineOptions.Default with { Path = KernelPath.Scalar }));
        _chain.AnswerRecheck(i => i == 3 ? 0 : 1u << liar);

        Assert.Equal(
            [("training.false_private_losses", 1), ("training.false_recheck", 3)],
            _chain.Events.Where(happened => happened.Kind.StartsWith("training.false", StringComparison.Ordinal)).Select(happened => (happened.Kind, ValidatorIn(happened))));
        var report = _chain.Verify();
        Assert.Contains(_chain.Validators[1].Address.ToString(), Assert.Single(Of(report, FindingKind.PrivateLossesDiffer)).Detail, StringComparison.Ordinal);
        Assert.Contains($"{_chain.Validators[3].Address} finds no losses wrong", Assert.Single(Of(report, FindingKind.FalseRecheck)).Detail, StringComparison.Ordinal);
        Assert.Equal(2, report.Findings.Count);
    }

    [Fact]
    public void AnHonestRecheckFindsNothingAndCannotBeAnsweredWithoutTheCheckpoints()
    {
        var checkpoint = _chain.Train(200);
        _chain.RunRound([checkpoint]);
        Assert.Equal(0u, _chain.Recheck());
        Assert.Null(_chain.Recheck(new SilentEvaluator()));
        _chain.AnswerRecheck(_ => 0);
        Assert.Empty(_chain.Verify().Findings);
        _chain.Blobs.Delete(BlobManifest.Of(checkpoint).Hash);
        Assert.Contains(_chain.Verify().Findings, finding => finding.Kind == FindingKind.CheckpointMissing && finding.Detail.StartsWith("re-check", StringComparison.Ordinal));
    }

    [Fact]
    public void AMissingCheckpointIsNamedAndNothingIsVerifiedWithoutIt()
    {
        var checkpoint = _chain.Train(200);
        _chain.RunRound([checkpoint]);
        var model = BlobManifest.Of(checkpoint).Hash;
        _chain.Blobs.Delete(model);
        var report = _chain.Verify();
        var finding = Assert.Single(report.Findings);
        Assert.Equal(FindingKind.CheckpointMissing, finding.Kind);
        Assert.True(finding.IsGap);
        Assert.Contains(model.ToString(), finding.Detail, StringComparison.Ordinal);
        Assert.Equal(RoundVerdict.NotVerified, report.Rounds[0].Verdict);
        Assert.False(report.IsVerified);
    }

    [Fact]
    public void ADamagedCheckpointIsNamed()
    {
        var checkpoint = _chain.Train(200);
        _chain.RunRound([checkpoint]);
        var model = BlobManifest.Of(checkpoint).Hash;
        Damage(ChainStore.Blobs, [1, .. model.Value.ToArray(), 0], bytes => bytes[^1] ^= 1);
        var finding = Assert.Single(_chain.Verify().Findings);
        Assert.Equal(FindingKind.CheckpointDamaged, finding.Kind);
        Assert.Contains(model.ToString(), finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AMissingDataSetIsNamed()
    {
        _chain.RunRound([_chain.Train(200)]);
        var finding = Assert.Single(_chain.Verify(datasets: [_chain.Training]).Findings);
        Assert.Equal(FindingKind.DatasetMissing, finding.Kind);
        Assert.Contains(_chain.Evaluation.Root.ToString(), finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCheckpointThatATaskBeginsFromFollowsFromItsSeed()
    {
        _chain.RunRound([_chain.Train(200)]);
        Assert.False(_chain.Blobs.Has(new BlobHash(_chain.Genesis.Tasks[0].InitialModel)));
        Assert.True(_chain.Verify().IsVerified);
    }

    [Fact]
    public void OnlyCertificatesInTheRangeAreEvaluatedAgain()
    {
        var checkpoint = _chain.Train(200);
        _chain.RunRound([checkpoint]);
        _chain.Blobs.Delete(BlobManifest.Of(checkpoint).Hash);
        var report = _chain.Verify(to: _chain.State.Height.Value - 1);
        Assert.True(report.IsVerified);
        Assert.Equal(RoundVerdict.NotAsked, report.Rounds[0].Verdict);
        Assert.False(_chain.Verify(from: _chain.State.Height.Value).IsVerified);
    }

    [Fact]
    public void AnAlteredReceiptIsNamed()
    {
        _chain.RunRound([_chain.Train(200)]);
        Damage(Receipts, HeightKey(1), bytes => bytes[4 + Hash256.Size] ^= 1);
        var finding = Assert.Single(_chain.Verify().Findings);
        Assert.Equal((FindingKind.ReceiptsDiffer, Height.First), (finding.Kind, finding.Height));
        Assert.Contains("transaction 0", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void AnAlteredEventIsNamed()
    {
        _chain.RunRound([_chain.Train(200)]);
        Damage(Events, HeightKey(1), bytes => bytes[^1] ^= 1);
        var finding = Assert.Single(_chain.Verify().Findings);
        Assert.Equal((FindingKind.EventsDiffer, Height.First), (finding.Kind, finding.Height));
    }

    [Fact]
    public void ACommitCertificateOfTooFewIsNamed()
    {
        _chain.StepTo(5);
        var certificate = _chain.Chain.Get(new Height(5))!.Certificate;
        Put(Certificates, HeightKey(5), (certificate with { Signatures = certificate.Signatures[..2] }).Encode());
        var finding = Assert.Single(_chain.Verify().Findings);
        Assert.Equal((FindingKind.CommitInvalid, new Height(5), "NotEnoughPower"), (finding.Kind, finding.Height, finding.Detail));
    }

    [Fact]
    public void ACommitCertificateOfAnotherHeightOrBlockIsNamed()
    {
        _chain.StepTo(5);
        var certificate = _chain.Chain.Get(new Height(5))!.Certificate;
        foreach (var (other, fault) in new[] { (certificate with { Height = new Height(4) }, CertificateFault.WrongHeight), (certificate with { Block = _chain.Chain.Get(new Height(4))!.Block.Ref }, CertificateFault.WrongBlock) })
        {
            Put(Certificates, HeightKey(5), other.Encode());
            Assert.Contains(_chain.Verify().Findings, finding => (finding.Kind, finding.Height, finding.Detail) == (FindingKind.CommitInvalid, new Height(5), fault.ToString()));
        }
    }

    [Fact]
    public void AnAlteredBlockEndsTheReplayAndIsNamed()
    {
        _chain.StepTo(5);
        Damage(Blocks, HeightKey(3), bytes => bytes[^1] ^= 1);
        var report = _chain.Verify();
        Assert.Equal((FindingKind.BlockDamaged, new Height(3)), (report.Findings[0].Kind, report.Findings[0].Height));
        Assert.Equal(new Height(2), report.Replayed);
        Assert.False(report.IsVerified);
    }

    [Fact]
    public void ABlockOfAnotherChainIsRefused()
    {
        _chain.StepTo(5);
        var other = new TrainedChain();
        other.Step();
        other.RunRound([other.Train(10)]);
        var foreign = other.Chain.Get(new Height(3))!;
        Put(Blocks, HeightKey(3), foreign.Block.Bytes.ToArray());
        Put(Certificates, HeightKey(3), foreign.Certificate.Encode());
        Assert.Equal(FindingKind.BlockRefused, Assert.Single(_chain.Verify().Findings).Kind);
    }

    [Fact]
    public void AMissingBlockIsNamed()
    {
        _chain.StepTo(5);
        _chain.Store.Write(new WriteBatch().Delete(Blocks, HeightKey(4)), durable: false);
        var finding = Assert.Single(_chain.Verify().Findings);
        Assert.Equal((FindingKind.BlockMissing, new Height(4)), (finding.Kind, finding.Height));
    }

    [Fact]
    public void AnAlteredStateRecordIsFound()
    {
        _chain.StepTo(5);
        var record = _chain.Store.Scan(State, KeyRange.All).First();
        Damage(State, record.Key, bytes => bytes[0] ^= 1);
        Assert.Equal(FindingKind.StateDiffers, Assert.Single(_chain.Verify().Findings).Kind);
    }

    [Fact]
    public void AnEmptyStoreIsTheOperatorsMistake()
    {
        var store = new ChainStore(new MemoryStore(ChainStore.Columns));
        var evaluator = new StatementEvaluator(_chain.Genesis, _chain.Blobs, new Evaluator([], EngineOptions.Default));
        Assert.Throws<OperatorException>(() => new TrainingVerifier(_chain.Genesis, store, evaluator, Height.First, Height.First).Run(_ => { }));
    }

    // The sums that three quarters of the candidate's loss would have given.
    private static TrainingStatement Flatter(TrainingStatement truth, int candidate)
    {
        var result = truth.Candidates[candidate];
        var lower = result.LossSum / 4;
        var gain = (UInt128)(truth.IncumbentLossSum - lower);
        return truth with { Candidates = truth.Candidates.SetItem(candidate, result with { LossSum = lower, DifferenceSquareSum = (gain * gain / truth.JudgedSamples) + 1 }) };
    }

    private sealed class SilentEvaluator : ICheckpointEvaluator
    {
        public Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken) => Task.FromResult<EvaluatorAnswer>(EvaluatorFault.NoAnswer);
    }

    private static IEnumerable<VerificationFinding> Of(VerificationReport report, FindingKind kind) => report.Findings.Where(finding => finding.Kind == kind);

    private int ValidatorIn(Types.V1.Event happened) =>
        Address.TryParse(happened.Attributes.Single(attribute => attribute.Key == "validator").Value, out var validator) ? _chain.IndexOf(validator) : -1;

    private static byte[] HeightKey(ulong height) => new ByteWriter().UInt64(height).ToArray();

    private void Damage(Column column, byte[] key, Action<byte[]> change)
    {
        var bytes = _chain.Store.Get(column, key)!.ToArray();
        change(bytes);
        Put(column, key, bytes);
    }

    private void Put(Column column, byte[] key, byte[] bytes) => _chain.Store.Write(new WriteBatch().Put(column, key, bytes), durable: false);
}
