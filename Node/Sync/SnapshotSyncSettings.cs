using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What a node wants of a snapshot.</summary>
internal sealed record SnapshotSyncSettings
{
    /// <summary>A header that the operator trusts; null trusts the genesis document.</summary>
    public (Height Height, BlockHash Hash)? Trusted { get; init; }

    public LightOptions Light { get; init; } = new();

    /// <summary>Snapshots of lower heights are not worth it: so many blocks are fetched and executed within seconds.</summary>
    public ulong HeightsMin { get; init; } = 1_000;

    /// <summary>Nodes that are dialled: where all of them have spoken, nobody is waited for.</summary>
    public int Peers { get; init; }

    /// <summary>A snapshot is chosen when all have spoken, or so long after the beginning.</summary>
    public ulong SettleMs { get; init; } = 3_000;

    /// <summary>Where those who have spoken have nothing of use, the others are waited for so long.</summary>
    public ulong GraceMs { get; init; } = 10_000;

    /// <summary>Where nothing that is of use comes for so long, blocks are fetched instead.</summary>
    public ulong StallMs { get; init; } = 60_000;

    /// <summary>
    /// As long as nobody is connected it is waited for so long instead: blocks could not be fetched either, and a machine may be up before its network is.
    /// </summary>
    public ulong UnlinkedMs { get; init; } = 600_000;
}
