using System.Collections.Immutable;

namespace NeuroChain.Chain;

/// <summary>Why two certificates are no fork that could be looked into.</summary>
public enum ForkFault
{
    None,

    /// <summary>The first certificate does not hold for the set.</summary>
    FirstCertificate,

    /// <summary>The second certificate does not hold for the set.</summary>
    SecondCertificate,

    /// <summary>They are of different heights.</summary>
    DifferentHeights,

    /// <summary>They are for one block.</summary>
    SameBlock,
}

/// <summary>A polka that must have been for the fork to come about, and that was not given.</summary>
public readonly record struct MissingPolka(Round Round, BlockHash Block);

/// <summary>Who made a fork.</summary>
/// <param name="Fault">Why nothing was looked into.</param>
/// <param name="Proofs">One for each guilty key, ascending by key; each stands for itself.</param>
/// <param name="GuiltyPower">Their power together.</param>
/// <param name="IsEnough">Whether that is more than a third: as many as any fork takes.</param>
/// <param name="Missing">Where it is not: the polka with which it would be.</param>
/// <param name="RefusedPolkas">How many of the polkas given do not hold, or are of another height.</param>
public sealed record ForkFinding(
    ForkFault Fault, ImmutableArray<FaultProof> Proofs, ulong GuiltyPower, bool IsEnough, MissingPolka? Missing, int RefusedPolkas);
