using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How a training round ended.</summary>
public enum RoundOutcome : byte
{
    /// <summary>A candidate was certified.</summary>
    Improved = 1,

    /// <summary>More than 2/3 attested that no candidate reaches the bounds.</summary>
    NoImprovement = 2,

    NothingRevealed = 3,

    NothingAvailable = 4,

    /// <summary>Too few validators opened their shares.</summary>
    NoSeed = 5,

    /// <summary>No statement has more than 2/3 of the power.</summary>
    NotAttested = 6,

    /// <summary>The producers of all candidates kept their shares of the seed back.</summary>
    Unbacked = 7,
}

/// <summary>
/// What stays of a round when its details go. Layout: task 32 | number 8 | outcome 1 | opened 8 | ended 8 | incumbent 32 | committed 1 | judged 1 |
/// seed 32 | samples 4 | loss before 8 | loss after 8 | model 32 | trainer 20 | producer 20 | reward 16 | proof root 32.
/// </summary>
/// <remarks>Losses are sums over the samples, which are those that judge; zero where nothing was certified, as are the fields of the winner.</remarks>
public sealed record OutcomeRecord
{
    public required Hash256 Task { get; init; }

    public required ulong Number { get; init; }

    public required RoundOutcome Outcome { get; init; }

    public required Height Opened { get; init; }

    public required Height Ended { get; init; }

    public required BlobHash Incumbent { get; init; }

    public required byte Committed { get; init; }

    public required byte Judged { get; init; }

    public required Hash256 Seed { get; init; }

    public required uint Samples { get; init; }

    public ulong LossBefore { get; init; }

    public ulong LossAfter { get; init; }

    public BlobHash Model { get; init; }

    public Address Trainer { get; init; }

    public Address Producer { get; init; }

    public Amount Reward { get; init; }

    public Hash256 ProofRoot { get; init; }

    public static OutcomeRecord? Get(IStateReader state, Hash256 task, ulong number)
    {
        if (state.Get(TrainingKeys.Outcome(task, number)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new OutcomeRecord
        {
            Task = reader.Hash(),
            Number = reader.UInt64(),
            Outcome = (RoundOutcome)reader.Byte(),
            Opened = reader.Height(),
            Ended = reader.Height(),
            Incumbent = new BlobHash(reader.Hash()),
            Committed = reader.Byte(),
            Judged = reader.Byte(),
            Seed = reader.Hash(),
            Samples = reader.UInt32(),
            LossBefore = reader.UInt64(),
            LossAfter = reader.UInt64(),
            Model = new BlobHash(reader.Hash()),
            Trainer = reader.Address(),
            Producer = reader.Address(),
            Reward = reader.Amount(),
            ProofRoot = reader.Hash(),
        };
        Invariant.Check(reader.IsWhole, "an outcome record is as it was written");
        return record;
    }

    internal static OutcomeRecord Of(TrainingRoundRecord round, RoundOutcome outcome, Height ended) => new()
    {
        Task = round.Task,
        Number = round.Number,
        Outcome = outcome,
        Opened = round.Opened,
        Ended = ended,
        Incumbent = round.Incumbent,
        Committed = (byte)round.Candidates.Length,
        Judged = (byte)round.Judged.Count(),
        Seed = round.Seed,
        Samples = round.Samples - round.PaidSamples,
    };

    internal void Store(StateOverlay state) => state.Set(
        TrainingKeys.Outcome(Task, Number),
        new ByteWriter()
            .Hash(Task)
            .UInt64(Number)
            .Byte((byte)Outcome)
            .Height(Opened)
            .Height(Ended)
            .Hash(Incumbent.Value)
            .Byte(Committed)
            .Byte(Judged)
            .Hash(Seed)
            .UInt32(Samples)
            .UInt64(LossBefore)
            .UInt64(LossAfter)
            .Hash(Model.Value)
            .Address(Trainer)
            .Address(Producer)
            .Amount(Reward)
            .Hash(ProofRoot)
            .ToArray());
}
