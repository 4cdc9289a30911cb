using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>What validators send in a round: they hold the candidates; they attest, hidden at first; they show what they attested.</summary>
/// <remarks>Each is taken once per validator and window. A block with one that is refused is invalid, so a leader leaves such messages out.</remarks>
internal static class ValidatorMessages
{
    /// <summary>The rules that all share: a validator, a task, its round, the window, and not twice.</summary>
    public static TransactionRejection Check<T>(
        BlockContext context, Address sender, ByteString task, ulong number, TrainingPhase window, Ballots<T> ballots, out TrainingRoundRecord? round)
    {
        round = null;
        if (!context.Validators.Contains(sender)) return TransactionRejection.NotAValidator;
        if (ValidatorRecord.IsJailedAt(context.State, sender)) return TransactionRejection.Jailed;
        if (TaskRecord.Get(context.State, Hash256.FromBytes(task.Span)) is not { } record) return TransactionRejection.UnknownTask;
        if (number != record.NextRound) return TransactionRejection.WrongTrainingRound;
        round = TrainingRoundRecord.Get(context.State, record.Id);
        if (round is null || round.Phase < window) return TransactionRejection.WindowNotOpen;
        if (round.Phase > window) return TransactionRejection.WindowClosed;
        return ballots.Of(context.State, record.Id, sender) is null ? TransactionRejection.None : TransactionRejection.AlreadySent;
    }

    public static TransactionRejection Availability(BlockContext context, Address sender, AvailabilityVote message)
    {
        var rejection = Check(context, sender, message.Task, message.TrainingRound, TrainingPhase.Availability, RoundBallots.Availability, out var round);
        if (rejection != TransactionRejection.None) return rejection;
        for (var i = 0; i < Limits.CandidatesMax; i++)
        {
            var isNamed = (message.Candidates >> i & 1) != 0;
            if (isNamed && (i >= round!.Candidates.Length || round.Candidates[i].Status != CandidateStatus.Revealed)) return TransactionRejection.UnknownCandidate;
        }

        RoundBallots.Availability.Add(context.State, round!.Task, sender, message.Candidates);
        return TransactionRejection.None;
    }

    public static TransactionRejection Commit(BlockContext context, Address sender, AttestationCommit message)
    {
        var rejection = Check(
            context, sender, message.Task, message.TrainingRound, TrainingPhase.AttestCommit, RoundBallots.AttestationCommits, out var round);
        if (rejection != TransactionRejection.None) return rejection;
        var committed = new CommittedAttestation(Hash256.FromBytes(message.Commitment.Span), context.Height);
        RoundBallots.AttestationCommits.Add(context.State, round!.Task, sender, committed);
        return TransactionRejection.None;
    }

    public static TransactionRejection Reveal(BlockContext context, Address sender, AttestationReveal message)
    {
        var rejection = Check(
            context, sender, message.Task, message.TrainingRound, TrainingPhase.AttestReveal, RoundBallots.AttestationReveals, out var round);
        if (rejection != TransactionRejection.None) return rejection;
        if (RoundBallots.AttestationCommits.Of(context.State, round!.Task, sender) is not { } committed) return TransactionRejection.NoAttestationCommitted;
        if (!TrainingStatement.TryDecode(message.Statement.Span, out var statement)) return TransactionRejection.MalformedStatement;
        var digest = statement.Digest;
        var salt = Hash256.FromBytes(message.Salt.Span);
        // By the key that committed: whoever has taken a new one since shows what the old one found, signed anew.
        var commitment = CandidateBinding.AttestationCommitment(digest, message.PrivateLosses, committed.Validator, salt);
        if (commitment != committed.Content.Commitment) return TransactionRejection.CommitmentMismatch;
        if (message.PrivateLosses.Count != round.PrivateLossesCount) return TransactionRejection.PrivateLossesCount;
        if (message.PrivateLosses.Any(loss => loss > Loss.UnitsMax)) return TransactionRejection.PrivateLossOutOfRange;
        var task = TaskRecord.Get(context.State, round.Task)!;
        if (!StatementBuilder.IsAbout(statement, context.GenesisHash, task, round)) return TransactionRejection.WrongStatement;
        if (!Signature.TryFromBytes(message.Signature.Span, out var signature) || !signature.IsBy(sender, digest)) return TransactionRejection.WrongAttestationSignature;

        context.State.Set(TrainingKeys.Statement(digest), message.Statement.ToByteArray());
        new ShownLosses(salt, [.. message.PrivateLosses]).Store(context.State, round.Task, committed.Validator);
        RoundBallots.AttestationReveals.Add(context.State, round.Task, sender, new RevealedAttestation(digest, signature));
        return TransactionRejection.None;
    }
}
