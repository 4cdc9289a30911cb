using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a winner owes to the model that it is close to: who trains on for a little from another's work leaves that one a part of its own
/// share. That the two are close is attested in the statement; who made the other stands on chain.
/// </summary>
public static class Royalties
{
    /// <summary>The trainer who is owed; null where the winner is close to no certified model of this task, or to one of its own trainer.</summary>
    public static Address? Creditor(IStateReader state, Hash256 task, CandidateResult winner)
    {
        if (winner.Relative.IsZero) return null;
        var parent = ModelRecord.Get(state, new BlobHash(winner.Relative));
        return parent is { IsInitial: false } && parent.Task == task && parent.Trainer != winner.Trainer ? parent.Trainer : null;
    }
}
