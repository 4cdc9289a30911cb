using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>A checkpoint on its way through a round.</summary>
internal sealed record Candidate(PrivateKey Producer, BlobHash Parent, byte[] Manifest, byte[] Bytes)
{
    private static readonly Hash256 Salt = Hash256.Sha256([5]);

    /// <summary>Stores the checkpoint, as the node of its trainer does, and describes it.</summary>
    public static Candidate Make(TrainedChain chain, byte[] bytes, PrivateKey producer, BlobHash? declared = null)
    {
        var parent = declared ?? TrainingQueries.Task(chain.State, chain.Task)!.BestModel;
        var blob = chain.Blobs.Put(bytes);
        var manifest = new CandidateManifest
        {
            Task = chain.Task.ToByteString(),
            Model = blob.Hash.Value.ToByteString(),
            ModelBytes = (ulong)blob.Length,
            Parent = parent.Value.ToByteString(),
            TrainingSet = chain.Training.Root.ToByteString(),
            Device = new DeviceRecord { Kind = "cpu", Name = "a processor", Uuid = "u-1", Driver = "none", Runtime = "dotnet" },
        };
        manifest.Chunks.AddRange(blob.ChunkHashes.Select(hash => hash.ToByteString()));
        foreach (var tensor in chain.Spec.Plan.Tensors)
        {
            var described = new Tensor { Name = tensor.Name };
            described.Shape.AddRange(tensor.Shape.Select(extent => (uint)extent));
            manifest.Tensors.Add(described);
        }

        chain.ChangeManifest?.Invoke(manifest);
        return new Candidate(producer, parent, manifest.ToByteArray(), bytes);
    }

    public Transaction Commit(TrainedChain chain, ulong place)
    {
        var commitment = CommitmentOf(chain);
        var consent = Producer.Sign(CandidateBinding.ConsentDigest(
            chain.State.GenesisHash, chain.Task, TrainingQueries.Task(chain.State, chain.Task)!.NextRound, commitment, chain.Trainer.Address, Producer.Address));
        return chain.Pay(new TransactionBody
        {
            CandidateCommit = new CandidateCommit
            {
                Task = chain.Task.ToByteString(),
                TrainingRound = TrainingQueries.Task(chain.State, chain.Task)!.NextRound,
                Commitment = commitment.ToByteString(),
                Producer = Producer.Address.ToByteString(),
                Bond = chain.Genesis.Parameters.Training.CandidateBond.ToByteString(),
                ProducerSignature = ByteString.CopyFrom(consent.Bytes),
            },
        }, place);
    }

    public Transaction Reveal(TrainedChain chain, ulong place)
    {
        var reveal = new CandidateReveal
        {
            Task = chain.Task.ToByteString(),
            TrainingRound = chain.Round!.Number,
            Manifest = ByteString.CopyFrom(Manifest),
            Salt = Salt.ToByteString(),
        };
        chain.ChangeReveal?.Invoke(reveal, CommitmentOf(chain));
        return chain.Pay(new TransactionBody { CandidateReveal = reveal }, place);
    }

    private Hash256 CommitmentOf(TrainedChain chain) => CandidateBinding.Commitment(
        CandidateBinding.ManifestRoot(Manifest), chain.Trainer.Address, Producer.Address, chain.Task, Parent, Salt);
}
