using System.Collections.Immutable;

namespace NeuroChain.Fuzz;

/// <summary>All targets, by the folder of the program that their decoders are in.</summary>
public static class AllTargets
{
    public static readonly ImmutableArray<FuzzTarget> All =
    [
        .. ChainTargets.All, .. EthereumTargets.All, .. ProofTargets.All, .. TextTargets.All, .. LedgerTargets.All, .. ConsensusTargets.All, .. NodeTargets.All, .. P2PTargets.All, .. LearningTargets.All,
        .. BridgeTargets.All, .. EndpointTargets.All,
    ];

    public static FuzzTarget Named(string name) => All.Single(target => target.Name == name);
}
