using NeuroChain.Chain;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Ledger;

/// <summary>Kinds of transactions that do not compete with each other for block space; the lower goes first.</summary>
public enum Lane : byte
{
    /// <summary>Messages of validators, without fee or nonce: evidence, attestations, all that a window waits for.</summary>
    Protocol = 0,

    /// <summary>
    /// What windows and periods of learning wait for and a fee is paid for: commits and reveals of candidates, keys of sealed samples, deltas of
    /// training sets and the votes on them.
    /// </summary>
    Training = 1,

    /// <summary>Messages between chains: what happened on Ethereum, what is to leave for it, and claims of what was held there.</summary>
    Bridge = 2,

    /// <summary>All that waits for nothing but its fee.</summary>
    Normal = 3,
}

public static class Lanes
{
    public const int Count = 4;

    public static Lane Of(Transaction transaction) => Of(transaction.Kind);

    /// <summary>A kind that a window depends on is to be named here, or it competes with payments.</summary>
    public static Lane Of(MessageOneofCase kind) => kind switch
    {
        MessageOneofCase.ClaimSnapshot => Lane.Bridge, // it is anybody's: in the lane of validators it would take their place
        >= MessageOneofCase.SeedChainRegistration => Lane.Protocol,
        MessageOneofCase.CandidateCommit or MessageOneofCase.CandidateReveal => Lane.Training,
        MessageOneofCase.DatasetVote or MessageOneofCase.PeriodVote or MessageOneofCase.DatasetDeltaProposal => Lane.Training, // a period ends
        MessageOneofCase.SealedKeyRelease => Lane.Training,
        MessageOneofCase.BridgeEvidence or MessageOneofCase.BridgeWithdraw => Lane.Bridge,
        _ => Lane.Normal,
    };
}
