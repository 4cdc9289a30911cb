using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>What a signer signs besides votes and proposals: named one by one, so that nothing passes that nobody thought of.</summary>
public static class TaggedDomains
{
    private static readonly ImmutableArray<Domain> Signed = [Domain.Transaction, Domain.CandidateConsent, Domain.Attestation, Domain.KeyRotation];

    public static bool IsSigned(Domain domain) => Signed.Contains(domain);

    /// <summary>The domain with that tag; null where it is none of those that are signed.</summary>
    public static Domain? Find(string tag) => Signed.FirstOrDefault(domain => domain.Tag == tag);
}
