using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// A commit certificate that was checked against the validator set of its height. Only <see cref="CommitCertificate.TryVerify"/> and
/// <see cref="Of"/> make one, so whoever is handed one need not check again.
/// </summary>
public sealed class VerifiedCommit : IEquatable<VerifiedCommit>
{
    internal VerifiedCommit(CommitCertificate certificate, Hash256 validatorsRoot)
    {
        Certificate = certificate;
        ValidatorsRoot = validatorsRoot;
    }

    public CommitCertificate Certificate { get; }

    /// <summary>The root of the set that it was checked against.</summary>
    public Hash256 ValidatorsRoot { get; }

    /// <summary>The certificate that precommits make, each of which was checked when it came.</summary>
    /// <param name="votes">Precommits of one block, height and round by validators of the set, more than two thirds of its power.</param>
    /// <param name="validators">The set of that height.</param>
    public static VerifiedCommit Of(IEnumerable<VerifiedVote> votes, ValidatorSet validators)
    {
        var signatures = new SortedDictionary<ushort, Signature>();
        Precommit? precommit = null;
        ulong power = 0;
        foreach (var vote in votes)
        {
            var isMember = validators.TryIndexOf(vote.Validator, out var index);
            Invariant.Check(isMember, "only validators of the set are counted");
            precommit ??= vote.Vote as Precommit;
            Invariant.Check(precommit is { Block: not null } && vote.Vote == precommit, "a certificate is of equal precommits for a block");
            Invariant.Check(signatures.TryAdd((ushort)index, vote.Signed.Signature), "nobody is counted twice");
            power += validators[index].Power;
        }

        var block = precommit?.Block;
        Invariant.Check(precommit is not null && block is not null && validators.IsQuorum(power), "more than two thirds of the power make a certificate");
        var listed = signatures.Select(s => new IndexedSignature(s.Key, s.Value)).ToImmutableArray();
        return new VerifiedCommit(new CommitCertificate(precommit.Height, precommit.Round, block.Value, listed), validators.Root);
    }

    /// <summary>The signatures under this precommit by this set; none where the certificate is of another one. The block's hash is of one chain.</summary>
    internal ImmutableArray<IndexedSignature> SignaturesOf(Precommit precommit, ValidatorSet validators) =>
        ValidatorsRoot == validators.Root && Certificate.Precommit == precommit ? Certificate.Signatures : [];

    public bool Equals(VerifiedCommit? other) => other is not null && ValidatorsRoot == other.ValidatorsRoot && Certificate.Equals(other.Certificate);

    public override bool Equals(object? obj) => Equals(obj as VerifiedCommit);

    public override int GetHashCode() => Certificate.GetHashCode();
}
