using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>A candidate of one trainer for one round: what it commits to, and what it shows later, if it shows it.</summary>
public sealed class SimulatedCandidate
{
    private readonly PrivateKey _trainer;
    private readonly PrivateKey _producer;
    private readonly byte[] _manifest;
    private readonly Hash256 _salt;
    private readonly Amount _bond;

    /// <param name="state">The newest; its task's next round is the candidate's.</param>
    /// <param name="training">Where the checkpoint is made.</param>
    /// <param name="trainer">Who brings it.</param>
    /// <param name="producer">The validator that is to lead for it.</param>
    /// <param name="draw">For its checkpoint.</param>
    public SimulatedCandidate(LedgerState state, ITraining training, PrivateKey trainer, PrivateKey producer, SeededStream draw)
    {
        (_trainer, _producer, _salt, _bond) = (trainer, producer, draw.NextHash(), state.Parameters.Training.CandidateBond);
        var task = TrainingQueries.Task(state, training.Task)!;
        var made = training.Make(state, trainer.Address, draw);
        var manifest = new CandidateManifest
        {
            Task = training.Task.ToByteString(),
            Model = made.Model.Value.ToByteString(),
            ModelBytes = made.Bytes,
            Parent = task.BestModel.Value.ToByteString(),
            TrainingSet = training.TrainingSet.ToByteString(),
            Device = new DeviceRecord { Kind = "cpu", Name = "simulated" },
        };
        manifest.Chunks.AddRange(made.Chunks.Select(chunk => chunk.ToByteString()));
        manifest.Tensors.AddRange(made.Tensors);
        _manifest = manifest.ToByteArray();
        Round = task.NextRound;
        Nonce = AccountsModule.Get(state, trainer.Address).Nonce;
        Commitment = CandidateBinding.Commitment(CandidateBinding.ManifestRoot(_manifest), trainer.Address, producer.Address, training.Task, task.BestModel, _salt);
        IsShown = draw.NextChance(15, 16);
        Claim = draw.NextChance(1, 4) ? Loss.UnitsPerNat / 16 : 0;
    }

    /// <summary>Number of the training round.</summary>
    public ulong Round { get; }

    /// <summary>The trainer's when it began: past it the commit was in a block, taken or not.</summary>
    public ulong Nonce { get; }

    public Hash256 Commitment { get; }

    /// <summary>Whether the trainer shows it; else its bond burns.</summary>
    public bool IsShown { get; }

    private ulong Claim { get; }

    public Transaction Commit(LedgerState state, Hash256 task) => Pay(state, body => body.CandidateCommit = new CandidateCommit
    {
        Task = task.ToByteString(),
        TrainingRound = Round,
        Commitment = Commitment.ToByteString(),
        Producer = _producer.Address.ToByteString(),
        ClaimedGain = Claim,
        Bond = _bond.ToByteString(),
        ProducerSignature = ByteString.CopyFrom(
            _producer.Sign(CandidateBinding.ConsentDigest(state.GenesisHash, task, Round, Commitment, _trainer.Address, _producer.Address)).Bytes),
    });

    public Transaction Reveal(LedgerState state, Hash256 task) => Pay(state, body => body.CandidateReveal = new CandidateReveal
    {
        Task = task.ToByteString(),
        TrainingRound = Round,
        Manifest = ByteString.CopyFrom(_manifest),
        Salt = _salt.ToByteString(),
    });

    private Transaction Pay(LedgerState state, Action<TransactionBody> fill)
    {
        var body = new TransactionBody
        {
            Genesis = state.GenesisHash.Value.ToByteString(),
            Nonce = AccountsModule.Get(state, _trainer.Address).Nonce,
            Fee = Cluster.AmpleFee.ToByteString(),
        };
        fill(body);
        return Transaction.Sign(body, _trainer);
    }
}
