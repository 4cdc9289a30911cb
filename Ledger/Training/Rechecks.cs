using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// The re-check of private losses: after a certificate every validator computes some of the private losses of up to <see cref="Limits.RecheckedMax"/> attesters
/// again and says whose are wrong. Who is looked at, and where, is drawn from the salts of all attestations that were shown: they were bound by commitments
/// before the first was opened, so neither an author of a block nor an attester chooses.
/// </summary>
/// <remarks>
/// What is left to an attester is not to show its attestation: then it has no pay, and nothing that could be wrong. The certificate waits for nothing of this.
/// </remarks>
internal static class Rechecks
{
    /// <summary>A round was certified: its private losses are to be computed again. One of the task's round before that still waits has ended by now.</summary>
    /// <param name="context">The block that ends the round.</param>
    /// <param name="round">The round.</param>
    /// <param name="statement">What was certified.</param>
    /// <param name="pay">What its attesters were paid.</param>
    public static void Open(BlockContext context, TrainingRoundRecord round, TrainingStatement statement, AttesterPay pay)
    {
        var samples = (int)Math.Min(context.Parameters.Training.RecheckSamples, round.PrivateSamples);
        var attesters = Attesters(context, round, statement.Digest, pay);
        if (samples == 0 || attesters.IsEmpty) return;
        Hold(context, round.Task, statement.Digest, pay);
        var stream = new SeededStream(TrainingSeed.PrivateRecheck(round.Seed, Salts(context.State, round.Task)));
        var targets = stream.NextDistinct(Math.Min(attesters.Length, Limits.RecheckedMax), attesters.Length).Order().ToList();
        ImmutableArray<ushort> places = [.. stream.NextDistinct(samples, (int)round.PrivateSamples).Order().Select(place => (ushort)place)];
        new RecheckRecord
        {
            Task = round.Task,
            Number = round.Number,
            Opened = context.Height,
            Blocks = context.Parameters.Training.RecheckBlocks,
            Seed = round.Seed,
            PrivateSamples = round.PrivateSamples,
            Incumbent = round.Incumbent,
            Candidates = [.. statement.Candidates.Select(candidate => new RecheckModel(candidate.Model, candidate.HasLosses))],
            Places = places,
            Attesters = attesters,
            Targets = [.. targets.Select(target => new RecheckTarget((ushort)target, Drawn(context.State, round, attesters[target].Key, places)))],
        }.Store(context.State);
        context.Emit(
            "training.recheck_opened",
            [.. RoundEvents.Of(round), ("height", context.Height), ("validators", (ulong)targets.Count), ("samples", (ulong)samples)]);
    }

    /// <summary>Takes what a validator found, once.</summary>
    public static TransactionRejection Take(BlockContext context, Address sender, PrivateRecheck message)
    {
        if (!context.Validators.Contains(sender)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(context.State, sender)) return TransactionRejection.Jailed;
        if (TaskRecord.Get(context.State, Hash256.FromBytes(message.Task.Span)) is not { } task) return TransactionRejection.UnknownTask;
        if (RecheckRecord.Get(context.State, task.Id) is not { } recheck || recheck.Number < message.TrainingRound)
            return message.TrainingRound < task.NextRound ? TransactionRejection.WindowClosed : TransactionRejection.WindowNotOpen;
        if (recheck.Number > message.TrainingRound) return TransactionRejection.WindowClosed;
        if (RoundBallots.Rechecks.Of(context.State, task.Id, sender) is not null) return TransactionRejection.AlreadySent;
        if (message.Wrong >> recheck.Targets.Length != 0) return TransactionRejection.NotRechecked;
        RoundBallots.Rechecks.Add(context.State, task.Id, sender, new FoundWrong(message.Wrong, context.Height));
        return TransactionRejection.None;
    }

    // The accounts have it since a moment ago: in the same end of the block.
    private static void Hold(BlockContext context, Hash256 task, Hash256 certified, AttesterPay pay)
    {
        foreach (var (member, (digest, _)) in RoundBallots.AttestationReveals.Counted(context, task))
        {
            if (digest != certified || pay.Of(member).IsZero) continue;
            var isLocked = SupplyModule.TryLock(context.State, member, pay.Of(member));
            Invariant.Check(isLocked, "what was paid in this block is there");
        }
    }

    // By the keys that committed: whoever has taken a new key since showed what the old one was bound to.
    private static ImmutableArray<RecheckedAttester> Attesters(BlockContext context, TrainingRoundRecord round, Hash256 certified, AttesterPay pay)
    {
        var attesters = new List<RecheckedAttester>();
        foreach (var (member, (digest, _)) in RoundBallots.AttestationReveals.Counted(context, round.Task))
        {
            if (digest != certified) continue;
            var committed = RoundBallots.AttestationCommits.Of(context.State, round.Task, member)!.Value;
            attesters.Add(new RecheckedAttester(committed.Validator, committed.Content.Height, pay.Of(member)));
        }

        return [.. attesters.OrderBy(attester => attester.Key)];
    }

    private static List<Hash256> Salts(IStateReader state, Hash256 task)
    {
        var salts = new List<Hash256>();
        foreach (var (committed, _) in RoundBallots.AttestationCommits.Get(state, task))
            if (ShownLosses.Get(state, task, committed) is { } shown)
                salts.Add(shown.Salt);
        return salts;
    }

    private static ImmutableArray<uint> Drawn(IStateReader state, TrainingRoundRecord round, Address committed, ImmutableArray<ushort> places)
    {
        var losses = ShownLosses.Get(state, round.Task, committed)!.Value.Losses;
        var models = 1 + round.Judged.Count();
        return [.. Enumerable.Range(0, models).SelectMany(model => places.Select(place => losses[(model * (int)round.PrivateSamples) + place]))];
    }
}
