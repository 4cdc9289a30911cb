using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Which late precommits a block may bring.</summary>
public static class LatePrecommitRules
{
    /// <summary>Whether the next block may bring it: of a height that is still open, not on chain yet, and signed by its validator.</summary>
    public static bool IsValid(LedgerState state, LatePrecommit late)
    {
        var block = state.Height.Next();
        if (late.Height < block.MinusOrGenesis(Limits.LatePrecommitBlocks + 1) || late.Height.Plus(2) > block) return false;
        if (CommitRecord.Get(state, late.Height) is not { } commit) return false;
        var validators = ValidatorsModule.SetOf(state, late.Height);
        if (late.Index >= validators.Count || commit.Has(late.Index)) return false;
        var digest = new Precommit(late.Height, commit.Round, commit.Block).Digest(state.GenesisHash);
        return late.Signature.IsBy(validators[late.Index].Address, digest);
    }

    /// <summary>The one order, in which none stands twice: ascending by height, then by index.</summary>
    public static int Compare(LatePrecommit a, LatePrecommit b)
    {
        var order = a.Height.CompareTo(b.Height);
        return order == 0 ? a.Index.CompareTo(b.Index) : order;
    }
}
