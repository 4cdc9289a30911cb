using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>A validator says each thing once in a training round: this is the thing.</summary>
internal readonly record struct ProtocolKey(Address Sender, TransactionBody.MessageOneofCase Kind, Hash256 Task, ulong TrainingRound)
{
    public static ProtocolKey Of(Transaction transaction)
    {
        var body = transaction.Body;
        var (task, round) = body.MessageCase switch
        {
            TransactionBody.MessageOneofCase.AvailabilityVote => (body.AvailabilityVote.Task, body.AvailabilityVote.TrainingRound),
            TransactionBody.MessageOneofCase.SeedShare => (body.SeedShare.Task, body.SeedShare.TrainingRound),
            TransactionBody.MessageOneofCase.AttestationCommit => (body.AttestationCommit.Task, body.AttestationCommit.TrainingRound),
            TransactionBody.MessageOneofCase.AttestationReveal => (body.AttestationReveal.Task, body.AttestationReveal.TrainingRound),
            _ => (ByteString.Empty, 0UL),
        };
        return new ProtocolKey(transaction.Sender, body.MessageCase, task.IsEmpty ? Hash256.Zero : Hash256.FromBytes(task.Span), round);
    }
}
