using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>What a node re-broadcasts while a height is undecided, so that what one honest node has, all get.</summary>
public sealed record Liveness(
    IReadOnlyList<SignedProposal> Proposals,
    IReadOnlyList<SignedVote> OwnVotes,
    PolkaCertificate? ValidPolka,
    RoundCertificate? CurrentRound,
    RoundCertificate? PreviousRound);
