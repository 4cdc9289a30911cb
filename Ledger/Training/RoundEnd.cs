using System.Collections.Immutable;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How a round ends: who is certified, who is paid, whose bond burns; then its details go and the next number stands ready.</summary>
internal static class RoundEnd
{
    /// <summary>
    /// Ends a round without a certificate. Where validators have already evaluated (<see cref="RoundOutcome.NotAttested"/>), the bonds go back less
    /// the fee, which pays them; else whole. What was burned before stays burned.
    /// </summary>
    public static void Void(BlockContext context, TrainingRoundRecord round, RoundOutcome outcome)
    {
        var attesters = Attesters(context, RoundBallots.AttestationReveals.Get(context.State, round.Task));
        foreach (var candidate in round.Candidates)
        {
            if (attesters.IsEmpty) Release(context, candidate.Trainer, candidate.Bond);
            else ReleaseLessFee(context, candidate, attesters);
        }

        context.Emit("training.void", [.. RoundEvents.Of(round), ("reason", ReasonOf(outcome)), ("height", context.Height)]);
        var task = TaskRecord.Get(context.State, round.Task)!;
        Finish(context, task with { VoidCount = task.VoidCount + 1 }, round, OutcomeRecord.Of(round, outcome, context.Height));
    }

    /// <summary>Counts the attestations at the close of the last window. More than two thirds is of the total power, silent or not.</summary>
    public static void Decide(BlockContext context, TrainingRoundRecord round)
    {
        var reveals = RoundBallots.AttestationReveals.Get(context.State, round.Task);
        if (Agreed(context, reveals) is not { } digest)
        {
            Void(context, round, RoundOutcome.NotAttested);
            return;
        }

        var agreeing = reveals.Where(ballot => ballot.Content.StatementDigest == digest).ToImmutableArray();
        var isDecoded = TrainingStatement.TryDecode(context.State.Get(TrainingKeys.Statement(digest)), out var statement);
        Invariant.Check(isDecoded, "a statement was decoded before it was stored");
        var certificate = TrainingCertificate.Create(statement!, Signatures(context, agreeing));
        new CertificateRecord(context.Height, context.Validators.Root, certificate).Store(context.State);
        Certify(context, round, certificate, Attesters(context, agreeing));
    }

    public static void Burn(BlockContext context, TrainingRoundRecord round, int index, string reason)
    {
        var candidate = round.Candidates[index];
        SupplyModule.BurnFromEscrow(context.State, candidate.Bond);
        context.Emit(
            "training.bond_burned",
            [
                .. RoundEvents.Of(round),
                ("candidate", index),
                ("trainer", candidate.Trainer),
                ("amount", candidate.Bond),
                ("reason", reason),
            ]);
    }

    private static void Certify(BlockContext context, TrainingRoundRecord round, TrainingCertificate certificate, ImmutableArray<Validator> attesters)
    {
        var statement = certificate.Statement;
        SettleBonds(context, round, statement, attesters);
        var task = TaskRecord.Get(context.State, round.Task)!;
        if (statement.Winner is { } winner)
        {
            Reward(context, task, round, certificate, winner, attesters);
            return;
        }

        context.Emit(
            "training.no_improvement",
            [
                .. RoundEvents.Of(round),
                ("height", context.Height),
                ("loss_sum", statement.IncumbentLossSum),
                ("samples", statement.Samples),
                ("attesters", (ulong)attesters.Length),
            ]);
        var outcome = OutcomeRecord.Of(round, RoundOutcome.NoImprovement, context.Height) with { LossBefore = statement.IncumbentLossSum };
        Finish(context, task with { BestLoss = new MeasuredLoss(statement.IncumbentLossSum, statement.Samples) }, round, outcome);
    }

    private static void Reward(
        BlockContext context, TaskRecord task, TrainingRoundRecord round, TrainingCertificate certificate, int winner, ImmutableArray<Validator> attesters)
    {
        var statement = certificate.Statement;
        var result = statement.Candidates[winner];
        var reveal = RevealRecord.Get(context.State, round.Task, round.Judged.ElementAt(winner).Index)!;
        var isProved = TrainingProof.TryCreate(winner, reveal.ProducerSignature, reveal.ManifestBytes.Span, certificate, out var proof);
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
                ("samples", statement.Samples),
                ("gain_sum", gain.Sum.ToString(CultureInfo.InvariantCulture)),
                ("gain_square_sum", gain.SquareSum.ToString(CultureInfo.InvariantCulture)),
                ("paid_gain_sum", gain.PaidSum()),
                ("claimed_gain", result.ClaimedGain),
                ("attesters", (ulong)attesters.Length),
                ("proof", proof!.Root),
            ]);
        var paid = RewardsModule.Pay(context, statement, result, attesters, Hash256.FromBytes(reveal.Manifest.TrainingSet.Span));
        TermsModule.Grant(context, round, result.Producer, proof);
        new ModelRecord(
            result.Model,
            round.Task,
            round.Number,
            context.Height,
            new BlobHash(Hash256.FromBytes(reveal.Manifest.Parent.Span)),
            result.ManifestRoot,
            result.Trainer,
            result.Producer).Store(context.State);
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
            BestLoss = new MeasuredLoss(result.LossSum, statement.Samples),
            CertifiedCount = task.CertifiedCount + 1,
        };
        Finish(context, improved, round, outcome);
    }

    // What is broken or claimed falsely burns, the winner's bond too; else the winner's goes back and an honest loser pays for its evaluation.
    private static void SettleBonds(BlockContext context, TrainingRoundRecord round, TrainingStatement statement, ImmutableArray<Validator> attesters)
    {
        var winner = statement.Winner;
        var place = 0;
        foreach (var (index, candidate) in round.Judged)
        {
            var result = statement.Candidates[place];
            var isWinner = place++ == winner;
            if (result.Verdict == CandidateVerdict.Malformed) Burn(context, round, index, "malformed");
            else if (result.Verdict == CandidateVerdict.NotFinite) Burn(context, round, index, "not_finite");
            else if (statement.GainOf(result).IsBelowClaim(result.ClaimedGain, statement.ZThousandths)) Burn(context, round, index, "below_claim");
            else if (isWinner) Release(context, candidate.Trainer, candidate.Bond);
            else ReleaseLessFee(context, candidate, attesters);
        }
    }

    private static void Finish(BlockContext context, TaskRecord task, TrainingRoundRecord round, OutcomeRecord outcome)
    {
        outcome.Store(context.State);
        (task with { NextRound = task.NextRound + 1 }).Store(context.State);
        for (var i = 0; i < round.Candidates.Length; i++)
            if (!round.Candidates[i].ManifestRoot.IsZero)
                context.State.Delete(TrainingKeys.Reveal(round.Task, i));
        foreach (var ballot in RoundBallots.AttestationReveals.Get(context.State, round.Task))
            context.State.Delete(TrainingKeys.Statement(ballot.Content.StatementDigest));
        RoundBallots.Availability.Delete(context.State, round.Task);
        RoundBallots.Shares.Delete(context.State, round.Task);
        RoundBallots.AttestationCommits.Delete(context.State, round.Task);
        RoundBallots.AttestationReveals.Delete(context.State, round.Task);
        context.State.Delete(TrainingKeys.Round(round.Task));
    }

    private static Hash256? Agreed(BlockContext context, ImmutableArray<Ballot<RevealedAttestation>> reveals)
    {
        foreach (var (_, (digest, _)) in reveals)
        {
            ulong power = 0;
            foreach (var other in reveals)
                if (other.Content.StatementDigest == digest)
                    power += context.Validators.PowerOf(other.Validator);
            if (context.Validators.IsQuorum(power)) return digest;
        }

        return null;
    }

    // Ballots ascend by address, and so do the indices of the set.
    private static ImmutableArray<IndexedSignature> Signatures(BlockContext context, ImmutableArray<Ballot<RevealedAttestation>> agreeing)
    {
        var signatures = ImmutableArray.CreateBuilder<IndexedSignature>();
        foreach (var (validator, (_, signature)) in agreeing)
            if (context.Validators.TryIndexOf(validator, out var index))
                signatures.Add(new IndexedSignature((ushort)index, signature));
        return signatures.ToImmutable();
    }

    private static ImmutableArray<Validator> Attesters(BlockContext context, ImmutableArray<Ballot<RevealedAttestation>> ballots)
    {
        var attesters = ImmutableArray.CreateBuilder<Validator>();
        foreach (var (validator, _) in ballots)
            if (context.Validators.TryIndexOf(validator, out var index))
                attesters.Add(context.Validators[index]);
        return attesters.ToImmutable();
    }

    private static void ReleaseLessFee(BlockContext context, RoundCandidate candidate, ImmutableArray<Validator> attesters)
    {
        var fee = Amount.Min(candidate.Bond, context.Parameters.Training.ShortfallFee);
        Release(context, candidate.Trainer, candidate.Bond - fee);
        foreach (var (to, share) in AttesterShares.Divide(fee, attesters)) Release(context, to, share);
    }

    private static void Release(BlockContext context, Address to, Amount amount)
    {
        if (!amount.IsZero) SupplyModule.Release(context.State, to, amount);
    }

    private static string ReasonOf(RoundOutcome outcome) => outcome switch
    {
        RoundOutcome.NothingRevealed => "nothing_revealed",
        RoundOutcome.NothingAvailable => "nothing_available",
        RoundOutcome.NoSeed => "no_seed",
        RoundOutcome.NotAttested => "not_attested",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
