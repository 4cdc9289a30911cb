using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain.Tests;

/// <summary>One term-led block that proves itself, and what is said when one thing in it is not so.</summary>
public sealed class BlockVerifierTests
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([1]));
    private static readonly GenesisHash OtherGenesis = new(Hash256.Sha256([2]));
    private static readonly Hash256 Task = Hash256.Sha256([3]);
    private static readonly PrivateKey Trainer = Key(9);
    private static readonly PrivateKey[] Keys = [.. Enumerable.Range(1, 4).Select(Key).OrderBy(key => key.Address)];
    private static readonly ValidatorSet Validators = SetOf(Keys);

    // The producer, and the author that it leads for.
    private static PrivateKey Producer => Keys[1];

    [Fact]
    public void ATermLedBlockProvesItself()
    {
        var block = Build();
        var check = Check(block);
        Assert.Equal(StandAloneFault.None, check.Fault);
        Assert.True(check.IsProved);
        Assert.Equal(block.Hash, check.Block!.Hash);
        Assert.Equal(4, check.Certificate!.Signatures.Length);
    }

    [Fact]
    public void ACaretakerBlockProvesItsFinality() => Assert.True(Check(Build(proof: null)).IsProved);

    [Fact]
    public void TheFirstBlockHasNoCertificateBelowIt()
    {
        Assert.True(Check(Build(header => header with { Height = Height.First }, _ => null, null)).IsProved);
        Assert.Equal(StandAloneFault.LastCommitNotOfParent, FaultOf(Build(header => header with { Height = Height.First }, proof: null)));
    }

    [Fact]
    public void BytesThatAreNoBlockAreMalformed() => Assert.Equal(StandAloneFault.Malformed, Check([1, 2, 3], Certify(Build()).Encode()).Fault);

    [Fact]
    public void MoreBytesThanABlockMayHaveAreNotRead() =>
        Assert.Equal(StandAloneFault.TooLarge, Check(new byte[Limits.BlockBytesMax + 1], Certify(Build()).Encode()).Fault);

    [Theory]
    [InlineData(0, StandAloneFault.LastCommitRootMismatch)]
    [InlineData(1, StandAloneFault.TransactionsRootMismatch)]
    [InlineData(2, StandAloneFault.TrainingProofRootMismatch)]
    [InlineData(3, StandAloneFault.TrainingSummaryMismatch)] // stands behind the roots
    public void ContentThatTheHeaderDoesNotNameIsFound(int root, StandAloneFault fault)
    {
        var block = Build();
        var bytes = block.Bytes.ToArray();
        const int firstRoot = 2 + Hash256.Size + 8 + 4 + Address.Size + 8 + Hash256.Size; // after the parent
        bytes[firstRoot + (root * Hash256.Size)] ^= 1;
        Assert.Equal(fault, Check(bytes, Certify(block).Encode()).Fault);
    }

    [Fact]
    public void BytesThatAreNoCertificateAreFound()
    {
        var block = Build();
        Assert.Equal(StandAloneFault.CertificateMalformed, Check(block.Bytes.Span, Certify(block).Encode().AsSpan(1)).Fault);
    }

    [Fact]
    public void AnotherVersionIsFound() => Assert.Equal(StandAloneFault.WrongVersion, FaultOf(Build(header => header with { Version = 2 })));

    [Fact]
    public void AnotherChainIsFound() => Assert.Equal(StandAloneFault.WrongGenesis, FaultOf(Build(header => header with { Genesis = OtherGenesis })));

    [Fact]
    public void AnotherSetThanTheTrustedOneIsFound() =>
        Assert.Equal(StandAloneFault.WrongValidators, FaultOf(Build(header => header with { ValidatorsRoot = SetOf(Keys[..3]).Root })));

    [Fact]
    public void AnAuthorWhoIsNoValidatorIsFound() =>
        Assert.Equal(StandAloneFault.AuthorNotAValidator, FaultOf(Build(header => header with { Author = Trainer.Address })));

    [Fact]
    public void ACertificateThatIsNotTheParentsIsFound()
    {
        Assert.Equal(StandAloneFault.LastCommitNotOfParent, FaultOf(Build(lastCommit: commit => commit! with { Height = new Height(3) })));
        Assert.Equal(StandAloneFault.LastCommitNotOfParent, FaultOf(Build(header => header with { Parent = new BlockHash(Task) })));
        Assert.Equal(StandAloneFault.LastCommitNotOfParent, FaultOf(Build(lastCommit: _ => null)));
    }

    [Fact]
    public void ACertificateOfAnotherBlockIsFound()
    {
        var block = Build();
        Assert.Equal(StandAloneFault.CertificateOfAnotherBlock, Check(block, Certify(Build(proof: null))).Fault);
        var bridged = block.Ref with { BridgeRoot = Task };
        Assert.Equal(StandAloneFault.CertificateOfAnotherBlock, Check(block, Certify(new Precommit(block.Height, Round.Zero, bridged))).Fault);
        Assert.Equal(StandAloneFault.CertificateOfAnotherBlock, Check(block, Certify(new Precommit(block.Height.Next(), Round.Zero, block.Ref))).Fault);
    }

    [Fact]
    public void ABlockIsNotDecidedBeforeItIsBuilt()
    {
        var block = Build(header => header with { BuiltRound = new Round(2) }, proof: null);
        Assert.Equal(StandAloneFault.DecidedBeforeBuilt, Check(block, Certify(new Precommit(block.Height, new Round(1), block.Ref))).Fault);
        Assert.True(Check(block, Certify(new Precommit(block.Height, new Round(2), block.Ref))).IsProved);
    }

    [Fact]
    public void ASignerWhomTheSetDoesNotHaveIsFound()
    {
        var block = Build();
        var certificate = Certify(block);
        var stranger = certificate.Signatures.Add(new IndexedSignature(4, certificate.Signatures[0].Signature));
        Assert.Equal(StandAloneFault.UnknownSigner, Check(block, certificate with { Signatures = stranger }).Fault);
    }

    [Fact]
    public void ASignatureOfAnotherIsFound()
    {
        var block = Build();
        var certificate = Certify(block);
        var swapped = certificate.Signatures.SetItem(2, new IndexedSignature(2, certificate.Signatures[0].Signature));
        Assert.Equal(StandAloneFault.WrongSignature, Check(block, certificate with { Signatures = swapped }).Fault);
    }

    [Fact]
    public void TwoThirdsAreNotEnough()
    {
        var set = SetOf(Keys[..3]);
        var block = Build(header => header with { ValidatorsRoot = set.Root }, proof: null);
        var all = Certify(block);
        Assert.True(Check(block, all with { Signatures = all.Signatures[..3] }, set).IsProved);
        Assert.Equal(StandAloneFault.NotFinal, Check(block, all with { Signatures = all.Signatures[..2] }, set).Fault);
    }

    [Fact]
    public void ATermLeadsOnlyInRoundZeroAndNotAtRotationHeights()
    {
        var later = Build(header => header with { BuiltRound = new Round(1) });
        Assert.Equal(StandAloneFault.ProofOutOfPlace, Check(later, Certify(new Precommit(later.Height, new Round(1), later.Ref))).Fault);
        var rotation = Build(header => header with { Height = new Height(8) }, lastCommit: commit => commit! with { Height = new Height(7) });
        Assert.Equal(StandAloneFault.ProofOutOfPlace, FaultOf(rotation));
    }

    [Fact]
    public void AnAuthorWithTheProofOfAnotherIsFound() =>
        Assert.Equal(StandAloneFault.AuthorNotTheProducer, FaultOf(Build(header => header with { Author = Keys[0].Address })));

    [Fact]
    public void AProofOfAnotherChainIsFound() => Assert.Equal(StandAloneFault.ProofOfAnotherChain, FaultOf(Build(proof: Proof(genesis: OtherGenesis))));

    [Fact]
    public void AManifestThatIsNotTheCandidatesIsFound() =>
        Assert.Equal(StandAloneFault.ManifestMismatch, FaultOf(Build(proof: Proof(shown: Manifest(Hash256.Sha256([77]))))));

    [Fact]
    public void ALoserLeadsNobody() => Assert.Equal(StandAloneFault.NotTheWinner, FaultOf(Build(proof: Proof(lossSum: 99_999_999))));

    [Fact]
    public void AProducerWhoDidNotConsentIsFound() => Assert.Equal(StandAloneFault.NoConsent, FaultOf(Build(proof: Proof(consenting: Keys[0]))));

    [Fact]
    public void AnImprovementThatTooFewAttestedIsFound() => Assert.Equal(StandAloneFault.NotAttested, FaultOf(Build(proof: Proof(attesters: 2))));

    [Fact]
    public void AnEarlierSetMayHaveAttested()
    {
        var set = SetOf(Keys[..3]);
        var block = Build(header => header with { ValidatorsRoot = set.Root });
        var all = Certify(block);
        var certificate = (all with { Signatures = all.Signatures[..3] }).Encode();
        Assert.Equal(StandAloneFault.NotAttested, BlockVerifier.Check(block.Bytes.Span, certificate, Genesis, set).Fault);
        Assert.True(BlockVerifier.Check(block.Bytes.Span, certificate, Genesis, set, Validators).IsProved);
    }

    private static StandAloneFault FaultOf(Block block) => Check(block).Fault;

    private static StandAloneCheck Check(Block block, CommitCertificate? certificate = null, ValidatorSet? validators = null) =>
        BlockVerifier.Check(block.Bytes.Span, (certificate ?? Certify(block)).Encode(), Genesis, validators ?? Validators);

    private static StandAloneCheck Check(ReadOnlySpan<byte> block, ReadOnlySpan<byte> certificate) => BlockVerifier.Check(block, certificate, Genesis, Validators);

    private static CommitCertificate Certify(Block block) => Certify(new Precommit(block.Height, Round.Zero, block.Ref));

    private static CommitCertificate Certify(Precommit precommit) =>
        new(precommit.Height, precommit.Round, precommit.Block!.Value, Sign(precommit.Digest(Genesis), Keys.Length));

    private static ImmutableArray<IndexedSignature> Sign(Hash256 digest, int signers) =>
        [.. Keys.Take(signers).Select((key, i) => new IndexedSignature((ushort)i, key.Sign(digest)))];

    private static Block Build(Func<Header, Header>? header = null, Func<CommitCertificate?, CommitCertificate?>? lastCommit = null) =>
        Build(header, lastCommit, Proof());

    private static Block Build(TrainingProof? proof) => Build(null, null, proof);

    private static Block Build(Func<Header, Header>? header, TrainingProof? proof) => Build(header, null, proof);

    // The fifth block of a chain, led by a term of the producer's.
    private static Block Build(Func<Header, Header>? header, Func<CommitCertificate?, CommitCertificate?>? lastCommit, TrainingProof? proof)
    {
        var parent = new BlockRef(new BlockHash(Hash256.Sha256([4])), Hash256.Zero, Validators.Root);
        var plain = new Header
        {
            Genesis = Genesis,
            Height = new Height(5),
            BuiltRound = Round.Zero,
            Author = Producer.Address,
            Time = new Timestamp(5_000),
            Parent = parent.Hash,
            LastCommitRoot = Hash256.Zero,
            TransactionsRoot = Hash256.Zero,
            TrainingProofRoot = Hash256.Zero,
            ValidatorsRoot = Validators.Root,
            NextValidatorsRoot = Validators.Root,
            StateRoot = new StateRoot(Hash256.Sha256([5])),
            ReceiptsRoot = Hash256.Sha256([6]),
            EventsRoot = Hash256.Sha256([7]),
            BridgeRoot = Hash256.Zero,
        };
        CommitCertificate? below = Certify(new Precommit(new Height(4), Round.Zero, parent));
        return Block.Build(header is null ? plain : header(plain), lastCommit is null ? below : lastCommit(below), [], proof, [new byte[] { 1, 2, 3 }]);
    }

    private static TrainingProof Proof(
        GenesisHash? genesis = null, byte[]? shown = null, ulong lossSum = 1_000_000, PrivateKey? consenting = null, int attesters = 4)
    {
        var model = Hash256.Sha256([8]);
        var manifest = Manifest(model);
        var root = CandidateBinding.ManifestRoot(manifest);
        var gain = (Int128)2_000_000 - lossSum;
        var statement = new TrainingStatement
        {
            Genesis = genesis ?? Genesis,
            Task = Task,
            TrainingRound = 1,
            Seed = Hash256.Sha256([9]),
            SampleRoot = Hash256.Sha256([10]),
            Incumbent = new BlobHash(Hash256.Sha256([11])),
            IncumbentLossesRoot = Hash256.Sha256([12]),
            IncumbentLossSum = 2_000_000,
            IncumbentPaidSum = 0,
            Samples = 20,
            PaidSamples = 4,
            RequiredGainMillionths = 1_000,
            ZThousandths = 3_000,
            PaidErrorsThousandths = 500,
            Candidates =
            [
                new CandidateResult(
                    root, Trainer.Address, Producer.Address, 0, new BlobHash(model), CandidateVerdict.Evaluated, Hash256.Sha256([13]), lossSum, (UInt128)((gain * gain / 16) + 16)),
            ],
        };
        var certificate = TrainingCertificate.Create(statement, Sign(statement.Digest, attesters));
        var (salt, parent) = (Hash256.Sha256([15]), new BlobHash(Hash256.Sha256([14])));
        var commitment = CandidateBinding.Commitment(root, Trainer.Address, Producer.Address, Task, parent, salt);
        var consent = (consenting ?? Producer).Sign(CandidateBinding.ConsentDigest(statement.Genesis, statement.Task, statement.TrainingRound, commitment, Trainer.Address, Producer.Address));
        Assert.True(TrainingProof.TryCreate(0, consent, salt, shown ?? manifest, certificate, out var proof));
        return proof;
    }

    private static byte[] Manifest(Hash256 model) => new CandidateManifest
    {
        Task = ByteString.CopyFrom(Task.ToArray()),
        Model = ByteString.CopyFrom(model.ToArray()),
        Parent = ByteString.CopyFrom(Hash256.Sha256([14]).ToArray()),
        Device = new DeviceRecord { Kind = "cuda", Name = "a device" },
    }.ToByteArray();

    private static PrivateKey Key(int number) => PrivateKey.FromSeed(Hash256.Sha256([(byte)number]));

    private static ValidatorSet SetOf(IEnumerable<PrivateKey> keys)
    {
        Assert.True(ValidatorSet.TryCreate(keys.Select(key => new Validator(key.Address, 1)), out var set));
        return set;
    }
}
