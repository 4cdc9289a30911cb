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
        var weights = new VoterWeights(context.State, set.Task);
        var counted = ripe.Select(delta => DeltaStanding.Of(context.State, weights, delta)).ToList();
        var winner = counted.Where(one => one is { IsHeld: true, Count.Verdict: DeltaVerdict.Accepted }).OrderByDescending(one => one.Count.Approving).ThenBy(one => one.Delta.Number).FirstOrDefault();

        var next = set with { Opened = context.Height };
        if (PeriodVotes.Median(weights, PeriodVotes.Get(context.State, set.Task)) is { } voted && voted != set.VotedPeriod)
        {
            next = next with { VotedPeriod = voted };
            context.Emit("datasets.period_changed", ("task", set.Task), ("blocks", voted));
        }

        PeriodVotes.EndPeriod(context.State, set.Task);
        if (winner is not null) next = Apply(context, next, winner.Delta, period);
        foreach (var one in counted)
        {
            if (one == winner) continue;
            if (one.IsHeld) End(context, one.Delta, CauseOf(one.Count.Verdict), Fee(context, one.Delta));
            else Burn(context, one.Delta);
        }

        var young = open.Except(ripe).ToList();
        if (winner is not null)
        {
            foreach (var delta in young) End(context, delta, "outrun", Fee(context, delta)); // the version that they change is not the last one any more
            young = [];
        }

        next = next with { Open = [.. young.Select(delta => delta.Number)] };
        next.Store(context.State);
    }

    /// <summary>A delta ends without being applied; its bond goes back less a fee for the treasury.</summary>
    public static void End(BlockContext context, DeltaRecord delta, string cause, Amount fee)
    {
        if (!fee.IsZero) SupplyModule.ReleaseToTreasury(context.State, fee);
        if (delta.Bond > fee) SupplyModule.Release(context.State, delta.Proposer, delta.Bond - fee);
        delta.Delete(context.State);
        context.Emit("datasets.ended", [.. DeltaEvents.Of(delta), ("cause", cause), ("bond_burned", "no"), ("fee", fee)]);
    }

    private static void Burn(BlockContext context, DeltaRecord delta)
    {
        SupplyModule.BurnFromEscrow(context.State, delta.Bond);
        delta.Delete(context.State);
        context.Emit("datasets.ended", [.. DeltaEvents.Of(delta), ("cause", "not_held"), ("bond_burned", "yes"), ("fee", Amount.Zero)]);
    }

    // It took one of few places. The larger a bond that displaced others, the more.
    private static Amount Fee(BlockContext context, DeltaRecord delta) =>
        new(IntegerMath.MultiplyDivide(delta.Bond.Units, context.Parameters.Datasets.DeltaFeePercent, 100));

    private static TrainingSetRecord Apply(BlockContext context, TrainingSetRecord set, DeltaRecord delta, ulong period)
    {
        var state = context.State;
        var samples = set.Samples + delta.Adds - delta.Removes;
        // Who supplied the set stays its supplier: a proposer has a share of its own, and one new sample buys nobody the whole set's.
        if (DatasetsModule.Get(state, delta.ResultRoot) is null)
            state.Set(DatasetKeys.Dataset(delta.ResultRoot), new DatasetRecord(delta.ResultRoot, samples, DatasetsModule.Get(state, set.Root)!.Supplier, "").Encode());
        var grown = Grown(state, set, delta.Adds, samples);
        new VersionRecord(delta.ResultRoot, samples, context.Height, delta.Number, delta.Blob, delta.Proposer, delta.Adds, delta.Removes).Store(state, set.Task, set.Version + 1);

        SupplyModule.Release(state, delta.Proposer, delta.Bond);
        var paid = Reward(context, set, delta, period);
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
        var winners = set.Winners.Add(new DeltaWinner(delta.Proposer, grown));
        return set with
        {
            Version = set.Version + 1,
            Root = delta.ResultRoot,
            Samples = samples,
            Winners = winners.Length > TrainingSetRecord.VersionsKept ? winners.RemoveAt(0) : winners,
        };
    }

    private static Amount Reward(BlockContext context, TrainingSetRecord set, DeltaRecord delta, ulong period)
    {
        var parameters = context.Parameters;
        var most = DeltaReward.Of(SupplyRecord.Get(context.State).Issued, HalvingEpoch.Get(context.State));
        // At least one: a vote may have lowered the bound since the delta was taken.
        var mostChanged = Math.Max(1, set.MostChanged(parameters.Datasets));
        var share = DeltaReward.Share(most, period, parameters.Datasets.PeriodBlocks, (ulong)delta.Adds + delta.Removes, mostChanged);
        var paid = SupplyModule.Reward(context.State, delta.Proposer, share);
        if (paid.IsZero) return paid;
        Points.Add(context.State, set.Task, delta.Proposer, paid);
        var totals = RewardTotals.Get(context.State);
        (totals with { Paid = totals.Paid + paid }).Store(context.State);
        return paid;
    }

    // Samples that were taken out and are put back earn nobody a share a second time: those count by which the set is larger than any version
    // that may still be trained on.
    private static uint Grown(IStateReader state, TrainingSetRecord set, uint adds, uint samples)
    {
        var largest = set.Samples;
        for (var version = set.Version; version > 0 && set.Version - version < TrainingSetRecord.VersionsKept; version--)
            largest = Math.Max(largest, VersionRecord.Get(state, set.Task, version - 1)!.Samples);
        return samples > largest ? Math.Min(adds, samples - largest) : 0;
    }

    private static string CauseOf(DeltaVerdict verdict) => verdict switch
    {
        DeltaVerdict.Accepted => "outrun", // another had more
        DeltaVerdict.NoQuorum => "no_quorum",
        DeltaVerdict.Rejected => "rejected",
        _ => "vetoed",
    };
}
