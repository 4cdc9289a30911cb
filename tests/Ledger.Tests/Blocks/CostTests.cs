using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger.Tests;

/// <summary>What each kind of message costs beside its signature and its bytes, as docs/protocol says: a kind that costs nothing fills blocks with work.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData(MessageOneofCase.Transfer, 10)]
    [InlineData(MessageOneofCase.BatchTransfer, 0)]
    [InlineData(MessageOneofCase.Burn, 10)]
    [InlineData(MessageOneofCase.Bond, 20)]
    [InlineData(MessageOneofCase.Unbond, 20)]
    [InlineData(MessageOneofCase.BridgeEvidence, 200)]
    [InlineData(MessageOneofCase.BridgeWithdraw, 60)]
    [InlineData(MessageOneofCase.CandidateCommit, 80)]
    [InlineData(MessageOneofCase.CandidateReveal, 40)]
    [InlineData(MessageOneofCase.DatasetDeltaProposal, 300)]
    [InlineData(MessageOneofCase.DatasetVote, 150)]
    [InlineData(MessageOneofCase.PeriodVote, 150)]
    [InlineData(MessageOneofCase.SealedSetOffer, 300)]
    [InlineData(MessageOneofCase.SealedSetAcceptance, 200)]
    [InlineData(MessageOneofCase.SealedSetEnd, 200)]
    [InlineData(MessageOneofCase.SealedKeyRelease, 100)]
    [InlineData(MessageOneofCase.SeedChainRegistration, 40)]
    [InlineData(MessageOneofCase.AvailabilityVote, 40)]
    [InlineData(MessageOneofCase.SeedShare, 40)]
    [InlineData(MessageOneofCase.AttestationCommit, 40)]
    [InlineData(MessageOneofCase.AttestationReveal, 80)]
    [InlineData(MessageOneofCase.PrivateRecheck, 40)]
    [InlineData(MessageOneofCase.DatasetHeld, 200)]
    [InlineData(MessageOneofCase.SealedSetHeld, 200)]
    [InlineData(MessageOneofCase.GovernanceProposal, 160)]
    [InlineData(MessageOneofCase.GovernanceVote, 160)]
    [InlineData(MessageOneofCase.KeyRotation, 80)]
    [InlineData(MessageOneofCase.FaultEvidence, 120)]
    [InlineData(MessageOneofCase.BridgeAttestation, 600)]
    [InlineData(MessageOneofCase.BridgeRelay, 200)]
    [InlineData(MessageOneofCase.BridgeVeto, 160)]
    [InlineData(MessageOneofCase.BridgePause, 160)]
    public void EachKindHasItsCost(MessageOneofCase kind, uint units)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var transaction = Transaction.Sign(ChainFormats.AnyBody(new SeededStream(seed), kind), LedgerFixture.Key(1));
            var bytes = (uint)transaction.Bytes.Length;
            Assert.Equal(units + Beyond(transaction.Body, bytes), CostUnits.Of(transaction) - CostUnits.PerSignature - (bytes / 16));
        }
    }

    [Fact]
    public void NoKindIsForgotten() => Assert.Equal(
        ChainFormats.MessageKinds.Order(),
        typeof(CostTests).GetMethod(nameof(EachKindHasItsCost))!.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Select(data => (MessageOneofCase)((InlineDataAttribute)data).Data[0]!).Order());

    // For what there are several of, and what is hashed and read byte by byte.
    private static uint Beyond(TransactionBody body, uint bytes) => body.MessageCase switch
    {
        MessageOneofCase.BatchTransfer => 10 * (uint)body.BatchTransfer.Payments.Count,
        MessageOneofCase.SealedKeyRelease => (uint)(body.SealedKeyRelease.Shares.Length + body.SealedKeyRelease.Beside.Length) / 32,
        MessageOneofCase.FaultEvidence => body.FaultEvidence.Evidence[0] == (byte)FaultKind.WrongLeader ? 200u : 0,
        MessageOneofCase.BridgeAttestation => 60 * (uint)body.BridgeAttestation.Blocks.Count,
        MessageOneofCase.BridgeEvidence or MessageOneofCase.BridgeRelay => bytes / 6,
        _ => 0,
    };
}
