using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The single votes of a certificate, none of them checked: what is known of one need not be checked again.</summary>
internal static class CertificateVotes
{
    /// <summary>Null where it names somebody who is not in the set.</summary>
    public static IReadOnlyList<SignedVote>? Of(PolkaCertificate polka, ValidatorSet validators) => Of(polka.Prevote, polka.Signatures, validators);

    /// <inheritdoc cref="Of(PolkaCertificate, ValidatorSet)"/>
    public static IReadOnlyList<SignedVote>? Of(CommitCertificate commit, ValidatorSet validators) => Of(commit.Precommit, commit.Signatures, validators);

    /// <summary>Whether those who voted have more than two thirds of the power together; nobody is in a certificate twice.</summary>
    public static bool IsQuorum(IReadOnlyList<SignedVote> votes, ValidatorSet validators) => validators.IsQuorum(Power(votes, validators));

    /// <summary>Whether they have more than a third of the power together, and so one of them is honest; nobody is in a certificate twice.</summary>
    public static bool HasHonest(IReadOnlyList<SignedVote> votes, ValidatorSet validators) => validators.HasHonest(Power(votes, validators));

    private static ulong Power(IReadOnlyList<SignedVote> votes, ValidatorSet validators) =>
        votes.Aggregate(0UL, (sum, vote) => sum + validators.PowerOf(vote.Validator));

    private static IReadOnlyList<SignedVote>? Of(Vote vote, ImmutableArray<IndexedSignature> signatures, ValidatorSet validators) =>
        signatures.All(signature => signature.Index < validators.Count)
            ? [.. signatures.Select(signature => new SignedVote(vote, validators[signature.Index].Address, signature.Signature))]
            : null;
}
