using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>Blocks of a height that a term was assigned to, written into the state by hand.</summary>
public sealed class TermLedBlockTests
{
    private readonly LedgerFixture _chain = new();
    private readonly TrainingProof _proof;
    private readonly Address _holder;

    public TermLedBlockTests()
    {
        _chain.StepTo(2);
        var rotation = _chain.State.Next.Schedule.Leader(Round.Zero);
        _holder = _chain.ValidatorKeys.First(key => key.Address != rotation).Address;
        _proof = Proof(1);
        var height = _chain.State.Height.Next();
        _chain.State = _chain.State.With(state =>
        {
            var record = HeightRecord.Get(state, height)! with { Term = new TermAssignment(7, _holder, _proof.Root) };
            state.Set(HeightRecord.Key(height), record.Encode());
        });
    }

    [Fact]
    public void TheHolderLeadsRoundZeroWithItsProof()
    {
        Assert.Equal(new TermAssignment(7, _holder, _proof.Root), _chain.State.Next.Schedule.TermOf(Round.Zero));
        var validated = _chain.Apply(Build(Round.Zero, _proof));
        Assert.Equal(_holder, validated.Block.Header.Author);
        Assert.Equal(_proof.Root, validated.Block.Header.TrainingProofRoot);
    }

    [Fact]
    public void ATermLedBlockWithoutItsProofIsRefused() => Assert.Equal(BlockFault.WrongTrainingProof, _chain.FaultOf(Build(Round.Zero, null)));

    [Fact]
    public void ATermLedBlockWithAnotherProofIsRefused() => Assert.Equal(BlockFault.WrongTrainingProof, _chain.FaultOf(Build(Round.Zero, Proof(2))));

    [Fact]
    public void ALaterRoundFallsToTheRotationWithoutAProof()
    {
        Assert.Equal(BlockFault.WrongTrainingProof, _chain.FaultOf(Build(new Round(1), _proof)));
        Assert.Equal(Hash256.Zero, _chain.Apply(Build(new Round(1), null)).Block.Header.TrainingProofRoot);
    }

    [Fact]
    public void ACaretakerHeightTakesNoProof()
    {
        _chain.Apply(Build(Round.Zero, _proof));
        Assert.Equal(BlockFault.WrongTrainingProof, _chain.FaultOf(Build(Round.Zero, _proof)));
    }

    private Block Build(Round round, TrainingProof? proof) => BlockBuilder.Build(_chain.State, _chain.Template(round, []), proof, []).Block;

    private TrainingProof Proof(byte salt)
    {
        var manifest = new CandidateManifest { Task = ByteString.CopyFrom(new byte[32]), ModelBytes = salt }.ToByteArray();
        var statement = new TrainingStatement
        {
            Genesis = _chain.GenesisHash,
            Task = Hash256.Zero,
            TrainingRound = 1,
            Seed = Hash256.Zero,
            SampleRoot = Hash256.Zero,
            Incumbent = default,
            IncumbentLossesRoot = Hash256.Zero,
            IncumbentLossSum = 1,
            IncumbentPaidSum = 0,
            Samples = 16,
            PaidSamples = 4,
            RequiredGainMillionths = 1,
            ZThousandths = 3_000,
            PaidErrorsThousandths = 500,
            Candidates = [Candidate(manifest)],
        };
        var signature = _chain.KeyOf(_holder).Sign(statement.Digest);
        Assert.True(TrainingProof.TryCreate(0, signature, Hash256.Zero, manifest, TrainingCertificate.Create(statement, []), out var proof));
        return proof;
    }

    private CandidateResult Candidate(byte[] manifest) => new()
    {
        ManifestRoot = CandidateBinding.ManifestRoot(manifest),
        Trainer = _chain.Alice.Address,
        Producer = _holder,
        DifferenceSquareSum = 1, // the loss sums differ by one, so that one sample must
    };
}
