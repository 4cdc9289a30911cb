using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

public sealed class CandidateRefusalTests
{
    private readonly TrainingWorld _world = new();

    [Fact]
    public void AnUnknownTaskIsRefused() => RefusesCommit(TransactionRejection.TrainingUnknownTask, c => c with { Task = Hash256.Sha256([99]) });

    [Theory]
    [InlineData(0UL)]
    [InlineData(2UL)]
    public void AnotherRoundIsRefused(ulong round) => RefusesCommit(TransactionRejection.TrainingWrongRound, c => c with { Round = round });

    [Fact]
    public void AStrangerIsNoProducer() => RefusesCommit(TransactionRejection.UnknownProducer, c => c with { Producer = _world.Trainers[1] });

    [Fact]
    public void ALowBondIsRefused() => RefusesCommit(TransactionRejection.BondTooLow, c => c with { Bond = new Amount(Amount.FromNtk(10).Units - 1) });

    [Fact]
    public void AHighBondIsRefused() => RefusesCommit(TransactionRejection.BondTooHigh, c => c with { Bond = new Amount(Amount.FromNtk(10).Units + 1) });

    [Fact]
    public void AClaimAboveTheGreatestLossIsRefused() => RefusesCommit(TransactionRejection.ClaimOutOfRange, c => c with { Claim = Loss.UnitsMax + 1 });

    [Fact]
    public void AClaimOfTheGreatestLossIsTaken() => RefusesCommit(TransactionRejection.None, c => c with { Claim = Loss.UnitsMax });

    [Fact]
    public void ABondThatIsNotThereIsRefused() => RefusesCommit(TransactionRejection.BalanceTooLow, c => c with { Trainer = TrainingWorld.Key("beggar", 1) });

    [Fact]
    public void ACommitmentCountsOnce()
    {
        var candidate = TestCandidate.Make(_world, 1);
        Assert.Equal([TransactionRejection.None, TransactionRejection.CommitmentRepeated], _world.Block(_world.Commit(candidate), _world.Commit(candidate)));
        Assert.Equal(Amount.FromNtk(10), _world.Supply.Escrow);
    }

    /// <summary>It binds the trainer whose it is: nobody else can open it, and nobody is kept out by a copy that was faster.</summary>
    [Fact]
    public void ACopiedCommitmentKeepsNobodyOut()
    {
        var candidate = TestCandidate.Make(_world, 1);
        var bought = new TestCandidate(_world.Trainers[1], _world.Keys[1], candidate.Manifest);
        var copied = _world.Commit(candidate).Body.Clone();
        var consent = _world.Keys[1].Sign(CandidateBinding.ConsentDigest(_world.Hash, _world.Task, 1, candidate.Commitment, bought.Trainer.Address, bought.Producer.Address));
        copied.CandidateCommit.Producer = ByteString.CopyFrom(bought.Producer.Address.ToArray());
        copied.CandidateCommit.ProducerSignature = ByteString.CopyFrom(consent.Bytes);
        _world.Take(Transaction.Sign(copied, bought.Trainer), _world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        var body = _world.Reveal(candidate).Body.Clone();
        body.Nonce = 1;
        var stolen = Transaction.Sign(body, _world.Trainers[1]);
        Assert.Equal([TransactionRejection.RevealMismatch, TransactionRejection.None], _world.Block(stolen, _world.Reveal(candidate)));
    }

    [Fact]
    public void ACheckpointBelongsToWhoShowedItFirst()
    {
        var mine = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(mine));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(mine));
        _world.RunTo(null); // nobody voted: the round was void
        var stolen = TestCandidate.Make(_world, 1, trainer: 1);
        _world.Take(_world.Commit(stolen), _world.Commit(mine));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal([TransactionRejection.CheckpointRepeated, TransactionRejection.None], _world.Block(_world.Reveal(stolen), _world.Reveal(mine)));
    }

    /// <summary>Rounds are numbered by task: an early number of another task makes nobody the first.</summary>
    [Fact]
    public void AnotherTaskTakesNoCheckpointFromWhoShowedIt()
    {
        var mine = TestCandidate.Make(_world, 1);
        for (var i = 0; i < 2; i++)
        {
            _world.Take(_world.Commit(TestCandidate.Make(_world, 50 + i)));
            _world.RunTo(null);
        }

        ShowAndDrop(mine); // in round 3
        var there = TestCandidate.Make(_world, 1, trainer: 1).With(m =>
        {
            m.Task = TrainingWorld.Bytes(_world.OtherTask);
            m.Parent = TrainingWorld.Bytes(_world.Genesis.Tasks[1].InitialModel);
        }) with
        { Task = _world.OtherTask, Round = 1 };
        _world.Take(_world.Commit(there), _world.Commit(TestCandidate.Make(_world, 60)));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal(TransactionRejection.None, _world.One(_world.Reveal(there))); // that task has not seen it
        _world.RunTo(null);
        var stolen = TestCandidate.Make(_world, 1, trainer: 1);
        _world.Take(_world.Commit(stolen), _world.Commit(mine));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal([TransactionRejection.CheckpointRepeated, TransactionRejection.None], _world.Block(_world.Reveal(stolen), _world.Reveal(mine)));
    }

    /// <summary>A period that ends between commit and reveal costs nobody a bond.</summary>
    [Fact]
    public void TheAgeOfATrainingSetIsJudgedAsOfTheOpening()
    {
        var oldest = _world.Genesis.Tasks[0].TrainingSet;
        Versions(TrainingSetRecord.VersionsKept);
        var (candidate, fresh, old) = (TestCandidate.Make(_world, 1), TestCandidate.Make(_world, 2, trainer: 1).With(m => m.TrainingSet = TrainingWorld.Bytes(Version(9))), TestCandidate.Make(_world, 3));
        _world.Take(_world.Commit(candidate), _world.Commit(fresh));
        Assert.Equal(8UL, _world.Round!.TrainingSetVersion);
        Versions(9);
        Assert.False(TrainingSets.IsRecent(_world, _world.Task, oldest));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal([TransactionRejection.None, TransactionRejection.None], _world.Block(_world.Reveal(candidate), _world.Reveal(fresh)));
        _world.RunTo(null);
        _world.Take(_world.Commit(old));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal(TransactionRejection.UnknownTrainingSet, _world.One(_world.Reveal(old)));
    }

    [Fact]
    public void TheDeviceIsTheOneThatWasAskedForAtTheOpening()
    {
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.Change(p => p with { RequireDevice = "cuda" });
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(null);
        _world.Take(_world.Commit(TestCandidate.Make(_world, 2)));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal(TransactionRejection.DeviceRefused, _world.One(_world.Reveal(TestCandidate.Make(_world, 2))));
    }

    [Fact]
    public void ATrainerHasTwoCandidatesPerRound()
    {
        Assert.Equal(
            [TransactionRejection.None, TransactionRejection.None, TransactionRejection.TooManyPerKey, TransactionRejection.None],
            _world.Block(Commit(1, 0), Commit(2, 0), Commit(3, 0), _world.Commit(TestCandidate.Make(_world, 4, trainer: 1, producer: 1))));
    }

    [Fact]
    public void ARoundHasEightCandidates()
    {
        var rich = Enumerable.Range(0, 5).Select(i => TrainingWorld.Key("rich", i)).ToArray();
        _world.Block([], after: context =>
        {
            Assert.True(AccountsModule.TryDebit(context.State, _world.Trainers[0].Address, Amount.FromNtk(100)));
            foreach (var key in rich) AccountsModule.Credit(context.State, key.Address, Amount.FromNtk(20));
        });
        var commits = Enumerable.Range(0, 9).Select(i => _world.Commit(TestCandidate.Make(_world, i, producer: i % 4) with { Trainer = rich[i / 2] }));
        var rejections = _world.Block(commits);
        Assert.All(rejections[..8], rejection => Assert.Equal(TransactionRejection.None, rejection));
        Assert.Equal(TransactionRejection.CandidatesFull, rejections[8]);
        Assert.Equal(8, _world.Round!.Candidates.Length);
    }

    [Fact]
    public void ACommitAfterTheWindowIsRefused()
    {
        _world.Take(Commit(1, 0));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal(TransactionRejection.TrainingWindowClosed, _world.One(Commit(2, 1)));
    }

    [Fact]
    public void AnEarlyRevealIsRefused()
    {
        var candidate = TestCandidate.Make(_world, 1);
        Assert.Equal(TransactionRejection.TrainingWindowNotOpen, _world.One(_world.Reveal(candidate)));
        _world.Take(_world.Commit(candidate));
        Assert.Equal(TransactionRejection.TrainingWindowNotOpen, _world.One(_world.Reveal(candidate)));
    }

    [Fact]
    public void ALateRevealIsRefused()
    {
        var (candidate, late) = (TestCandidate.Make(_world, 1), TestCandidate.Make(_world, 2, trainer: 1));
        _world.Take(_world.Commit(candidate), _world.Commit(late));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(TrainingPhase.Availability);
        Assert.Equal(TransactionRejection.TrainingWindowClosed, _world.One(_world.Reveal(late)));
    }

    [Fact]
    public void ADoubleRevealIsRefused()
    {
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal([TransactionRejection.None, TransactionRejection.CandidateAlreadyRevealed], _world.Block(_world.Reveal(candidate), _world.Reveal(candidate)));
    }

    [Fact]
    public void AForeignRevealIsRefused() => RefusesReveal(TransactionRejection.RevealMismatch, c => c with { Revealer = _world.Trainers[1] });

    [Fact]
    public void AnotherSaltIsRefused() => RefusesReveal(TransactionRejection.RevealMismatch, c => c with { Salt = Hash256.Sha256([77]) });

    [Fact]
    public void AnotherManifestIsRefused() => RefusesReveal(TransactionRejection.RevealMismatch, c => c.With(m => m.Device.Name = "another"));

    [Fact]
    public void AConsentOfAnotherIsRefused() => RefusesCommit(TransactionRejection.NoConsent, c => c with { ConsentKey = _world.Keys[3] });

    /// <summary>Else a trainer that was taken off the list could come again in every later round.</summary>
    [Fact]
    public void AConsentIsForOneRoundOfOneTask()
    {
        RefusesCommit(TransactionRejection.NoConsent, c => c with { Consented = (_world.Task, 2) });
        RefusesCommit(TransactionRejection.NoConsent, c => c with { Consented = (_world.OtherTask, 1) });
        RefusesCommit(TransactionRejection.None, c => c with { Consented = (_world.Task, 1) });
    }

    /// <summary>It is for one commitment of one trainer: whoever copies commitment and consent has neither.</summary>
    [Fact]
    public void AConsentIsOfNoUseToAnotherTrainer()
    {
        var body = _world.Commit(TestCandidate.Make(_world, 1)).Body.Clone();
        Assert.Equal(TransactionRejection.NoConsent, _world.One(Transaction.Sign(body, _world.Trainers[1])));
        Assert.Null(_world.Round);
    }

    [Fact]
    public void AProducerHasAnEqualPartOfTheCandidates()
    {
        // Eight among four validators.
        Assert.Equal(
            [TransactionRejection.None, TransactionRejection.None, TransactionRejection.ProducerFull, TransactionRejection.None],
            _world.Block(Commit(1, 0), Commit(2, 1), Commit(3, 2), _world.Commit(TestCandidate.Make(_world, 3, trainer: 2, producer: 1))));
    }

    [Fact]
    public void TheParametersMayGiveAProducerAnotherPart()
    {
        var one = new TrainingWorld(new TrainingParameters { EvaluationSamples = 64, PrivateSamples = 3, PerProducerMax = 1 });
        Assert.Equal(
            [TransactionRejection.None, TransactionRejection.ProducerFull],
            one.Block(one.Commit(TestCandidate.Make(one, 1)), one.Commit(TestCandidate.Make(one, 2, trainer: 1))));
        Assert.Equal((8, 2, 1, 1, 3), (PartOf(0, 1), PartOf(0, 4), PartOf(0, 8), PartOf(0, 100), PartOf(3, 4)));

        static int PartOf(uint max, int validators) => new TrainingParameters { PerProducerMax = max }.PerProducerOf(validators);
    }

    [Fact]
    public void EvidenceOfTheDeviceIsKeptByItsHash()
    {
        var evidence = ByteString.CopyFromUtf8("a chain of certificates");
        var candidate = TestCandidate.Make(_world, 1) with { HardwareAttestation = evidence };
        var plain = TestCandidate.Make(_world, 2, trainer: 1);
        _world.Take(_world.Commit(candidate), _world.Commit(plain));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate), _world.Reveal(plain));
        var hash = Hash256.Sha256(evidence.Span);
        Assert.Equal(hash, TrainingQueries.Reveal(_world, _world.Task, 0)!.AttestationHash);
        Assert.Equal(Hash256.Zero, TrainingQueries.Reveal(_world, _world.Task, 1)!.AttestationHash);
        Assert.Equal([hash.ToString(), Hash256.Zero.ToString()], _world.Of("training.revealed").Select(e => TrainingWorld.Attribute(e, "attestation")));
    }

    [Fact]
    public void ACheckpointOfAnotherSizeIsRefused() => RefusesRevealOf(TransactionRejection.SizeMismatch, c => c.With(m => m.ModelBytes--));

    [Fact]
    public void ADeltaHasItsChunksAndABaseOfTheTask()
    {
        var chunk = Hash256.Sha256([1]);
        var delta = new CheckpointDelta
        {
            Base = TrainingWorld.Bytes(_world.TaskRecord.BestModel.Value),
            Blob = TrainingWorld.Bytes(BlobManifest.HashOf(9, [chunk]).Value),
            Bytes = 9,
            Chunks = { TrainingWorld.Bytes(chunk) },
        };
        var task = _world.TaskRecord;
        Assert.Equal(TransactionRejection.None, Check(delta));
        Assert.Equal(TransactionRejection.ChunksMismatch, Check(new CheckpointDelta(delta) { Bytes = 10 }));
        Assert.Equal(TransactionRejection.UnknownParent, Check(new CheckpointDelta(delta) { Base = delta.Blob }));
        // Longer than a sparse delta of such a model: a decoy, which would cost every validator its bytes.
        var most = ManifestRules.DeltaBytesMax(task.ModelBytes);
        Assert.Equal(TransactionRejection.ChunksMismatch, Check(new CheckpointDelta(delta) { Bytes = most }));
        Assert.Equal(TransactionRejection.SizeMismatch, Check(new CheckpointDelta(delta) { Bytes = most + 1 }));
        Assert.Equal(72UL + 2_563, ManifestRules.DeltaBytesMax(16_383));
        Assert.Equal(72UL + (2 * 2_563), ManifestRules.DeltaBytesMax(16_384));
        Assert.False(ManifestRules.TryParse(TestCandidate.Make(_world, 1).With(m => m.Delta = new CheckpointDelta(delta) { Base = ByteString.Empty }).ManifestBytes, out _));

        TransactionRejection Check(CheckpointDelta changed)
        {
            Assert.True(ManifestRules.TryParse(TestCandidate.Make(_world, 1).With(m => m.Delta = changed).ManifestBytes, out var manifest));
            return ManifestRules.Check(_world, task, manifest, "any");
        }
    }

    [Fact]
    public void AManifestWithAnUnknownFieldIsRefused() =>
        RefusesRevealOf(TransactionRejection.ManifestMalformed, c => c with { RawManifest = [.. c.Manifest.ToByteArray(), 0xf8, 0x06, 0x01] });

    [Fact]
    public void AManifestInAnotherOrderIsRefused()
    {
        var tail = new CandidateManifest { Device = new DeviceRecord { Kind = "cpu" } }.ToByteArray();
        RefusesRevealOf(TransactionRejection.ManifestMalformed, c => c with { RawManifest = [.. tail, .. c.With(m => m.Device = null).Manifest.ToByteArray()] });
    }

    [Fact]
    public void AManifestThatIsNoMessageIsRefused() => RefusesRevealOf(TransactionRejection.ManifestMalformed, c => c with { RawManifest = [1, 2, 3] });

    [Fact]
    public void ManifestsOutOfBoundsAreRefused()
    {
        RefusesRevealOf(TransactionRejection.ManifestMalformed, c => c.With(m => m.TrainingSet = ByteString.CopyFrom([1])));
        foreach (var change in new Action<CandidateManifest>[]
                 {
                     m => m.Tensors.Clear(),
                     m => m.Tensors[0].Name = "",
                     m => m.Tensors[0].Shape.Add(0),
                     m => m.Tensors[0].Shape.AddRange(Enumerable.Repeat(1u, ManifestRules.DimensionsMax)),
                     m => m.Tensors.AddRange(Enumerable.Repeat(m.Tensors[0], ManifestRules.TensorsMax)),
                     m => m.Ancestors.AddRange(Enumerable.Repeat(m.Model, ManifestRules.AncestorsMax + 1)),
                     m => m.Chunks.AddRange(Enumerable.Repeat(m.Model, BlobLimits.ChunksMax)),
                     m => m.Device.Name = new string('x', ManifestRules.NameBytesMax + 1),
                     m => m.Model = ByteString.Empty,
                 })
            Assert.False(ManifestRules.TryParse(TestCandidate.Make(_world, 1).With(change).ManifestBytes, out _));
        Assert.True(ManifestRules.TryParse(TestCandidate.Make(_world, 1).ManifestBytes, out _));
    }

    [Fact]
    public void AManifestOfAnotherTaskIsRefused()
    {
        // The commitment is bound to the round's task, so such a manifest does not even match its own commit.
        var foreign = TestCandidate.Make(_world, 1).With(m => m.Task = TrainingWorld.Bytes(_world.OtherTask));
        var manifest = new CandidateManifest(foreign.Manifest);
        var task = TrainingQueries.Task(_world, _world.Task)!;
        Assert.Equal(TransactionRejection.ManifestMismatch, ManifestRules.Check(_world, task, manifest, "any"));
        RefusesRevealOf(TransactionRejection.RevealMismatch, c => c.With(m => m.Task = TrainingWorld.Bytes(_world.OtherTask)));
    }

    [Fact]
    public void AModelThatIsNotItsChunksIsRefused() => RefusesRevealOf(TransactionRejection.ChunksMismatch, c => c.With(m => m.Chunks[0] = m.Parent));

    [Fact]
    public void AMissingChunkIsRefused() => RefusesRevealOf(TransactionRejection.ChunksMismatch, c => c.With(m => m.Chunks.RemoveAt(1)));

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL << 20)]
    [InlineData((2UL << 20) + 1)]
    [InlineData((ulong)BlobLimits.BlobBytesMax + 1)]
    [InlineData(ulong.MaxValue)]
    public void ASizeThatTheChunksDoNotHaveIsRefused(ulong size)
    {
        // Of a task whose checkpoints have that size: else it is refused for its size.
        var task = _world.TaskRecord with { ModelBytes = size };
        var manifest = TestCandidate.Make(_world, 1).With(m => m.ModelBytes = size).Manifest;
        Assert.Equal(TransactionRejection.ChunksMismatch, ManifestRules.Check(_world, task, manifest, "any"));
        Assert.Equal(TransactionRejection.SizeMismatch, ManifestRules.Check(_world, _world.TaskRecord, manifest, "any"));
    }

    [Fact]
    public void AParentThatWasNeverCertifiedIsRefused() =>
        RefusesRevealOf(TransactionRejection.UnknownParent, c => c.With(m => m.Parent = TrainingWorld.Bytes(Hash256.Sha256([88]))));

    // Nodes keep the last certified models; what names an older one could not be judged where room was short.
    [Fact]
    public void AParentIsOneOfTheLastCertifiedModels()
    {
        var models = Enumerable.Range(0, RecentModels.Max + 1).Select(i => new BlobHash(Hash256.Sha256([77, (byte)i]))).ToList();
        var overlay = new StateOverlay(_world);
        foreach (var model in models)
        {
            new ModelRecord(model, _world.Task, 1, new Height(1), model, Hash256.Zero, default, default).Store(overlay);
            RecentModels.Add(overlay, _world.Task, model);
        }

        Assert.Equal(TransactionRejection.UnknownParent, Check(models[0]));
        Assert.All(models.Skip(1), model => Assert.Equal(TransactionRejection.None, Check(model)));

        TransactionRejection Check(BlobHash parent) =>
            ManifestRules.Check(overlay, _world.TaskRecord, TestCandidate.Make(_world, 1).With(m => m.Parent = TrainingWorld.Bytes(parent.Value)).Manifest, "any");
    }

    [Fact]
    public void AParentOfAnotherTaskIsRefused() =>
        RefusesRevealOf(TransactionRejection.UnknownParent, c => c.With(m => m.Parent = TrainingWorld.Bytes(_world.Genesis.Tasks[1].InitialModel)));

    [Fact]
    public void AnUnknownTrainingSetIsRefused() =>
        RefusesRevealOf(TransactionRejection.UnknownTrainingSet, c => c.With(m => m.TrainingSet = TrainingWorld.Bytes(Hash256.Sha256([87]))));

    [Fact]
    public void ADeviceRecordIsDemanded()
    {
        RefusesRevealOf(TransactionRejection.DeviceRefused, c => c.With(m => m.Device = null));
        var task = TrainingQueries.Task(_world, _world.Task)!;
        var manifest = TestCandidate.Make(_world, 1).Manifest;
        Assert.Equal(TransactionRejection.None, ManifestRules.Check(_world, task, manifest, "any"));
        Assert.Equal(TransactionRejection.DeviceRefused, ManifestRules.Check(_world, task, manifest, "cuda"));
        manifest.Device.Kind = "cuda";
        Assert.Equal(TransactionRejection.None, ManifestRules.Check(_world, task, manifest, "cuda"));
        manifest.Device.Kind = "abacus";
        Assert.Equal(TransactionRejection.DeviceRefused, ManifestRules.Check(_world, task, manifest, "any"));
    }

    [Fact]
    public void ACertifiedCheckpointIsNoCandidateAgain()
    {
        _world.RunRound(TestCandidate.Make(_world, 1, gain: 10));
        RefusesRevealOf(TransactionRejection.CheckpointRepeated, c => c);
    }

    [Fact]
    public void TheEarlierCommitKeepsItsCheckpointWhoeverRevealsFirst()
    {
        var (first, second) = (TestCandidate.Make(_world, 1, trainer: 0), TestCandidate.Make(_world, 1, trainer: 1));
        _world.Take(_world.Commit(first), _world.Commit(second));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal([TransactionRejection.None, TransactionRejection.None], _world.Block(_world.Reveal(second), _world.Reveal(first)));
        _world.RunTo(TrainingPhase.Availability);
        Assert.Equal([CandidateStatus.Revealed, CandidateStatus.Unrevealed], _world.Round!.Candidates.Select(c => c.Status));
        Assert.Equal(Amount.FromNtk(10), _world.Supply.Burned);
    }

    [Fact]
    public void TheLaterCommitIsRefusedWhereTheEarlierIsRevealed()
    {
        var (first, second) = (TestCandidate.Make(_world, 1, trainer: 0), TestCandidate.Make(_world, 1, trainer: 1));
        _world.Take(_world.Commit(first), _world.Commit(second));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal([TransactionRejection.None, TransactionRejection.CheckpointRepeated], _world.Block(_world.Reveal(first), _world.Reveal(second)));
    }

    [Fact]
    public void ARefusedMessageLeavesNoTrace()
    {
        _world.Take(Commit(1, 0));
        _world.RunTo(TrainingPhase.Reveal);
        var before = _world.Round!.Candidates;
        Assert.Equal(TransactionRejection.RevealMismatch, _world.One(_world.Reveal(TestCandidate.Make(_world, 2))));
        Assert.Equal(before, _world.Round!.Candidates);
        Assert.Empty(_world.Of("training.revealed"));
        Assert.Null(TrainingQueries.Reveal(_world, _world.Task, 0));
    }

    // Revealed, and held by nobody.
    private void ShowAndDrop(TestCandidate candidate)
    {
        _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        _world.Take(_world.Reveal(candidate));
        _world.RunTo(null);
    }

    private static Hash256 Version(int number) => Hash256.Sha256([200, (byte)number]);

    // The task's training set has come to that version.
    private void Versions(int last) => _world.Block([], after: context =>
    {
        for (var version = 1; version <= last; version++)
            new VersionRecord(Version(version), 60_000, context.Height, (ulong)version, default, _world.Supplier, 1, 0).Store(context.State, _world.Task, (ulong)version);
        (TrainingSetRecord.Get(context.State, _world.Task)! with { Version = (ulong)last, Root = Version(last) }).Store(context.State);
    });

    private Transaction Commit(int number, int trainer) => _world.Commit(TestCandidate.Make(_world, number, trainer));

    private void RefusesCommit(TransactionRejection expected, Func<TestCandidate, TestCandidate> change)
    {
        Assert.Equal(expected, _world.One(_world.Commit(change(TestCandidate.Make(_world, 1)))));
        Assert.Equal(expected == TransactionRejection.None ? Amount.FromNtk(10) : Amount.Zero, _world.Supply.Escrow);
    }

    // Committed right, revealed with one thing changed.
    private void RefusesReveal(TransactionRejection expected, Func<TestCandidate, TestCandidate> change)
    {
        var candidate = TestCandidate.Make(_world, 1);
        _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal(expected, _world.One(_world.Reveal(change(candidate))));
        Assert.NotEqual(CandidateStatus.Revealed, _world.Round?.Candidates[0].Status);
    }

    // The wrong thing is committed to and revealed as it is.
    private void RefusesRevealOf(TransactionRejection expected, Func<TestCandidate, TestCandidate> change)
    {
        var candidate = change(TestCandidate.Make(_world, 1));
        _world.Take(_world.Commit(candidate));
        _world.RunTo(TrainingPhase.Reveal);
        Assert.Equal(expected, _world.One(_world.Reveal(candidate)));
    }
}
