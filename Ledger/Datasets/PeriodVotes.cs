using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>How long somebody wants a task's period to be.</summary>
/// <param name="Voter">A validator's first key, any other address itself.</param>
/// <param name="Blocks">Of a period.</param>
/// <param name="Points">The voter's when it voted.</param>
/// <param name="IsValidator">Whether it was one when it voted.</param>
/// <param name="Ends">Periods that have ended since.</param>
public readonly record struct PeriodWish(Address Voter, ulong Blocks, Amount Points, bool IsValidator, byte Ends) : IListedVote;

/// <summary>
/// The standing votes on a task's period, ascending by voter. Layout: count 2 | (voter 20 | blocks 8 | points 16 | 1 for a validator's 1 | ends 1)*.
/// </summary>
public static class PeriodVotes
{
    /// <summary>Ends of periods at which a wish counts: whoever is gone wishes nothing any more.</summary>
    public const byte EndsMax = 8;

    public static ImmutableArray<PeriodWish> Get(IStateReader state, Hash256 task)
    {
        if (state.Get(DatasetKeys.PeriodVotes(task)) is not { } bytes) return [];
        var reader = new ByteReader(bytes);
        var wishes = new PeriodWish[reader.Count16(Limits.DatasetVotesMax, Address.Size + 8 + Amount.Size + 2)];
        for (var i = 0; i < wishes.Length; i++)
            wishes[i] = new PeriodWish(reader.Address(), reader.UInt64(), reader.Amount(), reader.Byte() != 0, reader.Byte());
        Invariant.Check(reader.IsWhole, "a record of votes is as it was written");
        return [.. wishes];
    }

    internal static void Set(StateOverlay state, Hash256 task, ImmutableArray<PeriodWish> wishes)
    {
        var writer = new ByteWriter().UInt16((ushort)wishes.Length);
        foreach (var (voter, blocks, points, isValidator, ends) in wishes)
            writer.Address(voter).UInt64(blocks).Amount(points).Byte(isValidator ? (byte)1 : (byte)0).Byte(ends);
        state.Set(DatasetKeys.PeriodVotes(task), writer.ToArray());
    }

    /// <summary>A period ended: wishes that counted at as many ends as they may lapse.</summary>
    internal static void EndPeriod(StateOverlay state, Hash256 task)
    {
        var wishes = Get(state, task);
        if (wishes.IsEmpty) return;
        Set(state, task, [.. wishes.Where(wish => wish.Ends + 1 < EndsMax).Select(wish => wish with { Ends = (byte)(wish.Ends + 1) })]);
    }

    /// <summary>
    /// The median, once those who voted count for more than half of all there is, points up to the cap; else null. So nobody moves it further
    /// than to the wish of somebody in the middle.
    /// </summary>
    internal static ulong? Median(VoterWeights weights, ImmutableArray<PeriodWish> wishes)
    {
        var weighed = wishes
            .DistinctBy(wish => weights.Identity(wish.Voter))
            .Select(wish => (wish.Blocks, Weight: weights.Of(weights.Identity(wish.Voter))))
            .OrderBy(wish => wish.Blocks)
            .ToList();
        var all = weighed.Aggregate(UInt128.Zero, (sum, wish) => sum + wish.Weight);
        if (all * 2 <= weights.Total) return null;
        var below = UInt128.Zero;
        foreach (var (blocks, weight) in weighed)
        {
            below += weight;
            if (below * 2 >= all) return blocks;
        }

        throw new InvariantException("the weights below and at the last wish are all");
    }
}
