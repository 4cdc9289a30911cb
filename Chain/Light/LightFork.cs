using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>
/// Evidence that the chain forked: two different headers of one height, each with a certificate that a light client would believe. More than a
/// third of the power signed both, or signed for a set that is not the chain's.
/// </summary>
/// <param name="Trusted">What the client had trusted.</param>
/// <param name="Other">What it was shown later.</param>
public sealed record LightFork(LightBlock Trusted, LightBlock Other)
{
    /// <summary>
    /// Those who signed both, ascending. In one round that is equivocation and proves their guilt by itself; in two rounds (amnesia, or a set
    /// that is not the chain's) honest validators may be among them, and prevotes must tell them apart.
    /// </summary>
    public ImmutableArray<Address> SignersOfBoth => [.. SignersOf(Trusted).Intersect(SignersOf(Other)).Order()];

    public bool IsEquivocation => Trusted.Certificate.Round == Other.Certificate.Round;

    private static IEnumerable<Address> SignersOf(LightBlock block) => block.Certificate.Signatures.Select(s => block.Validators[s.Index].Address);
}
