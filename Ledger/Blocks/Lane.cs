using NeuroChain.Chain;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>Kinds of transactions that do not compete with each other for block space; the lower goes first.</summary>
public enum Lane : byte
{
    /// <summary>Messages of validators, without fee or nonce: evidence, attestations, all that a window waits for.</summary>
    Protocol = 0,

    /// <summary>Commits and reveals of candidates, which have windows.</summary>
    Training = 1,

    /// <summary>Messages between chains: what happened on Ethereum, and what is to leave for it.</summary>
    Bridge = 2,

    /// <summary>All that waits for nothing but its fee.</summary>
    Normal = 3,
}

public static class Lanes
{
    public const int Count = 4;

    public static Lane Of(Transaction transaction) => Of(transaction.Kind);

    /// <summary>A kind that pays and that a window depends on is to be named here, or it competes with payments.</summary>
    public static Lane Of(MessageOneofCase kind) => kind switch
    {
        >= MessageOneofCase.SeedChainRegistration => Lane.Protocol,
        MessageOneofCase.CandidateCommit or MessageOneofCase.CandidateReveal => Lane.Training,
        MessageOneofCase.DatasetVote or MessageOneofCase.PeriodVote or MessageOneofCase.DatasetDeltaProposal => Lane.Training, // a period ends
        MessageOneofCase.SealedKeyRelease => Lane.Training,
        MessageOneofCase.BridgeEvidence or MessageOneofCase.BridgeWithdraw => Lane.Bridge,
        _ => Lane.Normal,
    };
}
