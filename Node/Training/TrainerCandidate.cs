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
internal sealed record TrainerCandidate(byte[] Checkpoint, BlobManifest Blob, byte[] Manifest)
{
    /// <param name="device">What the parameters were trained on.</param>
    public static TrainerCandidate Make(Hash256 task, Hash256 trainingSet, BlobHash parent, ModelParameters parameters, DeviceRecord device)
    {
        var checkpoint = Learning.Checkpoint.Write(parameters);
        var blob = BlobManifest.Of(checkpoint);
        var manifest = new CandidateManifest
        {
            Task = task.ToByteString(),
            Model = blob.Hash.Value.ToByteString(),
            ModelBytes = (ulong)blob.Length,
            Parent = parent.Value.ToByteString(),
            TrainingSet = trainingSet.ToByteString(),
            Device = device,
        };
        manifest.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        foreach (var tensor in parameters.Plan.Tensors)
        {
            var described = new Tensor { Name = tensor.Name };
            described.Shape.AddRange(tensor.Shape.Select(extent => (uint)extent));
            manifest.Tensors.Add(described);
        }

        return new TrainerCandidate(checkpoint, blob, manifest.ToByteArray());
    }
}

/// <summary>
/// A commit whose reveal is still to come. It is on the disk before the commit is sent, for without the salt the bond is lost. Layout: task 32 |
/// training round 8 | producer 20 | producer's signature 65 | salt 32 | model 32 | commit's transaction 32 | manifest, length first.
/// </summary>
internal sealed record PendingReveal(
    Hash256 Task, ulong TrainingRound, Address Producer, Signature Consent, Hash256 Salt, BlobHash Model, ReadOnlyMemory<byte> Manifest)
{
    /// <summary>The transaction that commits it.</summary>
    public TransactionHash Commit { get; init; }

    public static PendingReveal Make(Hash256 task, ulong trainingRound, Address producer, Signature consent, TrainerCandidate candidate) =>
        new(task, trainingRound, producer, consent, Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Size)), candidate.Blob.Hash, candidate.Manifest);

    public Hash256 Commitment(Address trainer, BlobHash parent) =>
        CandidateBinding.Commitment(CandidateBinding.ManifestRoot(Manifest.Span), trainer, Producer, Task, parent, Salt);

    public CandidateReveal Message() => new()
    {
        Task = Task.ToByteString(),
        TrainingRound = TrainingRound,
        Manifest = ByteString.CopyFrom(Manifest.Span),
        Salt = Salt.ToByteString(),
        ProducerSignature = ByteString.CopyFrom(Consent.Bytes),
    };

    public void Save(string path)
    {
        var bytes = new ByteWriter()
            .Hash(Task)
            .UInt64(TrainingRound)
            .Address(Producer)
            .Signature(Consent)
            .Hash(Salt)
            .Hash(Model.Value)
            .Hash(Commit.Value)
            .LengthAndBytes(Manifest.Span)
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
    public static PendingReveal? Load(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > 2 * Limits.ManifestBytesMax) return null;
        var reader = new ByteReader(File.ReadAllBytes(path));
        var (task, round, producer, consent, salt, model, commit) =
            (reader.Hash(), reader.UInt64(), reader.Address(), reader.Signature(), reader.Hash(), reader.Hash(), reader.Hash());
        var manifest = reader.LengthAndBytes(Limits.ManifestBytesMax).ToArray();
        if (!reader.IsWhole || consent is null) return null;
        return new PendingReveal(task, round, producer, consent, salt, new BlobHash(model), manifest) { Commit = new TransactionHash(commit) };
    }
}
