using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What is sent about deltas. Everything is checked before anything is changed.</summary>
internal static class DeltaMessages
{
    public static TransactionRejection Propose(BlockContext context, Address sender, DatasetDeltaProposal message)
    {
        var state = context.State;
        var parameters = context.Parameters.Datasets;
        if (TrainingSetRecord.Get(state, Hash256.FromBytes(message.Task.Span)) is not { } set) return TransactionRejection.DatasetUnknownTask;
        if (message.BaseVersion != set.Version) return TransactionRejection.OtherBaseVersion;
        if (!HasItsChunks(message)) return TransactionRejection.DeltaBlobMalformed;
        var most = (ulong)set.Samples * parameters.DeltaPercentMax / 100;
        var result = (ulong)set.Samples + message.Adds - Math.Min(message.Removes, set.Samples);
        if (message.Adds + (ulong)message.Removes == 0 || message.Adds > most || message.Removes > most) return TransactionRejection.DeltaTooLarge;
        if (result is 0 or > Limits.DatasetSamplesMax) return TransactionRejection.DeltaTooLarge;
        _ = Amount.TryFromBytes(message.Bond.Span, out var bond);
        if (bond != parameters.DeltaBond) return TransactionRejection.DeltaBondWrong;
        var blob = new BlobHash(Hash256.FromBytes(message.Blob.Span));
        var open = set.Open.Select(number => DeltaRecord.Get(state, set.Task, number)!).ToList();
        if (open.Any(delta => delta.Proposer == sender || delta.Blob == blob)) return TransactionRejection.DeltaOpenAlready;
        if (open.Count >= Limits.OpenDeltasMax) return TransactionRejection.DatasetFull;
        if (!SupplyModule.TryLock(state, sender, bond)) return TransactionRejection.BalanceTooLow;

        var fresh = new DeltaRecord(
            set.Task,
            set.NextDelta,
            sender,
            context.Height,
            set.Version,
            blob,
            message.Bytes,
            Hash256.FromBytes(message.ResultRoot.Span),
            message.Adds,
            message.Removes,
            bond,
            [],
            message.Reason);
        fresh.Store(state);
        (set with { NextDelta = set.NextDelta + 1, Open = set.Open.Add(fresh.Number) }).Store(state);
        context.Emit(
            "datasets.proposed",
            [
                .. DeltaEvents.Of(fresh),
                ("proposer", sender),
                ("base_version", set.Version),
                ("blob", blob.Value),
                ("result_root", fresh.ResultRoot),
                ("adds", (ulong)fresh.Adds),
                ("removes", (ulong)fresh.Removes),
                ("bond", bond),
            ]);
        return TransactionRejection.None;
    }

    public static TransactionRejection Vote(BlockContext context, Address sender, DatasetVote message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TrainingSetRecord.Get(state, task) is null) return TransactionRejection.DatasetUnknownTask;
        // Validators have a chamber of their own, so they vote without points too.
        if (Points.Of(state, task, sender).IsZero && !ValidatorsModule.Members(state).Contains(sender)) return TransactionRejection.NoPoints;
        if (DeltaRecord.Get(state, task, message.Delta) is not { } delta) return TransactionRejection.DeltaNotOpen;
        var votes = DeltaVotes.Get(state, task, delta.Number);
        if (DeltaVotes.HasVoted(state, votes, sender)) return TransactionRejection.DeltaVoteRepeated;
        if (votes.Length >= Limits.DatasetVotesMax) return TransactionRejection.DatasetFull;
        DeltaVotes.Add(state, task, delta.Number, new DeltaVote(sender, message.Approve));
        context.Emit("datasets.voted", [.. DeltaEvents.Of(delta), ("voter", sender), ("approves", message.Approve ? "yes" : "no")]);
        return TransactionRejection.None;
    }

    public static TransactionRejection VotePeriod(BlockContext context, Address sender, PeriodVote message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TrainingSetRecord.Get(state, task) is null) return TransactionRejection.DatasetUnknownTask;
        if (Points.Of(state, task, sender).IsZero) return TransactionRejection.NoPoints;
        if (message.Blocks is < DatasetParameters.PeriodBlocksLeast or > DatasetParameters.PeriodBlocksMost) return TransactionRejection.PeriodOutOfBounds;
        var wishes = PeriodVotes.Get(state, task);
        if (wishes.Length >= Limits.DatasetVotesMax && wishes.All(wish => wish.Voter != sender)) return TransactionRejection.DatasetFull;
        PeriodVotes.Set(state, task, new PeriodWish(sender, message.Blocks));
        context.Emit("datasets.period_voted", ("task", task), ("voter", sender), ("blocks", message.Blocks));
        return TransactionRejection.None;
    }

    public static TransactionRejection Hold(BlockContext context, Address sender, DatasetHeld message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (!context.Validators.Contains(sender)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(state, sender)) return TransactionRejection.Jailed;
        if (TrainingSetRecord.Get(state, task) is null) return TransactionRejection.UnknownTask;
        if (DeltaRecord.Get(state, task, message.Delta) is not { } delta) return TransactionRejection.UnknownDelta;
        if (delta.Held.Contains(sender)) return TransactionRejection.AlreadySent;
        delta.WithHolder(sender, context.Validators).Store(state);
        context.Emit("datasets.held", [.. DeltaEvents.Of(delta), ("validator", sender)]);
        return TransactionRejection.None;
    }

    private static bool HasItsChunks(DatasetDeltaProposal message)
    {
        if (message.Bytes is 0 or > BlobLimits.BlobBytesMax || BlobLimits.ChunkCount((long)message.Bytes) != message.Chunks.Count) return false;
        var chunks = message.Chunks.Select(chunk => Hash256.FromBytes(chunk.Span)).ToImmutableArray();
        return BlobManifest.HashOf(message.Bytes, chunks).Value == Hash256.FromBytes(message.Blob.Span);
    }
}

/// <summary>Attributes that all events of a delta begin with.</summary>
internal static class DeltaEvents
{
    public static (string Key, EventValue Value)[] Of(DeltaRecord delta) => [("task", delta.Task), ("delta", delta.Number)];
}
