using System.Diagnostics.Metrics;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Where the bridge stands by the chain, for whoever listens to the meter "NeuroChain"; what a node sees of Ethereum is with the meter
/// "NeuroChain.Bridge". Amounts are NTK: a gauge is for people, and none of its digits below a millionth counts.
/// </summary>
internal sealed class BridgeMetrics : IDisposable
{
    private const double UnitsPerNtk = 1e18;

    private readonly Meter _meter = new("NeuroChain");
    private readonly Func<LedgerState> _state;

    /// <param name="state">The newest.</param>
    /// <param name="isUnwatched">Whether this is a validator that names no endpoints.</param>
    public BridgeMetrics(Func<LedgerState> state, bool isUnwatched)
    {
        _state = state;
        Gauge("bridge_credit_bucket_ntk", "What may still be credited now", status => Ntk(Level(status.InBucket, limits => limits.InCapacity, limits => limits.InPerSecond)));
        Gauge("bridge_withdrawal_bucket_ntk", "What may still be certified now", status => Ntk(Level(status.OutBucket, limits => limits.OutCapacity, limits => limits.OutPerSecond)));
        Gauge("bridge_locked_ntk", "All locks, by the vault's events", status => Ntk(status.Locked));
        Gauge("bridge_released_ntk", "All releases, by the vault's events", status => Ntk(status.Released));
        Gauge("bridge_pending_ntk", "Locked and not credited yet", status => Ntk(status.Pending));
        Gauge("bridge_open_ntk", "Burned, and neither released nor refunded yet", status => Ntk(status.Open));
        Gauge("bridge_locks_waiting", "Locks that are not credited yet", status => status.PendingNext - status.PendingFirst);
        Gauge("bridge_withdrawals_waiting", "Withdrawals that wait for their leaf", status => status.WaitingNext - status.WaitingFirst);
        Gauge("bridge_event_nonce", "Of the last event of the vault that the chain took", status => status.Nonce);
        Gauge("bridge_attested_block", "The highest attested block of Ethereum", status => status.AttestedHighest);
        Gauge("bridge_reserves_block", "The block of Ethereum at which the reserves were last proven", status => status.ReservesBlock);
        Gauge("bridge_halts", "Why the bridge stands, a bit each as in BridgeHalt; 0 where it does not", status => (uint)status.Halts);
        Gauge("bridge_paused", "1 credits, 2 withdrawals", status => (byte)status.Paused);
        Gauge("bridge_sets_to_follow", "Changes of the validator set that the vault has not followed", _ => VaultSets.FromFollowed(_state()).Length - 1);
        _meter.CreateObservableGauge("bridge_validator_unwatched", () => isUnwatched ? 1 : 0, description: "1 where this validator watches no Ethereum and so attests nothing");
    }

    public void Dispose() => _meter.Dispose();

    private void Gauge(string name, string description, Func<BridgeStatus, double> read) =>
        _meter.CreateObservableGauge(name, () => read(BridgeStatus.Get(_state())), description: description);

    private Amount Level(TokenBucket bucket, Func<BridgeParameters, Amount> capacity, Func<BridgeParameters, Amount> perSecond)
    {
        var state = _state();
        var limits = state.Parameters.Bridge!;
        return bucket.At(state.Time, capacity(limits), perSecond(limits)).Level;
    }

    private static double Ntk(Amount amount) => (double)amount.Units / UnitsPerNtk;
}
