using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What somebody has been paid for a task, in all roles, in base units of NTK: the weight in votes on the task's training set. Earned, never
/// bought or moved. A validator that changes its key keeps its points, and counts as one holder whatever its keys. Record of a holder (a validator's
/// first key, any other address itself): its points 16; of a task: the sum 16 | the largest holders, count 1, ascending by points, holder 20 and
/// points 16 each.
/// </summary>
public static class Points
{
    /// <summary>One holder counts for at most a fifth of all points of the task.</summary>
    private const ulong CapDivisor = 5;

    // Only so many can have more than a fifth. Points never become fewer, so the largest are known from the payments alone.
    private const int LargestCount = (int)CapDivisor - 1;

    /// <summary>Of all holders together.</summary>
    public static Amount Total(IStateReader state, Hash256 task) => Sum.Get(state, task).Total;

    /// <summary>Of the address, or of the validator whose key it is or was.</summary>
    public static Amount Of(IStateReader state, Hash256 task, Address address) => OfHolder(state, task, KeyRotations.Identity(state, address));

    /// <summary>What all holders together count for, each up to the cap.</summary>
    public static Amount TotalUpToCap(IStateReader state, Hash256 task)
    {
        var sum = Sum.Get(state, task);
        return sum.Largest.Aggregate(sum.Total, (rest, holder) => rest - (holder.Points - Cap(holder.Points, sum.Total)));
    }

    /// <summary>
    /// Whether points decide about the training set: while nearly all are in fewer than three hands, of which each counts for a fifth, nothing
    /// could pass, and one lost key would end all change.
    /// </summary>
    public static bool Decide(IStateReader state, Hash256 task) => TotalUpToCap(state, task).Units * 2 > Total(state, task).Units;

    internal static Amount OfHolder(IStateReader state, Hash256 task, Address holder)
    {
        if (state.Get(DatasetKeys.Points(task, holder)) is not { } bytes) return Amount.Zero;
        var isRead = Amount.TryFromBytes(bytes, out var points);
        Invariant.Check(isRead, "a points record is as it was written");
        return points;
    }

    internal static Amount Cap(Amount points, Amount total) => Amount.Min(points, Amount.DivRem(total, CapDivisor).Quotient);

    internal static void Add(StateOverlay state, Hash256 task, Address address, Amount paid)
    {
        var holder = KeyRotations.Identity(state, address);
        var points = OfHolder(state, task, holder) + paid;
        state.Set(DatasetKeys.Points(task, holder), points.ToArray());
        Sum.Get(state, task).With(holder, points, paid).Store(state, task);
    }

    private sealed record Sum(Amount Total, ImmutableArray<(Address Holder, Amount Points)> Largest)
    {
        public static Sum Get(IStateReader state, Hash256 task)
        {
            if (state.Get(DatasetKeys.PointsTotal(task)) is not { } bytes) return new Sum(Amount.Zero, []);
            var reader = new ByteReader(bytes);
            var total = reader.Amount();
            var largest = new (Address, Amount)[Math.Min((int)reader.Byte(), LargestCount)];
            for (var i = 0; i < largest.Length; i++) largest[i] = (reader.Address(), reader.Amount());
            Invariant.Check(reader.IsWhole, "the record of all points is as it was written");
            return new Sum(total, [.. largest]);
        }

        public Sum With(Address holder, Amount points, Amount paid)
        {
            var all = Largest.Where(one => one.Holder != holder).Append((Holder: holder, Points: points)).OrderBy(one => one.Points).ThenBy(one => one.Holder);
            return new Sum(Total + paid, [.. all.TakeLast(LargestCount)]);
        }

        public void Store(StateOverlay state, Hash256 task)
        {
            var writer = new ByteWriter().Amount(Total).Byte((byte)Largest.Length);
            foreach (var (holder, points) in Largest) writer.Address(holder).Amount(points);
            state.Set(DatasetKeys.PointsTotal(task), writer.ToArray());
        }
    }
}
