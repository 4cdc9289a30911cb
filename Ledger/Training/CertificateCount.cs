using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Counts the attestations of a round. More than two thirds is of the total power, silent, in jail or not.</summary>
internal static class CertificateCount
{
    /// <summary>The statement that more than two thirds attested, with those who are paid for it; null where there is none.</summary>
    public static (TrainingCertificate Certificate, ImmutableArray<Validator> Attesters)? Count(BlockContext context, TrainingRoundRecord round)
    {
        var reveals = RoundBallots.AttestationReveals.Counted(context, round.Task);
        if (Agreed(context, reveals) is not { } digest) return null;
        var agreeing = reveals.Where(ballot => ballot.Content.StatementDigest == digest).ToImmutableArray();
        var isDecoded = TrainingStatement.TryDecode(context.State.Get(TrainingKeys.Statement(digest)), out var statement);
        Invariant.Check(isDecoded, "a statement was decoded before it was stored");
        return (TrainingCertificate.Create(statement!, Signatures(context, agreeing)), Paid(context, round, agreeing));
    }

    /// <summary>All who revealed an attestation, whatever it says, and are paid for it.</summary>
    public static ImmutableArray<Validator> Attesters(BlockContext context, TrainingRoundRecord round) =>
        Paid(context, round, RoundBallots.AttestationReveals.Counted(context, round.Task));

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

    // Whoever kept its share of the seed back, or left the re-check of the round before unanswered, attests and has no pay of the round.
    private static ImmutableArray<Validator> Paid(BlockContext context, TrainingRoundRecord round, ImmutableArray<Ballot<RevealedAttestation>> ballots)
    {
        var (missed, unanswered) = (SeedPenalties.Missed(context.State, round.Task), RecheckEnd.Missed(context.State, round.Task));
        var members = ImmutableArray.CreateBuilder<Validator>();
        foreach (var (validator, _) in ballots)
        {
            var present = KeyRotations.Present(context.State, validator);
            if (!missed.Contains(present) && !unanswered.Contains(present) && context.Validators.TryIndexOf(validator, out var index))
                members.Add(context.Validators[index]);
        }

        return members.ToImmutable();
    }
}
