using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>A validator says each thing once in a training round, of a proposal or of a fault: this is the thing.</summary>
internal readonly record struct ProtocolKey(Address Sender, TransactionBody.MessageOneofCase Kind, Hash256 Subject, ulong Number)
{
    public static ProtocolKey Of(Transaction transaction)
    {
        var body = transaction.Body;
        if (body.MessageCase == TransactionBody.MessageOneofCase.FaultEvidence) return OfFault(transaction);
        var (task, round) = body.MessageCase switch
        {
            TransactionBody.MessageOneofCase.AvailabilityVote => (body.AvailabilityVote.Task, body.AvailabilityVote.TrainingRound),
            TransactionBody.MessageOneofCase.SeedShare => (body.SeedShare.Task, body.SeedShare.TrainingRound),
            TransactionBody.MessageOneofCase.AttestationCommit => (body.AttestationCommit.Task, body.AttestationCommit.TrainingRound),
            TransactionBody.MessageOneofCase.AttestationReveal => (body.AttestationReveal.Task, body.AttestationReveal.TrainingRound),
            TransactionBody.MessageOneofCase.PrivateRecheck => (body.PrivateRecheck.Task, body.PrivateRecheck.TrainingRound),
            TransactionBody.MessageOneofCase.DatasetHeld => (body.DatasetHeld.Task, body.DatasetHeld.Delta),
            TransactionBody.MessageOneofCase.SealedSetHeld => (body.SealedSetHeld.Task, body.SealedSetHeld.Set),
            TransactionBody.MessageOneofCase.SeedChainRegistration => (ByteString.Empty, 0UL),
            TransactionBody.MessageOneofCase.GovernanceVote => (ByteString.Empty, body.GovernanceVote.Proposal),
            TransactionBody.MessageOneofCase.BridgeAttestation => (ByteString.Empty, body.BridgeAttestation.Sequence),
            TransactionBody.MessageOneofCase.BridgeVeto => (body.BridgeVeto.BurnId, 0UL),
            TransactionBody.MessageOneofCase.BridgePause => (ByteString.Empty, ((ulong)body.BridgePause.What << 32) | body.BridgePause.StopCount),
            _ => (null, 0UL),
        };
        // Of a kind that is not named here every message is a thing of its own; the bounds per validator hold for it as for all.
        var subject = task is null ? transaction.Hash.Value : task.IsEmpty ? Hash256.Zero : Hash256.FromBytes(task.Span);
        return new ProtocolKey(transaction.Sender, body.MessageCase, subject, round);
    }

    // The fault, and not its evidence, of which there may be many. Another's message about it is a thing of its own: nobody can stand in for
    // the others with evidence that proves nothing.
    private static ProtocolKey OfFault(Transaction transaction)
    {
        var subject = FaultProof.TryDecode(transaction.Body.FaultEvidence.Evidence.Span, out var proof, out _)
            ? Hash256.Sha256(new ByteWriter().Address(proof.Guilty).Height(proof.Height).ToArray())
            : transaction.Hash.Value;
        return new ProtocolKey(transaction.Sender, transaction.Kind, subject, 0);
    }
}
