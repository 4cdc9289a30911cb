using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>How much stands before each transfer that waits for a bucket, itself included: read once for a state, and asked for many.</summary>
internal sealed class TransferQueues
{
    /// <summary>Nobody further behind is told how long it takes: each place costs a read.</summary>
    public const int PlacesMax = 4_096;

    private readonly Lazy<ImmutableArray<Amount>> _locks;
    private readonly Lazy<Dictionary<Hash256, (ulong Ahead, Amount Needed)>> _withdrawals;

    public TransferQueues(LedgerState state)
    {
        _locks = new(() => LocksOf(state));
        _withdrawals = new(() => WithdrawalsOf(state));
    }

    /// <param name="ahead">Locks before it.</param>
    /// <returns>Null for one too far behind.</returns>
    public Amount? NeededForLock(ulong ahead) => ahead < (ulong)_locks.Value.Length ? _locks.Value[(int)ahead] : null;

    /// <summary>Null for one too far behind.</summary>
    public (ulong Ahead, Amount Needed)? NeededFor(Hash256 burnId) => _withdrawals.Value.TryGetValue(burnId, out var found) ? found : null;

    private static ImmutableArray<Amount> LocksOf(LedgerState state)
    {
        var status = BridgeStatus.Get(state);
        var (sums, sum) = (ImmutableArray.CreateBuilder<Amount>(), Amount.Zero);
        for (var place = status.PendingFirst; place < status.PendingNext && sums.Count < PlacesMax; place++) sums.Add(sum += Locks.Pending(state, place)!.Amount);
        return sums.DrainToImmutable();
    }

    private static Dictionary<Hash256, (ulong Ahead, Amount Needed)> WithdrawalsOf(LedgerState state)
    {
        var (places, sum) = (new Dictionary<Hash256, (ulong Ahead, Amount Needed)>(), Amount.Zero);
        foreach (var burnId in OpenTransfers.Waiting(state).Take(PlacesMax)) places[burnId] = ((ulong)places.Count, sum += WithdrawalRecord.Get(state, burnId)!.Amount);
        return places;
    }
}
