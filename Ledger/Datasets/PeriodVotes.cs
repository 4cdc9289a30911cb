using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How long somebody wants a task's period to be.</summary>
public readonly record struct PeriodWish(Address Voter, ulong Blocks);

/// <summary>The standing votes on a task's period, ascending by voter. Layout: count 2 | (voter 20 | blocks 8)*.</summary>
public static class PeriodVotes
{
    public static ImmutableArray<PeriodWish> Get(IStateReader state, Hash256 task)
    {
        if (state.Get(DatasetKeys.PeriodVotes(task)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var wishes = new PeriodWish[reader.Count16(Limits.DatasetVotesMax, Address.Size + 8)];
        for (var i = 0; i < wishes.Length; i++) wishes[i] = new PeriodWish(reader.Address(), reader.UInt64());
        Invariant.Check(reader.IsWhole, "a record of votes is as it was written");
        return [.. wishes];
    }

    /// <summary>In the place of the voter's earlier one.</summary>
    internal static void Set(StateOverlay state, Hash256 task, PeriodWish wish)
    {
        var wishes = Get(state, task);
        var at = 0;
        while (at < wishes.Length && wishes[at].Voter < wish.Voter) at++;
        wishes = at < wishes.Length && wishes[at].Voter == wish.Voter ? wishes.SetItem(at, wish) : wishes.Insert(at, wish);
        var writer = new ByteWriter().UInt16((ushort)wishes.Length);
        foreach (var (voter, blocks) in wishes) writer.Address(voter).UInt64(blocks);
        state.Set(DatasetKeys.PeriodVotes(task), writer.ToArray());
    }

    /// <summary>
    /// The median, by points up to the cap, once whoever has more than half of all points has voted; else null. So nobody moves it further
    /// than to the wish of somebody in the middle.
    /// </summary>
    public static ulong? Median(IStateReader state, Hash256 task)
    {
        var total = Points.Total(state, task);
        var wishes = Get(state, task).Select(wish => (wish.Blocks, Points: Points.Of(state, task, wish.Voter))).OrderBy(wish => wish.Blocks).ToList();
        var voted = wishes.Aggregate(Amount.Zero, (sum, wish) => sum + wish.Points);
        if (voted.Units * 2 <= total.Units) return null;
        var weights = wishes.ConvertAll(wish => Points.Cap(wish.Points, total).Units);
        var all = weights.Aggregate(UInt128.Zero, (sum, weight) => sum + weight);
        var below = UInt128.Zero;
        for (var i = 0; i < weights.Count; i++)
        {
            below += weights[i];
            if (below * 2 >= all && below > UInt128.Zero) return wishes[i].Blocks;
        }

        return null;
    }
}
