using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What is sent about deltas. Everything is checked before anything is changed.</summary>
internal static class DeltaMessages
{
    // An approval by somebody with a hundredth of all points keeps a delta's place, one by dust does not.
    private const ulong BackersDivisor = 100;

    // A delta is displaced by a bond that is larger than its own by a tenth.
    private const uint DisplacingDivisor = 10;

    // Of a delta's blob: base root, count of removes, count of adds, pixels of a sample.
    private const ulong HeaderBytes = Hash256.Size + 4 + 4 + 4;

    public static TransactionRejection Propose(BlockContext context, Address sender, DatasetDeltaProposal message)
    {
        var state = context.State;
        var parameters = context.Parameters.Datasets;
        if (TrainingSetRecord.Get(state, Hash256.FromBytes(message.Task.Span)) is not { } set) return TransactionRejection.DatasetUnknownTask;
        if (message.BaseVersion != set.Version) return TransactionRejection.OtherBaseVersion;
        if (!HasItsChunks(message) || message.Bytes > MostBytes(message, set.Pixels)) return TransactionRejection.DeltaBlobMalformed;
        var most = set.MostChanged(parameters);
        var result = (ulong)set.Samples + message.Adds - Math.Min(message.Removes, set.Samples);
        if (message.Adds + (ulong)message.Removes == 0 || message.Adds > most || message.Removes > most) return TransactionRejection.DeltaTooLarge;
        if (result is 0 or > Limits.DatasetSamplesMax) return TransactionRejection.DeltaTooLarge;
        _ = Amount.TryFromBytes(message.Bond.Span, out var bond);
        if (bond < parameters.DeltaBond) return TransactionRejection.DeltaBondWrong;
        var blob = new BlobHash(Hash256.FromBytes(message.Blob.Span));
        var open = set.Open.Select(number => DeltaRecord.Get(state, set.Task, number)!).ToList();
        if (open.Any(delta => delta.Proposer == sender || delta.Blob == blob)) return TransactionRejection.DeltaOpenAlready;
        DeltaRecord? displaced = null;
        if (open.Count >= Limits.OpenDeltasMax)
        {
            displaced = open.Where(delta => !delta.IsBacked && Outbids(bond, delta.Bond)).OrderBy(delta => delta.Bond).ThenByDescending(delta => delta.Number).FirstOrDefault();
            if (displaced is null) return TransactionRejection.DatasetFull;
        }

        if (!SupplyModule.TryLock(state, sender, bond)) return TransactionRejection.BalanceTooLow;
        if (displaced is not null)
        {
            PeriodEnd.End(context, displaced, "displaced", Amount.Zero);
            set = set with { Open = set.Open.Remove(displaced.Number) };
        }

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
            false,
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
        if (TrainingSetRecord.Get(state, task) is not { } set) return TransactionRejection.DatasetUnknownTask;
        if (VoterOf(state, task, sender) is not { } voter) return TransactionRejection.NoPoints;
        if (DeltaRecord.Get(state, task, message.Delta) is not { } delta) return TransactionRejection.DeltaNotOpen;
        var votes = DeltaVotes.Get(state, task, delta.Number);
        // A key may have voted before it became a validator's.
        if (VoteList.Has(votes, voter.Holder) || VoteList.Has(votes, sender)) return TransactionRejection.DeltaVoteRepeated;
        if (message.Approve && IsLate(context, set, delta)) return TransactionRejection.ApprovalTooLate;
        if (VoteList.With(votes, new DeltaVote(voter.Holder, message.Approve, voter.Points, voter.IsValidator)) is not { } changed) return TransactionRejection.DatasetFull;
        DeltaVotes.Set(state, task, delta.Number, changed);
        if (message.Approve && !delta.IsBacked && IsBacker(state, task, voter)) (delta with { IsBacked = true }).Store(state);
        context.Emit("datasets.voted", [.. DeltaEvents.Of(delta), ("voter", sender), ("approves", message.Approve ? "yes" : "no")]);
        return TransactionRejection.None;
    }

    public static TransactionRejection VotePeriod(BlockContext context, Address sender, PeriodVote message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        if (TrainingSetRecord.Get(state, task) is null) return TransactionRejection.DatasetUnknownTask;
        if (VoterOf(state, task, sender) is not { } voter) return TransactionRejection.NoPoints;
        if (message.Blocks < context.Parameters.Datasets.ShortestPeriod() || message.Blocks > DatasetParameters.PeriodBlocksMost) return TransactionRejection.PeriodOutOfBounds;
        var wish = new PeriodWish(voter.Holder, message.Blocks, voter.Points, voter.IsValidator, 0);
        if (VoteList.With(PeriodVotes.Get(state, task), wish) is not { } changed) return TransactionRejection.DatasetFull;
        PeriodVotes.Set(state, task, changed);
        context.Emit("datasets.period_voted", ("task", task), ("voter", sender), ("blocks", message.Blocks));
        return TransactionRejection.None;
    }

    public static TransactionRejection Hold(BlockContext context, Address sender, DatasetHeld message)
    {
        var (state, task) = (context.State, Hash256.FromBytes(message.Task.Span));
        var (members, present) = (ValidatorsModule.Members(state), KeyRotations.Present(state, sender));
        if (!context.Validators.Contains(sender) || !members.Contains(present)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(state, present)) return TransactionRejection.Jailed;
        if (TrainingSetRecord.Get(state, task) is null) return TransactionRejection.UnknownTask;
        if (DeltaRecord.Get(state, task, message.Delta) is not { } delta) return TransactionRejection.UnknownDelta;
        var identity = KeyRotations.Identity(state, sender);
        if (delta.Held.Contains(identity)) return TransactionRejection.AlreadySent;
        delta.WithHolder(state, members, identity).Store(state);
        context.Emit("datasets.held", [.. DeltaEvents.Of(delta), ("validator", sender)]);
        return TransactionRejection.None;
    }

    // Validators have a chamber of their own, so they vote without points too. A key that was replaced has neither: its points went on with the
    // key in its place, and whoever still has it may have stolen it.
    private static Voter? VoterOf(IStateReader state, Hash256 task, Address sender)
    {
        if (KeyRotations.IsReplaced(state, sender)) return null;
        var holder = KeyRotations.Identity(state, sender);
        var points = Points.OfHolder(state, task, holder);
        var isValidator = ValidatorsModule.Members(state).Contains(sender) && !ValidatorRecord.IsJailedAt(state, sender);
        return points.IsZero && !isValidator ? null : new Voter(holder, points, isValidator);
    }

    // Whoever approves leaves the others the last tenth of the period to answer: the author of the last block does not decide.
    private static bool IsLate(BlockContext context, TrainingSetRecord set, DeltaRecord delta)
    {
        var period = set.Period(context.Parameters);
        return context.Height.Plus((period + 9) / 10) > set.DecidedAt(delta.Opened, period);
    }

    private static bool IsBacker(IStateReader state, Hash256 task, Voter voter) =>
        voter.IsValidator || voter.Points * BackersDivisor >= Points.Total(state, task);

    // A tenth more, one unit at least: the displaced has its bond back, so a smaller step would let one owner displace its own deltas for ever, at the
    // price of fees, and each time all nodes fetch a blob.
    private static bool Outbids(Amount bond, Amount displaced) => bond >= displaced && bond.Units - displaced.Units >= Step(displaced.Units);

    private static UInt128 Step(UInt128 units) => UInt128.Max(1, (units / DisplacingDivisor) + (units % DisplacingDivisor == 0 ? 0u : 1u));

    // Header, hashes of what goes, labels and pixels of what comes: one hash may remove several samples, so it may be less.
    private static ulong MostBytes(DatasetDeltaProposal message, uint? pixels) => pixels is { } count
        ? HeaderBytes + ((ulong)message.Removes * Hash256.Size) + ((ulong)message.Adds * (1UL + count))
        : BlobLimits.BlobBytesMax;

    private static bool HasItsChunks(DatasetDeltaProposal message)
    {
        if (message.Bytes is 0 or > BlobLimits.BlobBytesMax || BlobLimits.ChunkCount((long)message.Bytes) != message.Chunks.Count) return false;
        var chunks = message.Chunks.Select(chunk => Hash256.FromBytes(chunk.Span)).ToImmutableArray();
        return BlobManifest.HashOf(message.Bytes, chunks).Value == Hash256.FromBytes(message.Blob.Span);
    }

    private readonly record struct Voter(Address Holder, Amount Points, bool IsValidator);
}

/// <summary>Attributes that all events of a delta begin with.</summary>
internal static class DeltaEvents
{
    public static (string Key, EventValue Value)[] Of(DeltaRecord delta) => [("task", delta.Task), ("delta", delta.Number)];
}
