using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>A measured loss: the sum over that many samples, in 2^-20 nats.</summary>
public readonly record struct MeasuredLoss(ulong Sum, uint Samples);

/// <summary>
/// A training task and how far it is. Layout: id 32 | training set 32 | evaluation set 32 | required gain 4 | initial model 32 |
/// best model 32 | best model's training round 8 | its height 8 | trainer 20 | producer 20 | loss sum 8 | loss samples 4 (0 = never measured) |
/// next round 8 | certified 8 | void 8 | model bytes 8 | tries 4 | source 1 | closed 1 | target blocks 8 | anchor: height 8, gain 4, certified 8,
/// tau 8 (0 = none yet) | rounds without gain 4 | last gain 8 | reward base 16 | reward epoch 8 | fork 1 and, where it is one, parent 32, parent's model 32,
/// task of the data 32, forked 8, bar: loss sum 8, samples 4 | name, length first.
/// </summary>
public sealed record TaskRecord
{
    private const int NameBytesMax = 256;

    public required Hash256 Id { get; init; }

    public required string Name { get; init; }

    public required Hash256 TrainingSet { get; init; }

    public required Hash256 EvaluationSet { get; init; }

    /// <summary>Least gain that the first round asks for, in millionths of the incumbent's loss; the pace moves it from then on.</summary>
    public required uint RequiredGainMillionths { get; init; }

    public required BlobHash InitialModel { get; init; }

    public required BlobHash BestModel { get; init; }

    /// <summary>The training round that certified the best model; 0 while it is the initial one.</summary>
    public ulong BestRound { get; init; }

    public Height BestHeight { get; init; }

    public Address BestTrainer { get; init; }

    public Address BestProducer { get; init; }

    /// <summary>The best model's loss where it was last measured; null before the first certificate. Samples differ from round to round.</summary>
    public MeasuredLoss? BestLoss { get; init; }

    /// <summary>Number of the round in progress, or of the one that the next commit opens.</summary>
    public ulong NextRound { get; init; } = 1;

    public ulong CertifiedCount { get; init; }

    public ulong VoidCount { get; init; }

    /// <summary>Length of every checkpoint of this task.</summary>
    public required ulong ModelBytes { get; init; }

    /// <summary>Candidates that were judged since the incumbent is the best.</summary>
    public uint Tries { get; init; }

    /// <summary>Where the samples of its evaluation set come from.</summary>
    public required SampleSource Source { get; init; }

    /// <summary>Whether it takes no commits.</summary>
    public bool IsClosed { get; init; }

    /// <summary>Blocks wanted from one improvement to the next.</summary>
    public required ulong TargetRoundBlocks { get; init; }

    /// <summary>Where the required gain is reckoned from; null before the first round.</summary>
    public GainAnchor? Anchor { get; init; }

    /// <summary>Rounds, since the last improvement, of which a certificate says that they brought none.</summary>
    public uint RoundsWithoutGain { get; init; }

    /// <summary>The block of the last improvement, or of the first round, or of the vote that opened the task again.</summary>
    public Height LastGain { get; init; }

    /// <summary>Issued supply that rewards are reckoned by: as it was at the first certificate of this epoch.</summary>
    public Amount RewardBase { get; init; }

    /// <summary>The halving epoch of that certificate.</summary>
    public ulong RewardEpoch { get; init; }

    /// <summary>Null for a task of the genesis.</summary>
    public ForkOrigin? Origin { get; init; }

    /// <summary>The task whose training set, votes on it and points are this one's: its own, or that of the genesis task from which it descends.</summary>
    public Hash256 DataTask => Origin?.DataTask ?? Id;

    public byte[] Encode() => WithOrigin(new ByteWriter()
        .Hash(Id)
        .Hash(TrainingSet)
        .Hash(EvaluationSet)
        .UInt32(RequiredGainMillionths)
        .Hash(InitialModel.Value)
        .Hash(BestModel.Value)
        .UInt64(BestRound)
        .Height(BestHeight)
        .Address(BestTrainer)
        .Address(BestProducer)
        .UInt64(BestLoss?.Sum ?? 0)
        .UInt32(BestLoss?.Samples ?? 0)
        .UInt64(NextRound)
        .UInt64(CertifiedCount)
        .UInt64(VoidCount)
        .UInt64(ModelBytes)
        .UInt32(Tries)
        .Byte((byte)Source)
        .Byte(IsClosed ? (byte)1 : (byte)0)
        .UInt64(TargetRoundBlocks)
        .Height(Anchor?.Height ?? Height.Genesis)
        .UInt32(Anchor?.GainMillionths ?? 0)
        .UInt64(Anchor?.Certified ?? 0)
        .UInt64(Anchor?.TauBlocks ?? 0)
        .UInt32(RoundsWithoutGain)
        .Height(LastGain)
        .Amount(RewardBase)
        .UInt64(RewardEpoch))
        .LengthAndBytes(Encoding.UTF8.GetBytes(Name))
        .ToArray();

    public static TaskRecord? Get(IStateReader state, Hash256 id)
    {
        if (state.Get(TrainingKeys.Task(id)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new TaskRecord
        {
            Id = reader.Hash(),
            TrainingSet = reader.Hash(),
            EvaluationSet = reader.Hash(),
            RequiredGainMillionths = reader.UInt32(),
            InitialModel = new BlobHash(reader.Hash()),
            BestModel = new BlobHash(reader.Hash()),
            BestRound = reader.UInt64(),
            BestHeight = reader.Height(),
            BestTrainer = reader.Address(),
            BestProducer = reader.Address(),
            BestLoss = LossOf(reader.UInt64(), reader.UInt32()),
            NextRound = reader.UInt64(),
            CertifiedCount = reader.UInt64(),
            VoidCount = reader.UInt64(),
            ModelBytes = reader.UInt64(),
            Tries = reader.UInt32(),
            Source = (SampleSource)reader.Byte(),
            IsClosed = reader.Byte() != 0,
            TargetRoundBlocks = reader.UInt64(),
            Anchor = AnchorOf(reader.Height(), reader.UInt32(), reader.UInt64(), reader.UInt64()),
            RoundsWithoutGain = reader.UInt32(),
            LastGain = reader.Height(),
            RewardBase = reader.Amount(),
            RewardEpoch = reader.UInt64(),
            Origin = reader.Byte() == 0 ? null : ForkOrigin.ReadFrom(ref reader),
            Name = Encoding.UTF8.GetString(reader.LengthAndBytes(NameBytesMax)),
        };
        Invariant.Check(reader.IsWhole, "a task record is as it was written");
        return record;
    }

    internal void Store(StateOverlay state) => state.Set(TrainingKeys.Task(Id), Encode());

    private ByteWriter WithOrigin(ByteWriter writer)
    {
        writer.Byte(Origin is null ? (byte)0 : (byte)1);
        Origin?.WriteTo(writer);
        return writer;
    }

    private static GainAnchor? AnchorOf(Height height, uint gain, ulong certified, ulong tau) =>
        tau == 0 ? null : new GainAnchor(height, gain, certified, tau);

    private static MeasuredLoss? LossOf(ulong sum, uint samples) => samples == 0 ? null : new MeasuredLoss(sum, samples);
}
