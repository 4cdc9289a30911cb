using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Whose delta made a version, and by how many samples the set grew beyond the versions before: what the proposers' share of rewards is divided by.</summary>
public readonly record struct DeltaWinner(Address Proposer, uint Adds);

/// <summary>
/// A task's training set as it is now, and its period of decision. Layout: version 8 | root 32 | samples 4 | opened 8 | voted period 8
/// (0 = the chain's parameter) | next delta 8 | pixels 4 | open deltas, count 2, 8 each | last winners, count 1, proposer 20 and adds 4 each.
/// </summary>
public sealed record TrainingSetRecord
{
    /// <summary>Versions that a candidate may still have trained on, and whose proposers still have a share.</summary>
    public const int VersionsKept = 8;

    public required Hash256 Task { get; init; }

    /// <summary>0 is the set of the genesis.</summary>
    public ulong Version { get; init; }

    public required Hash256 Root { get; init; }

    public required uint Samples { get; init; }

    /// <summary>The block at whose end the period began.</summary>
    public Height Opened { get; init; }

    /// <summary>Null until the stakeholders have voted for one.</summary>
    public ulong? VotedPeriod { get; init; }

    public ulong NextDelta { get; init; } = 1;

    /// <summary>Bytes of a sample beside its label, as the task's model takes it; null where the model's form does not tell.</summary>
    public uint? Pixels { get; init; }

    /// <summary>Ascending.</summary>
    public ImmutableArray<ulong> Open { get; init; } = [];

    /// <summary>Of the last versions, the oldest first.</summary>
    public ImmutableArray<DeltaWinner> Winners { get; init; } = [];

    /// <summary>Blocks of a period, as long as nothing else is voted for.</summary>
    public ulong Period(ChainParameters parameters) => VotedPeriod ?? parameters.Datasets.PeriodBlocks;

    /// <summary>Most samples that a delta may add, and most that it may remove.</summary>
    internal ulong MostChanged(DatasetParameters parameters) => (ulong)Samples * parameters.DeltaPercentMax / 100;

    /// <summary>The block at whose end a delta is decided on: what comes in the second half of a period waits for the end after the next.</summary>
    internal Height DecidedAt(Height deltaOpened, ulong period)
    {
        var end = Opened.Plus(period);
        return deltaOpened.Plus(period / 2) <= end ? end : end.Plus(period);
    }

    public static TrainingSetRecord? Get(IStateReader state, Hash256 task)
    {
        if (state.Get(DatasetKeys.TrainingSet(task)) is not { } bytes) return null;
        var reader = new ByteReader(bytes);
        var record = new TrainingSetRecord
        {
            Task = task,
            Version = reader.UInt64(),
            Root = reader.Hash(),
            Samples = reader.UInt32(),
            Opened = reader.Height(),
            VotedPeriod = reader.UInt64() is > 0 and var period ? period : null,
            NextDelta = reader.UInt64(),
            Pixels = reader.UInt32() is > 0 and var pixels ? pixels : null,
            Open = ReadOpen(ref reader),
            Winners = ReadWinners(ref reader),
        };
        Invariant.Check(reader.IsWhole, "a training set record is as it was written");
        return record;
    }

    internal void Store(StateOverlay state)
    {
        var writer = new ByteWriter().UInt64(Version).Hash(Root).UInt32(Samples).Height(Opened).UInt64(VotedPeriod ?? 0).UInt64(NextDelta).UInt32(Pixels ?? 0).UInt16((ushort)Open.Length);
        foreach (var delta in Open) writer.UInt64(delta);
        writer.Byte((byte)Winners.Length);
        foreach (var (proposer, adds) in Winners) writer.Address(proposer).UInt32(adds);
        state.Set(DatasetKeys.TrainingSet(Task), writer.ToArray());
    }

    private static ImmutableArray<ulong> ReadOpen(ref ByteReader reader)
    {
        var open = new ulong[reader.Count16(Limits.OpenDeltasMax, 8)];
        for (var i = 0; i < open.Length; i++) open[i] = reader.UInt64();
        return [.. open];
    }

    private static ImmutableArray<DeltaWinner> ReadWinners(ref ByteReader reader)
    {
        var winners = new DeltaWinner[Math.Min((int)reader.Byte(), VersionsKept)];
        for (var i = 0; i < winners.Length; i++) winners[i] = new DeltaWinner(reader.Address(), reader.UInt32());
        return [.. winners];
    }
}
