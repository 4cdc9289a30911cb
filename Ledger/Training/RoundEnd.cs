using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How a round ends: certified or void; then its details go and the next number stands ready.</summary>
internal static class RoundEnd
{
    /// <summary>Ends a round without a certificate.</summary>
    public static void Void(BlockContext context, TrainingRoundRecord round, RoundOutcome outcome)
    {
        BondSettlement.Void(context, round, CertificateCount.Attesters(context, round));
        context.Emit("training.void", [.. RoundEvents.Of(round), ("reason", ReasonOf(outcome)), ("height", context.Height)]);
        var task = TaskRecord.Get(context.State, round.Task)!;
        Finish(context, task with { VoidCount = task.VoidCount + 1 }, round, OutcomeRecord.Of(round, outcome, context.Height), null);
    }

    /// <summary>Counts the attestations at the close of the last window.</summary>
    public static void Decide(BlockContext context, TrainingRoundRecord round)
    {
        RecheckEnd.CloseOpen(context, round.Task);
        if (CertificateCount.Count(context, round) is not { } counted)
        {
            Void(context, round, RoundOutcome.NotAttested);
            return;
        }

        Convictions.Apply(context, round, counted.Certificate.Statement.Digest);
        new CertificateRecord(context.Height, context.Validators.Root, counted.Certificate).Store(context.State);
        Certify(context, round, counted.Certificate, counted.Attesters);
    }

    private static void Certify(BlockContext context, TrainingRoundRecord round, TrainingCertificate certificate, ImmutableArray<Validator> attesters)
    {
        var statement = certificate.Statement;
        RecheckEnd.Forget(context.State, round.Task);
        var pay = new AttesterPay();
        BondSettlement.Settle(context, round, statement, attesters, pay);
        var task = TaskRecord.Get(context.State, round.Task)!;
        if (statement.Winner is { } winner)
        {
            Reward(context, task, round, certificate, winner, attesters, pay);
            return;
        }

        context.Emit(
            "training.no_improvement",
            [
                .. RoundEvents.Of(round),
                ("height", context.Height),
                ("loss_sum", statement.IncumbentLossSum),
                ("samples", statement.JudgedSamples),
                ("attesters", (ulong)attesters.Length),
            ]);
        var outcome = OutcomeRecord.Of(round, RoundOutcome.NoImprovement, context.Height) with { LossBefore = statement.IncumbentLossSum };
        Rechecks.Open(context, round, statement, pay);
        Finish(context, task with { BestLoss = new MeasuredLoss(statement.IncumbentLossSum, statement.JudgedSamples) }, round, outcome, statement);
    }

    private static void Reward(
        BlockContext context, TaskRecord task, TrainingRoundRecord round, TrainingCertificate certificate, int winner, ImmutableArray<Validator> attesters,
        AttesterPay pay)
    {
        var statement = certificate.Statement;
        var result = statement.Candidates[winner];
        var (index, candidate) = round.Judged.ElementAt(winner);
        var reveal = RevealRecord.Get(context.State, round.Task, index)!;
        var isProved = TrainingProof.TryCreate(winner, candidate.Consent, reveal.Salt, reveal.ManifestBytes.Span, certificate, out var proof);
        Invariant.Check(isProved, "a manifest was checked before it was stored");
        var gain = statement.GainOf(result);
        context.Emit(
            "training.certified",
            [
                .. RoundEvents.Of(round),
                ("height", context.Height),
                ("model", result.Model.Value),
                ("parent", Hash256.FromBytes(reveal.Manifest.Parent.Span)),
                ("trainer", result.Trainer),
                ("producer", result.Producer),
                ("loss_sum_before", statement.IncumbentLossSum),
                ("loss_sum_after", result.LossSum),
                ("samples", statement.JudgedSamples),
                ("gain_sum", gain.Sum.ToString(CultureInfo.InvariantCulture)),
                ("gain_square_sum", gain.SquareSum.ToString(CultureInfo.InvariantCulture)),
                ("paid_samples", statement.PaidSamples),
                ("paid_gain_sum", statement.PaidSumOf(result)),
                ("claimed_gain", result.ClaimedGain),
                ("attesters", (ulong)attesters.Length),
                ("proof", proof!.Root),
            ]);
        task = RewardsModule.WithBase(context, task);
        var paid = RewardsModule.Pay(context, task, statement, result, attesters, Hash256.FromBytes(reveal.Manifest.TrainingSet.Span), pay);
        TermsModule.Grant(context, round, result.Producer, proof, PaidGain.IsWorkOfItsOwn(task, statement, result));
        new ModelRecord(
            result.Model,
            round.Task,
            round.Number,
            context.Height,
            new BlobHash(Hash256.FromBytes(reveal.Manifest.Parent.Span)),
            result.ManifestRoot,
            result.Trainer,
            result.Producer).Store(context.State);
        RecentModels.Add(context.State, round.Task, result.Model);
        var outcome = OutcomeRecord.Of(round, RoundOutcome.Improved, context.Height) with
        {
            LossBefore = statement.IncumbentLossSum,
            LossAfter = result.LossSum,
            Model = result.Model,
            Trainer = result.Trainer,
            Producer = result.Producer,
            Reward = paid,
            ProofRoot = proof.Root,
        };
        var improved = task with
        {
            BestModel = result.Model,
            BestRound = round.Number,
            BestHeight = context.Height,
            BestTrainer = result.Trainer,
            BestProducer = result.Producer,
            BestLoss = new MeasuredLoss(result.LossSum, statement.JudgedSamples),
            CertifiedCount = task.CertifiedCount + 1,
        };
        Rechecks.Open(context, round, statement, pay);
        Finish(context, improved, round, outcome, statement);
    }

    private static void Finish(BlockContext context, TaskRecord task, TrainingRoundRecord round, OutcomeRecord outcome, TrainingStatement? statement)
    {
        outcome.Store(context.State);
        TaskPace.Ended(context, task with { NextRound = task.NextRound + 1 }, round, outcome.Outcome, statement).Store(context.State);
        for (var i = 0; i < round.Candidates.Length; i++)
            if (!round.Candidates[i].ManifestRoot.IsZero)
                context.State.Delete(TrainingKeys.Reveal(round.Task, i));
        foreach (var ballot in RoundBallots.AttestationReveals.Get(context.State, round.Task))
            context.State.Delete(TrainingKeys.Statement(ballot.Content.StatementDigest));
        ShownLosses.Delete(context.State, round.Task);
        SeedPenalties.Delete(context.State, round.Task);
        SealedRounds.Delete(context, round.Task);
        RoundBallots.Availability.Delete(context.State, round.Task);
        RoundBallots.Shares.Delete(context.State, round.Task);
        RoundBallots.AttestationCommits.Delete(context.State, round.Task);
        RoundBallots.AttestationReveals.Delete(context.State, round.Task);
        context.State.Delete(TrainingKeys.Round(round.Task));
    }

    private static string ReasonOf(RoundOutcome outcome) => outcome switch
    {
        RoundOutcome.NothingRevealed => "nothing_revealed",
        RoundOutcome.NothingAvailable => "nothing_available",
        RoundOutcome.NoSeed => "no_seed",
        RoundOutcome.NotAttested => "not_attested",
        RoundOutcome.Unbacked => "unbacked",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
