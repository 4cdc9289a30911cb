using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What a verification of a whole chain came to.</summary>
internal sealed record VerificationReport
{
    /// <summary>The height of the stored state.</summary>
    public required Height Stored { get; init; }

    /// <summary>How far the replay came; below <see cref="Stored"/> where a block is missing, damaged or refused.</summary>
    public required Height Replayed { get; init; }

    /// <summary>State root after the last block that was replayed.</summary>
    public required StateRoot StateRoot { get; init; }

    /// <summary>Blocks that were led by a term; the others are caretakers'.</summary>
    public required ulong TermLed { get; init; }

    /// <summary>Of those, the ones whose term comes from a certificate that was refuted.</summary>
    public required ulong TermLedByRefuted { get; init; }

    /// <summary>Training rounds that ended before anybody attested.</summary>
    public required ulong EarlyVoid { get; init; }

    /// <summary>Training rounds that came to attestations, in the order in which they ended.</summary>
    public required IReadOnlyList<RoundReport> Rounds { get; init; }

    public required IReadOnlyList<VerificationFinding> Findings { get; init; }

    /// <summary>Everything that was asked for was derived again, and nothing was found.</summary>
    public bool IsVerified => Findings.Count == 0 && Replayed == Stored;

    public IEnumerable<RoundReport> Certificates => Rounds.Where(round => round.Certificate is not null);

    public int Count(RoundVerdict verdict) => Certificates.Count(round => round.Verdict == verdict);
}
