using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>Kinds of transactions that do not compete with each other for block space; the lower goes first.</summary>
public enum Lane : byte
{
    /// <summary>Messages of validators, without fee or nonce.</summary>
    Protocol = 0,

    /// <summary>Commits and reveals of candidates, which have windows.</summary>
    Training = 1,

    Payments = 2,
}

public static class Lanes
{
    public static Lane Of(Transaction transaction)
    {
        if (transaction.IsProtocolMessage) return Lane.Protocol;
        return transaction.Body.MessageCase is TransactionBody.MessageOneofCase.CandidateCommit or TransactionBody.MessageOneofCase.CandidateReveal
            ? Lane.Training
            : Lane.Payments;
    }
}
