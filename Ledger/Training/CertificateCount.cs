using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Counts the attestations of a round. More than two thirds is of the total power, silent or not.</summary>
internal static class CertificateCount
{
    /// <summary>The statement that more than two thirds attested, with those who did; null where there is none.</summary>
    public static (TrainingCertificate Certificate, ImmutableArray<Validator> Attesters)? Count(BlockContext context, TrainingRoundRecord round)
    {
        var reveals = RoundBallots.AttestationReveals.Get(context.State, round.Task);
        if (Agreed(context, reveals) is not { } digest) return null;
        var agreeing = reveals.Where(ballot => ballot.Content.StatementDigest == digest).ToImmutableArray();
        var isDecoded = TrainingStatement.TryDecode(context.State.Get(TrainingKeys.Statement(digest)), out var statement);
        Invariant.Check(isDecoded, "a statement was decoded before it was stored");
        return (TrainingCertificate.Create(statement!, Signatures(context, agreeing)), Members(context, agreeing));
    }

    /// <summary>All who revealed an attestation, whatever it says.</summary>
    public static ImmutableArray<Validator> Attesters(BlockContext context, TrainingRoundRecord round) =>
        Members(context, RoundBallots.AttestationReveals.Get(context.State, round.Task));

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

    private static ImmutableArray<Validator> Members(BlockContext context, ImmutableArray<Ballot<RevealedAttestation>> ballots)
    {
        var members = ImmutableArray.CreateBuilder<Validator>();
        foreach (var (validator, _) in ballots)
            if (context.Validators.TryIndexOf(validator, out var index))
                members.Add(context.Validators[index]);
        return members.ToImmutable();
    }
}
