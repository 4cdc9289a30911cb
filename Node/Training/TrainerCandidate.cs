using System.Security.Cryptography;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A checkpoint that is to be offered, with its manifest.</summary>
/// <param name="Checkpoint">The blob.</param>
/// <param name="Blob">What it is made of.</param>
/// <param name="Manifest">Canonical bytes of the CandidateManifest.</param>
/// <param name="Delta">The blob of its sparse form; empty where it has none.</param>
internal sealed record TrainerCandidate(byte[] Checkpoint, BlobManifest Blob, byte[] Manifest, byte[] Delta)
{
    /// <param name="task">What it is for.</param>
    /// <param name="trainingSet">Root of the data that it learned from.</param>
    /// <param name="parent">Where it began.</param>
    /// <param name="parameters">What it has become.</param>
    /// <param name="device">What it was trained on.</param>
    /// <param name="trainedSamples">Samples that it learned from since, counted each time.</param>
    /// <param name="delta">What makes it of its parent; null where it is offered as a whole only.</param>
    /// <param name="ancestors">Certified models that it is near to besides; null for none.</param>
    public static TrainerCandidate Make(
        Hash256 task,
        Hash256 trainingSet,
        BlobHash parent,
        ModelParameters parameters,
        DeviceRecord device,
        ulong trainedSamples,
        SparseOffer? delta = null,
        IReadOnlyList<BlobHash>? ancestors = null)
    {
        // Learning drives layers apart; what is offered must be in balance, and computes the same.
        var checkpoint = Learning.Checkpoint.Write(delta is null ? Canonicaliser.Canonicalise(parameters).Parameters : parameters); // what a delta makes is offered bit by bit
        var blob = BlobManifest.Of(checkpoint);
        var manifest = new CandidateManifest
        {
            Task = task.ToByteString(),
            Model = blob.Hash.Value.ToByteString(),
            ModelBytes = (ulong)blob.Length,
            Parent = parent.Value.ToByteString(),
            TrainingSet = trainingSet.ToByteString(),
            Device = device,
            TrainedSamples = trainedSamples,
            Delta = delta is null ? null : TrainerOffer.Describe(delta),
        };
        manifest.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        manifest.Ancestors.AddRange((ancestors ?? []).Select(model => model.Value.ToByteString()));
        foreach (var tensor in parameters.Plan.Tensors)
        {
            var described = new Tensor { Name = tensor.Name };
            described.Shape.AddRange(tensor.Shape.Select(extent => (uint)extent));
            manifest.Tensors.Add(described);
        }

        return new TrainerCandidate(checkpoint, blob, manifest.ToByteArray(), delta?.Blob ?? []);
    }
}

/// <summary>
/// A commit whose reveal is still to come. It is on the disk before the commit is sent, for without the salt or the checkpoint the bond is lost.
/// Layout: magic "NCPR" 4 | version 1 | task 32 | training round 8 | producer 20 | salt 32 | commit's transaction 32 | manifest, length first |
/// checkpoint, length first | delta, length first. Files of before the magic begin with the task, and those of before deltas end with the checkpoint:
/// both are read, for who brings its program up between commit and reveal has its bond in one.
/// </summary>
internal sealed record PendingReveal(
    Hash256 Task, ulong TrainingRound, Address Producer, Hash256 Salt, ReadOnlyMemory<byte> Manifest, ReadOnlyMemory<byte> Checkpoint)
{
    private const int BytesMax = (2 * BlobLimits.BlobBytesMax) + (2 * Limits.ManifestBytesMax);

    private const byte Version = 1;

    private static readonly byte[] Magic = "NCPR"u8.ToArray();

    /// <summary>What the checkpoint is made of: its hash is the model's.</summary>
    public BlobManifest Blob { get; } = BlobManifest.Of(Checkpoint.Span);

    public BlobHash Model => Blob.Hash;

    /// <summary>The blob of its sparse form; empty where it has none.</summary>
    public ReadOnlyMemory<byte> Delta { get; init; }

    /// <summary>What is uploaded, the small one first.</summary>
    public IEnumerable<(BlobManifest Manifest, ReadOnlyMemory<byte> Bytes)> Blobs => Delta.IsEmpty ? [(Blob, Checkpoint)] : [(BlobManifest.Of(Delta.Span), Delta), (Blob, Checkpoint)];

    /// <summary>The transaction that commits it.</summary>
    public TransactionHash Commit { get; init; }

    public static PendingReveal Make(Hash256 task, ulong trainingRound, Address producer, TrainerCandidate candidate) =>
        new(task, trainingRound, producer, Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Size)), candidate.Manifest, candidate.Checkpoint) { Delta = candidate.Delta };

    public Hash256 Commitment(Address trainer, BlobHash parent) =>
        CandidateBinding.Commitment(CandidateBinding.ManifestRoot(Manifest.Span), trainer, Producer, Task, parent, Salt);

    public CandidateReveal Message() => new()
    {
        Task = Task.ToByteString(),
        TrainingRound = TrainingRound,
        Manifest = ByteString.CopyFrom(Manifest.Span),
        Salt = Salt.ToByteString(),
    };

    public void Save(string path)
    {
        var bytes = new ByteWriter()
            .Bytes(Magic)
            .Byte(Version)
            .Hash(Task)
            .UInt64(TrainingRound)
            .Address(Producer)
            .Hash(Salt)
            .Hash(Commit.Value)
            .LengthAndBytes(Manifest.Span)
            .LengthAndBytes(Checkpoint.Span)
            .LengthAndBytes(Delta.Span)
            .ToArray();
        var draft = path + ".new";
        using (var file = new FileStream(draft, FileMode.Create, FileAccess.Write))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Null where there is none, or none that is whole.</summary>
    /// <exception cref="OperatorException">It is of a later version.</exception>
    public static PendingReveal? Load(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > BytesMax) return null;
        var bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith(Magic)) return Read(bytes, isOld: true);
        if (bytes.Length <= Magic.Length) return null;
        var version = bytes[Magic.Length];
        if (version != Version) throw new OperatorException($"{path} is of version {version}, this program writes {Version}: a bond hangs on it, so use the program that wrote it until its round is over");
        return Read(bytes.AsSpan(Magic.Length + 1), isOld: false);
    }

    private static PendingReveal? Read(ReadOnlySpan<byte> bytes, bool isOld)
    {
        var reader = new ByteReader(bytes);
        var (task, round, producer, salt, commit) = (reader.Hash(), reader.UInt64(), reader.Address(), reader.Hash(), reader.Hash());
        var manifest = reader.LengthAndBytes(Limits.ManifestBytesMax).ToArray();
        var checkpoint = reader.LengthAndBytes(BlobLimits.BlobBytesMax).ToArray();
        var delta = isOld && reader.IsWhole ? [] : reader.LengthAndBytes(BlobLimits.BlobBytesMax).ToArray();
        if (!reader.IsWhole || checkpoint.Length == 0) return null;
        return new PendingReveal(task, round, producer, salt, manifest, checkpoint) { Delta = delta, Commit = new TransactionHash(commit) };
    }
}
