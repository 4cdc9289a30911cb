using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Gallery;

/// <summary>A checkpoint that a trainer brings to a round.</summary>
/// <param name="Trainer">Whose bond it is.</param>
/// <param name="Producer">Number of the validator that consents to lead for it.</param>
/// <param name="Bytes">The checkpoint, or what is said to be one.</param>
internal sealed record Offer(PrivateKey Trainer, int Producer, byte[] Bytes)
{
    private static readonly Hash256 Salt = Hash256.Sha256([5]);

    /// <summary>Null declares the incumbent.</summary>
    public BlobHash? Parent { get; init; }

    public IReadOnlyList<BlobHash> Ancestors { get; init; } = [];

    /// <summary>2^-20 nats.</summary>
    public ulong Claim { get; init; }

    /// <summary>That the trainer declares.</summary>
    public ulong TrainedSamples { get; init; }

    /// <summary>A commitment that was seen, in the place of one's own.</summary>
    public Hash256? Copied { get; init; }

    public BlobHash Model => BlobManifest.Of(Bytes).Hash;

    public byte[] Manifest(World world)
    {
        var blob = BlobManifest.Of(Bytes);
        var manifest = new CandidateManifest
        {
            Task = world.Task.ToByteString(),
            Model = blob.Hash.Value.ToByteString(),
            ModelBytes = (ulong)blob.Length,
            Parent = ParentIn(world).Value.ToByteString(),
            TrainingSet = world.Options.Training.Root.ToByteString(),
            TrainedSamples = TrainedSamples,
            Device = new DeviceRecord { Kind = "cpu", Name = "gallery" },
        };
        manifest.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        manifest.Ancestors.AddRange(Ancestors.Select(model => model.Value.ToByteString()));
        foreach (var tensor in world.Plan.Tensors)
        {
            var described = new Tensor { Name = tensor.Name };
            described.Shape.AddRange(tensor.Shape.Select(extent => (uint)extent));
            manifest.Tensors.Add(described);
        }

        return manifest.ToByteArray();
    }

    public Hash256 Commitment(World world) => Copied ?? CandidateBinding.Commitment(
        CandidateBinding.ManifestRoot(Manifest(world)), Trainer.Address, world.Validators[Producer].Address, world.Task, ParentIn(world), Salt);

    public Transaction Commit(World world, ulong further = 0)
    {
        var (producer, commitment, number) = (world.Validators[Producer], Commitment(world), world.Record.NextRound);
        var consent = producer.Sign(CandidateBinding.ConsentDigest(world.State.GenesisHash, world.Task, number, commitment, Trainer.Address, producer.Address));
        return world.Pay(Trainer, further, body => body.CandidateCommit = new CandidateCommit
        {
            Task = world.Task.ToByteString(),
            TrainingRound = number,
            Commitment = commitment.ToByteString(),
            Producer = producer.Address.ToByteString(),
            ClaimedGain = Claim,
            Bond = world.Genesis.Parameters.Training.CandidateBond.ToByteString(),
            ProducerSignature = ByteString.CopyFrom(consent.Bytes),
        });
    }

    public Transaction Reveal(World world, ulong further = 0) => world.Pay(Trainer, further, body => body.CandidateReveal = new CandidateReveal
    {
        Task = world.Task.ToByteString(),
        TrainingRound = world.Record.NextRound,
        Manifest = ByteString.CopyFrom(Manifest(world)),
        Salt = Salt.ToByteString(),
    });

    private BlobHash ParentIn(World world) => Parent ?? world.Record.BestModel;
}
