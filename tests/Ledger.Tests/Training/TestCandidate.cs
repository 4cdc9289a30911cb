using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger.Tests;

/// <summary>A candidate that follows every rule, until a test changes one thing.</summary>
internal sealed record TestCandidate(PrivateKey Trainer, PrivateKey Producer, CandidateManifest Manifest)
{
    /// <summary>Mean loss of the incumbent: 2 nats, give or take 1/8 from sample to sample.</summary>
    public const uint Base = 2u << Loss.FractionBits;

    /// <summary>Of every checkpoint of the world's tasks.</summary>
    public const ulong ModelBytes = (1 << 20) + 7;

    public ByteString HardwareAttestation { get; init; } = ByteString.Empty;

    public Hash256 Salt { get; init; } = Hash256.Sha256([5]);

    public ulong Claim { get; init; }

    public Amount? Bond { get; init; }

    public Hash256? Task { get; init; }

    public ulong? Round { get; init; }

    public PrivateKey? Revealer { get; init; }

    public PrivateKey? ConsentKey { get; init; }

    public byte[]? RawManifest { get; init; }

    /// <summary>What the evaluation finds.</summary>
    public CandidateOutcome Outcome { get; init; } = new CandidateOutcome.Evaluated(LossesLower(64, 0));

    public byte[] ManifestBytes => RawManifest ?? Manifest.ToByteArray();

    public Hash256 ManifestRoot => CandidateBinding.ManifestRoot(ManifestBytes);

    public BlobHash Model => new(Hash256.FromBytes(Manifest.Model.Span));

    public Hash256 Commitment => CandidateBinding.Commitment(
        ManifestRoot,
        Trainer.Address,
        Producer.Address,
        Hash256.FromBytes(Manifest.Task.Span),
        new BlobHash(Hash256.FromBytes(Manifest.Parent.Span)),
        Salt);

    /// <summary>What the producer consents to, where it is not what is committed.</summary>
    public (Hash256 Task, ulong Round)? Consented { get; init; }

    public Signature Consent(GenesisHash genesis, Hash256 task, ulong round)
    {
        (task, round) = Consented ?? (task, round);
        return (ConsentKey ?? Producer).Sign(CandidateBinding.ConsentDigest(genesis, task, round, Commitment, Trainer.Address, Producer.Address));
    }

    /// <summary>A candidate for the world's task whose checkpoint is made from the number; its gain in hundredths of a nat.</summary>
    public static TestCandidate Make(TrainingWorld world, int number, int trainer = 0, int producer = 0, int gain = 0, BlobHash? parent = null)
    {
        var chunks = new[] { Hash256.Sha256([1, (byte)number]), Hash256.Sha256([2, (byte)number]) };
        var manifest = new CandidateManifest
        {
            Task = TrainingWorld.Bytes(world.Task),
            Model = TrainingWorld.Bytes(BlobManifest.HashOf(ModelBytes, chunks).Value),
            ModelBytes = ModelBytes,
            Parent = TrainingWorld.Bytes((parent ?? world.TaskRecord.BestModel).Value),
            TrainingSet = TrainingWorld.Bytes(world.Genesis.Tasks[0].TrainingSet),
            Device = new DeviceRecord { Kind = "cpu", Name = "a processor" },
        };
        manifest.Chunks.AddRange(chunks.Select(TrainingWorld.Bytes));
        manifest.Tensors.Add(new Tensor { Name = "weight", Shape = { 10, 784 } });
        return new TestCandidate(world.Trainers[trainer], world.Keys[producer], manifest)
        {
            Outcome = new CandidateOutcome.Evaluated(LossesLower(64, gain)),
        };
    }

    /// <summary>The same candidate with a changed manifest.</summary>
    public TestCandidate With(Action<CandidateManifest> change)
    {
        var manifest = Manifest.Clone();
        change(manifest);
        return this with { Manifest = manifest };
    }

    public static uint[] IncumbentLosses(int samples)
    {
        var stream = new SeededStream(11);
        return [.. Enumerable.Range(0, samples).Select(_ => Base + (uint)stream.NextBelow(1 << 18))];
    }

    /// <summary>Losses that are lower by so many hundredths of a nat, with a little noise.</summary>
    public static uint[] LossesLower(int samples, int hundredths)
    {
        var stream = new SeededStream(12);
        var shift = (long)Loss.UnitsPerNat * hundredths / 100;
        return [.. IncumbentLosses(samples).Select(loss => (uint)(loss - shift + (long)stream.NextBelow(1 << 15) - (1 << 14)))];
    }
}
