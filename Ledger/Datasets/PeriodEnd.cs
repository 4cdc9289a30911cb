using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>The end of a task's period: at most one delta becomes the next version; bonds are settled; the next period begins.</summary>
internal static class PeriodEnd
{
    public static void EndBlock(BlockContext context, TrainingSetRecord set)
    {
        var period = set.Period(context.Parameters);
        if (context.Height < set.Opened.Plus(period)) return;

        // What came in the second half waits for the next end, so that nobody decides by being late.
        var open = set.Open.Select(number => DeltaRecord.Get(context.State, set.Task, number)!).ToList();
        var ripe = open.Where(delta => delta.Opened.Plus(period / 2) <= context.Height).ToList();
        var counted = ripe.Select(delta => Count(context, delta)).ToList();
        var winner = counted.Where(one => one is { IsHeld: true, Count.Verdict: DeltaVerdict.Accepted }).OrderByDescending(one => one.Count.Approving).ThenBy(one => one.Delta.Number).FirstOrDefault();

        var next = set with { Opened = context.Height };
        if (winner is not null) next = Apply(context, next, winner.Delta);
        foreach (var one in counted)
            if (one != winner)
                End(context, one.Delta, one.IsHeld ? CauseOf(one.Count.Verdict) : "not_held", burns: !one.IsHeld);
        var young = open.Except(ripe).ToList();
        if (winner is not null)
        {
            foreach (var delta in young) End(context, delta, "outrun", burns: false); // the version that they change is not the last one any more
            young = [];
        }

        next = next with { Open = [.. young.Select(delta => delta.Number)] };
        if (PeriodVotes.Median(context.State, set.Task) is { } voted && voted != set.VotedPeriod)
        {
            next = next with { VotedPeriod = voted };
            context.Emit("datasets.period_changed", ("task", set.Task), ("blocks", voted));
        }

        next.Store(context.State);
    }

    private static Counted Count(BlockContext context, DeltaRecord delta) => new(
        delta,
        delta.IsHeld(context.State, context.Validators),
        DeltaCount.Of(context.State, delta.Task, ValidatorsModule.Members(context.State), DeltaVotes.Get(context.State, delta.Task, delta.Number)));

    private static TrainingSetRecord Apply(BlockContext context, TrainingSetRecord set, DeltaRecord delta)
    {
        var state = context.State;
        var samples = set.Samples + delta.Adds - delta.Removes;
        var former = DatasetsModule.Get(state, set.Root)!;
        // Who supplied the set stays its supplier: a proposer has a share of its own, and one new sample buys nobody the whole set's.
        if (DatasetsModule.Get(state, delta.ResultRoot) is null)
            state.Set(DatasetKeys.Dataset(delta.ResultRoot), new DatasetRecord(delta.ResultRoot, samples, former.Supplier, former.Name).Encode());
        new VersionRecord(delta.ResultRoot, samples, context.Height, delta.Number, delta.Blob, delta.Proposer, delta.Adds, delta.Removes).Store(state, set.Task, set.Version + 1);

        if (!delta.Bond.IsZero) SupplyModule.Release(state, delta.Proposer, delta.Bond);
        var paid = SupplyModule.Reward(state, delta.Proposer, DeltaReward.Of(SupplyRecord.Get(state).Issued, context.Height, context.Parameters.Training.HalvingBlocks));
        if (!paid.IsZero) Points.Add(state, set.Task, delta.Proposer, paid);
        delta.Delete(state);
        context.Emit(
            "datasets.applied",
            [
                .. DeltaEvents.Of(delta),
                ("version", set.Version + 1),
                ("root", delta.ResultRoot),
                ("samples", (ulong)samples),
                ("proposer", delta.Proposer),
                ("reward", paid),
            ]);
        var winners = set.Winners.Add(new DeltaWinner(delta.Proposer, delta.Adds));
        return set with
        {
            Version = set.Version + 1,
            Root = delta.ResultRoot,
            Samples = samples,
            Winners = winners.Length > TrainingSetRecord.VersionsKept ? winners.RemoveAt(0) : winners,
        };
    }

    private static void End(BlockContext context, DeltaRecord delta, string cause, bool burns)
    {
        if (burns) SupplyModule.BurnFromEscrow(context.State, delta.Bond);
        else if (!delta.Bond.IsZero) SupplyModule.Release(context.State, delta.Proposer, delta.Bond);
        delta.Delete(context.State);
        context.Emit("datasets.ended", [.. DeltaEvents.Of(delta), ("cause", cause), ("bond_burned", burns ? "yes" : "no")]);
    }

    private static string CauseOf(DeltaVerdict verdict) => verdict switch
    {
        DeltaVerdict.Accepted => "outrun", // another had more
        DeltaVerdict.NoQuorum => "no_quorum",
        DeltaVerdict.Rejected => "rejected",
        _ => "vetoed",
    };

    private sealed record Counted(DeltaRecord Delta, bool IsHeld, DeltaCount Count);
}
