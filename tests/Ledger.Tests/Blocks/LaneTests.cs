using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger.Tests;

/// <summary>Which block space each kind of message has, all of them by name: one that a window waits for must not compete with payments.</summary>
public sealed class LaneTests
{
    private static readonly Dictionary<Lane, MessageOneofCase[]> Lanes = new()
    {
        [Lane.Training] =
        [
            MessageOneofCase.CandidateCommit, MessageOneofCase.CandidateReveal, MessageOneofCase.DatasetVote, MessageOneofCase.PeriodVote,
            MessageOneofCase.DatasetDeltaProposal, MessageOneofCase.SealedKeyRelease,
        ],
        [Lane.Bridge] = [MessageOneofCase.BridgeEvidence, MessageOneofCase.BridgeWithdraw],
        [Lane.Normal] =
        [
            MessageOneofCase.Transfer, MessageOneofCase.BatchTransfer, MessageOneofCase.Burn, MessageOneofCase.Bond, MessageOneofCase.Unbond,
            MessageOneofCase.SealedSetOffer, MessageOneofCase.SealedSetAcceptance, MessageOneofCase.SealedSetEnd,
        ],
        [Lane.Protocol] =
        [
            MessageOneofCase.SeedChainRegistration, MessageOneofCase.AvailabilityVote, MessageOneofCase.SeedShare, MessageOneofCase.AttestationCommit,
            MessageOneofCase.AttestationReveal, MessageOneofCase.PrivateRecheck, MessageOneofCase.DatasetHeld, MessageOneofCase.SealedSetHeld,
            MessageOneofCase.GovernanceProposal, MessageOneofCase.GovernanceVote, MessageOneofCase.KeyRotation, MessageOneofCase.FaultEvidence,
            MessageOneofCase.BridgeAttestation, MessageOneofCase.BridgeRelay, MessageOneofCase.BridgeVeto, MessageOneofCase.BridgePause,
        ],
    };

    [Fact]
    public void EachKindHasItsLane()
    {
        foreach (var (lane, kinds) in Lanes) Assert.All(kinds, kind => Assert.Equal((kind, lane), (kind, Ledger.Lanes.Of(kind))));
        Assert.Equal(Enum.GetValues<MessageOneofCase>().Where(kind => kind != MessageOneofCase.None).Order(), Lanes.Values.SelectMany(kinds => kinds).Order());
    }
}
