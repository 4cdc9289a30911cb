using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NeuroChain.Chain;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Node.Tests;

public sealed class BridgeMetricsTests
{
    [Fact]
    public void WhereTheBridgeStandsIsInGauges()
    {
        var world = new BridgeWorld();
        world.Fund(Amount.FromNtk(1_000)); // all that the bucket holds
        world.Ethereum.Lock(world.Chain.Bob.Address, Amount.FromNtk(321));
        world.Bring();
        // Meters are the process's, and other tests have nodes: what is looked for are this one's values.
        var seen = new ConcurrentBag<(string, double)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, it) => { if (instrument.Meter.Name == "NeuroChain") it.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => seen.Add((instrument.Name, value)));
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => seen.Add((instrument.Name, value)));
        using var metrics = new BridgeMetrics(() => world.Chain.State, isUnwatched: true);
        listener.Start();
        listener.RecordObservableInstruments();
        Assert.Contains(("bridge_locked_ntk", 1_321.0), seen);
        Assert.Contains(("bridge_pending_ntk", 321.0), seen);
        Assert.Contains(("bridge_locks_waiting", 1.0), seen);
        Assert.Contains(("bridge_event_nonce", (double)world.Status.Nonce), seen);
        Assert.Contains(("bridge_validator_unwatched", 1.0), seen);
        foreach (var name in (string[])["bridge_credit_bucket_ntk", "bridge_withdrawal_bucket_ntk", "bridge_released_ntk", "bridge_open_ntk", "bridge_withdrawals_waiting",
            "bridge_attested_block", "bridge_reserves_block", "bridge_halts", "bridge_paused", "bridge_sets_to_follow"])
            Assert.Contains(seen, one => one.Item1 == name);
    }
}
