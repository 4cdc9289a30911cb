using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The end of a sealed set: bonds go back, or burn. Its record stays, for the blob that the opened keys are of.</summary>
internal static class SealedSetEnding
{
    /// <param name="context">The block.</param>
    /// <param name="set">One that has not ended.</param>
    /// <param name="cause">withdrawn, expired, exhausted or keys_withheld.</param>
    /// <param name="failed">Custodians, by number, whose bond burns.</param>
    public static void End(BlockContext context, SealedSetRecord set, string cause, IReadOnlySet<int> failed)
    {
        var state = context.State;
        SupplyModule.Release(state, KeyRotations.Present(state, set.Supplier), set.Bond);
        for (var number = 1; number <= set.Terms.Custodians.Length; number++)
        {
            if (!set.HasAccepted(number)) continue;
            var custodian = KeyRotations.Present(state, set.Terms.Custodians[number - 1].Address);
            if (!failed.Contains(number))
            {
                SupplyModule.Release(state, custodian, set.Bond);
                continue;
            }

            SupplyModule.BurnFromEscrow(state, set.Bond);
            context.Emit("hold_outs.bond_burned", [.. HoldOutEvents.Of(set), ("custodian", custodian), ("amount", set.Bond)]);
        }

        (set with { Status = SealedSetStatus.Ended, Ended = context.Height }).Store(state);
        UsedSamples.Delete(state, set);
        var list = SealedSetList.Get(state, set.Terms.Task);
        (list with { Live = list.Live.Remove(set.Number) }).Store(state, set.Terms.Task);
        context.Emit("hold_outs.ended", [.. HoldOutEvents.Of(set), ("cause", cause)]);
    }

    /// <summary>Offers that nobody took up end, so that their places come free.</summary>
    public static void Expire(BlockContext context, Hash256 task)
    {
        foreach (var set in SealedSets.Live(context.State, task).ToList())
            if (set.Status == SealedSetStatus.Offered && set.Opened.Plus(context.Parameters.HoldOuts.OfferBlocks) <= context.Height)
                End(context, set, "expired", new HashSet<int>());
    }
}
