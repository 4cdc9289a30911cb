using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

/// <summary>What no transaction does yet, as the execution of a block would do it.</summary>
internal static class LedgerChange
{
    /// <summary>The state with the changes of a step that has a block's context, the books of it checked.</summary>
    public static LedgerState Of(LedgerFixture chain, Action<BlockContext> change)
    {
        var next = chain.State.Next;
        var context = new BlockContext(chain.Genesis, chain.GenesisHash, next.Height, next.Schedule.Leader(Round.Zero), next.Validators, chain.State);
        change(context);
        SupplyModule.CheckConservation(context.State);
        return chain.State.With(state =>
        {
            foreach (var (key, value) in context.State.Changes) state.Put(key, value);
        });
    }
}
