using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Where a chain that is registered now may begin.</summary>
/// <remarks>
/// Registrations have no nonce and cost nothing, so anybody may send one again that it has seen. Since the base is signed, an old one can give no
/// other share to a round than it always did; and since the base is of late and no retired chain's, it cannot take the place of a chain that its owner
/// wants to register instead.
/// </remarks>
/// <param name="Oldest">The lowest base.</param>
/// <param name="Newest">The highest: the seed counter.</param>
/// <param name="Retired">The tip that was retired last; null where that was none, or another was registered since.</param>
public sealed record SeedChainBeginning(ulong Oldest, ulong Newest, Hash256? Retired)
{
    /// <summary>
    /// Rounds that may have opened their seed window while a registration was on its way. Less than any chain has used when it may be replaced for running
    /// out (<see cref="SeedChain.LengthMin"/> less <see cref="SeedModule.SharesLeftMax"/>), so that what was replaced is too old as well.
    /// </summary>
    public const ulong AgeMax = 8;

    public bool Allows(ulong begin, Hash256 tip) => begin >= Oldest && begin <= Newest && tip != Retired;
}
