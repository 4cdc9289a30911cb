using System.Text;
using Google.Protobuf;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Chain;

/// <summary>Checks of a body that need nothing but the body: lengths, counts, what a kind of message may not carry.</summary>
public static class TransactionShape
{
    /// <summary>The first fault of the body of a transaction for that chain, or none.</summary>
    public static TransactionFault Check(TransactionBody body, GenesisHash genesis)
    {
        if (body.Genesis.Length != Hash256.Size || Hash256.FromBytes(body.Genesis.Span) != genesis.Value) return TransactionFault.WrongChain;
        if (!IsAddress(body.Sender)) return TransactionFault.MalformedSender;
        var isProtocol = body.MessageCase >= MessageOneofCase.SeedChainRegistration;
        if (isProtocol && body.Fee.Length != 0) return TransactionFault.FeeOnProtocolMessage;
        if (isProtocol && body.Nonce != 0) return TransactionFault.NonceOnProtocolMessage;
        if (!isProtocol && body.Fee.Length != Amount.Size) return TransactionFault.MalformedFee;
        return body.MessageCase switch
        {
            MessageOneofCase.None => TransactionFault.NoMessage,
            MessageOneofCase.Transfer when Encoding.UTF8.GetByteCount(body.Transfer.Memo) > Limits.MemoBytesMax => TransactionFault.MemoTooLong,
            MessageOneofCase.BatchTransfer when Encoding.UTF8.GetByteCount(body.BatchTransfer.Memo) > Limits.MemoBytesMax => TransactionFault.MemoTooLong,
            MessageOneofCase.GovernanceProposal when Encoding.UTF8.GetByteCount(body.GovernanceProposal.Reason) > Limits.GovernanceReasonBytesMax => TransactionFault.MemoTooLong,
            MessageOneofCase.DatasetDeltaProposal when Encoding.UTF8.GetByteCount(body.DatasetDeltaProposal.Reason) > Limits.GovernanceReasonBytesMax => TransactionFault.MemoTooLong,
            _ => IsWellFormed(body) ? TransactionFault.None : TransactionFault.MalformedMessage,
        };
    }

    private static bool IsWellFormed(TransactionBody body) => body.MessageCase switch
    {
        MessageOneofCase.Transfer => IsAddress(body.Transfer.To) && IsAmount(body.Transfer.Amount),
        MessageOneofCase.BatchTransfer => body.BatchTransfer.Payments.Count is > 0 and <= Limits.PaymentsPerBatchMax
            && body.BatchTransfer.Payments.All(payment => IsAddress(payment.To) && IsAmount(payment.Amount)),
        MessageOneofCase.Burn => IsAmount(body.Burn.Amount),
        MessageOneofCase.Bond => IsAmount(body.Bond.Amount),
        MessageOneofCase.Unbond => IsAmount(body.Unbond.Amount),
        MessageOneofCase.GovernanceProposal => body.GovernanceProposal.Action is { } action && GovernanceShape.IsWellFormed(action),
        MessageOneofCase.GovernanceVote => true,
        MessageOneofCase.FaultEvidence => body.FaultEvidence.Evidence.Length is > 0 and <= FaultProof.SizeMax,
        MessageOneofCase.KeyRotation => IsAddress(body.KeyRotation.NewAddress) && body.KeyRotation.Signature.Length == Signature.Size,
        MessageOneofCase.CandidateCommit => IsHash(body.CandidateCommit.Task) && IsHash(body.CandidateCommit.Commitment)
            && IsAddress(body.CandidateCommit.Producer) && IsAmount(body.CandidateCommit.Bond)
            && body.CandidateCommit.ProducerSignature.Length == Signature.Size,
        MessageOneofCase.CandidateReveal => IsHash(body.CandidateReveal.Task) && IsHash(body.CandidateReveal.Salt)
            && body.CandidateReveal.Manifest.Length <= Limits.ManifestBytesMax
            && body.CandidateReveal.HardwareAttestation.Length <= Limits.HardwareAttestationBytesMax,
        MessageOneofCase.DatasetDeltaProposal => IsWellFormed(body.DatasetDeltaProposal),
        MessageOneofCase.DatasetVote => IsHash(body.DatasetVote.Task),
        MessageOneofCase.PeriodVote => IsHash(body.PeriodVote.Task),
        MessageOneofCase.DatasetHeld => IsHash(body.DatasetHeld.Task),
        MessageOneofCase.SealedSetOffer => IsWellFormed(body.SealedSetOffer),
        MessageOneofCase.SealedSetAcceptance => IsHash(body.SealedSetAcceptance.Task) && IsAmount(body.SealedSetAcceptance.Bond),
        MessageOneofCase.SealedSetEnd => IsHash(body.SealedSetEnd.Task),
        MessageOneofCase.SealedKeyRelease => IsHash(body.SealedKeyRelease.Task) && IsHashes(body.SealedKeyRelease.Shares) && IsHashes(body.SealedKeyRelease.Beside),
        MessageOneofCase.SealedSetHeld => IsHash(body.SealedSetHeld.Task),
        MessageOneofCase.SeedChainRegistration => IsHash(body.SeedChainRegistration.Tip) && body.SeedChainRegistration.Length > 0,
        MessageOneofCase.AvailabilityVote => IsHash(body.AvailabilityVote.Task) && body.AvailabilityVote.Candidates < 1u << Limits.CandidatesMax,
        MessageOneofCase.SeedShare => IsHash(body.SeedShare.Task) && IsHash(body.SeedShare.Share),
        MessageOneofCase.AttestationCommit => IsHash(body.AttestationCommit.Task) && IsHash(body.AttestationCommit.Commitment),
        MessageOneofCase.AttestationReveal => IsHash(body.AttestationReveal.Task) && IsHash(body.AttestationReveal.Salt)
            && body.AttestationReveal.Signature.Length == Signature.Size
            && body.AttestationReveal.PrivateLosses.Count <= Limits.PrivateSamplesMax * (Limits.CandidatesMax + 1),
        MessageOneofCase.PrivateRecheck => IsHash(body.PrivateRecheck.Task) && body.PrivateRecheck.Wrong < 1u << Limits.RecheckedMax,
        MessageOneofCase.BridgeEvidence => BridgeShape.IsWellFormed(body.BridgeEvidence),
        MessageOneofCase.BridgeRelay => BridgeShape.IsWellFormed(body.BridgeRelay),
        MessageOneofCase.BridgeWithdraw => IsAddress(body.BridgeWithdraw.To) && IsAmount(body.BridgeWithdraw.Amount),
        MessageOneofCase.BridgeAttestation => BridgeShape.IsWellFormed(body.BridgeAttestation),
        MessageOneofCase.BridgeVeto => IsHash(body.BridgeVeto.BurnId),
        MessageOneofCase.BridgePause => body.BridgePause.What is > 0 and <= BridgeShape.PauseBoth,
        MessageOneofCase.ClaimSnapshot => ClaimMessage.IsWellFormed(body.ClaimSnapshot),
        _ => false,
    };

    private static bool IsWellFormed(DatasetDeltaProposal delta) =>
        IsHash(delta.Task) && IsHash(delta.Blob) && IsHash(delta.ResultRoot) && IsAmount(delta.Bond)
        && delta.Chunks.Count <= BlobLimits.ChunksMax && delta.Chunks.All(IsHash);

    private static bool IsWellFormed(SealedSetOffer offer) =>
        IsHash(offer.Task) && IsHash(offer.Blob) && IsAmount(offer.Bond)
        && offer.Chunks.Count <= BlobLimits.ChunksMax && offer.Chunks.All(IsHash)
        && offer.Classes.Count <= SealedLimits.ClassesMax
        && offer.Custodians.Count <= SealedLimits.CustodiansMax
        && offer.Custodians.All(seat => IsAddress(seat.Address) && IsHash(seat.ShareRoot));

    private static bool IsHashes(ByteString bytes) => bytes.Length % Hash256.Size == 0;

    private static bool IsHash(ByteString bytes) => bytes.Length == Hash256.Size;

    private static bool IsAddress(ByteString bytes) => bytes.Length == Address.Size;

    private static bool IsAmount(ByteString bytes) => bytes.Length == Amount.Size;
}
