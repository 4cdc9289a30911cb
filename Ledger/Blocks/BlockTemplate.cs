using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a leader brings to a block besides transactions.</summary>
public sealed record BlockTemplate
{
    /// <summary>The leader of the built round.</summary>
    public required Address Author { get; init; }

    public required Round BuiltRound { get; init; }

    /// <summary>The leader's clock. A block is at least a millisecond after its parent, whatever the clock says.</summary>
    public required Timestamp Time { get; init; }

    /// <summary>Certificate of the last block; null for the first block only.</summary>
    public required CommitCertificate? LastCommit { get; init; }

    /// <summary>Precommits that came late; those that no longer fit are left out.</summary>
    public ImmutableArray<LatePrecommit> LatePrecommits { get; init; } = [];
}
