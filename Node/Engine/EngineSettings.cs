using NeuroChain.Chain;
using NeuroChain.Consensus;

namespace NeuroChain.Node;

/// <summary>How this node runs consensus; may differ from node to node.</summary>
public sealed record EngineSettings
{
    public TimeoutSettings Timeouts { get; init; } = new();

    /// <summary>How often votes and certificates are said again while a height is undecided.</summary>
    public TimeSpan RebroadcastEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a peer may take to answer for a range of blocks.</summary>
    public TimeSpan SyncPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a transaction may wait for others to go with it.</summary>
    public TimeSpan GossipEvery { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The address by which peers know this node; the validator's own where none is given.</summary>
    public Address? Node { get; init; }
}
