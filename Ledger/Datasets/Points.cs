using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What an address has been paid for a task, in all roles, in base units of NTK: its weight in votes on the task's training set. Earned, never
/// bought or moved. Record of a task: the sum 16; of an address: its points 16.
/// </summary>
public static class Points
{
    /// <summary>One address counts for at most a fifth of all points of the task.</summary>
    private const ulong CapDivisor = 5;

    /// <summary>Of all addresses together.</summary>
    public static Amount Total(IStateReader state, Hash256 task) => Read(state, DatasetKeys.PointsTotal(task));

    public static Amount Of(IStateReader state, Hash256 task, Address address) => Read(state, DatasetKeys.Points(task, address));

    internal static Amount Cap(Amount points, Amount total) => Amount.Min(points, Amount.DivRem(total, CapDivisor).Quotient);

    internal static void Add(StateOverlay state, Hash256 task, Address address, Amount paid)
    {
        state.Set(DatasetKeys.PointsTotal(task), (Total(state, task) + paid).ToArray());
        state.Set(DatasetKeys.Points(task, address), (Of(state, task, address) + paid).ToArray());
    }

    private static Amount Read(IStateReader state, StateKey key)
    {
        if (state.Get(key) is not { } bytes) return Amount.Zero;
        var isRead = Amount.TryFromBytes(bytes, out var points);
        Invariant.Check(isRead, "a points record is as it was written");
        return points;
    }
}
