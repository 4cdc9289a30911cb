using System.Diagnostics.Metrics;

namespace NeuroChain.Bridge;

/// <summary>
/// The watch of Ethereum for whoever listens to the meter "NeuroChain.Bridge": alarms as counters, and where it stands as gauges. An endpoint is
/// named as the operator named it, never by its address.
/// </summary>
internal sealed class WatchMetrics : IDisposable
{
    private readonly Meter _meter = new("NeuroChain.Bridge");
    private readonly IReadOnlyList<string> _names;
    private readonly EthereumWatcher _watcher;
    private readonly Counter<long> _failures, _refusals, _disagreements, _belowQuorum, _notServed, _rescans, _missed;

    /// <param name="names">Of the endpoints, by their places.</param>
    /// <param name="watcher">Read between its steps; a gauge may be one step late.</param>
    public WatchMetrics(IReadOnlyList<string> names, EthereumWatcher watcher)
    {
        (_names, _watcher) = (names, watcher);
        _failures = _meter.CreateCounter<long>("ethereum_endpoint_failures_total", description: "Questions that an endpoint did not answer, by fault");
        _refusals = _meter.CreateCounter<long>("ethereum_endpoint_refusals_total", description: "Rounds in which an endpoint was not counted, by reason");
        _disagreements = _meter.CreateCounter<long>("ethereum_endpoint_disagreements_total", description: "Answers of an endpoint against the quorum or against hashes, by subject");
        _belowQuorum = _meter.CreateCounter<long>("ethereum_below_quorum_total", description: "Passes that ended because too few endpoints counted, or agreed");
        _notServed = _meter.CreateCounter<long>("ethereum_not_served_total", description: "Things that no endpoint gave in a form that can be proven, by subject");
        _rescans = _meter.CreateCounter<long>("ethereum_rescans_total", description: "Times that missing events were scanned for again");
        _missed = _meter.CreateCounter<long>("ethereum_heartbeats_missed_total", description: "Heartbeats whose storage no endpoint proved");
        _meter.CreateObservableGauge("ethereum_head_block", () => Bounded(watcher.Head), description: "Newest block that a quorum knows");
        _meter.CreateObservableGauge("ethereum_finalized_block", Finalized, description: "Newest block that a quorum calls final; none below the quorum");
        _meter.CreateObservableGauge("ethereum_scanned_block", () => Bounded(watcher.State.Cursor.Number), description: "Last block that was scanned");
        _meter.CreateObservableGauge("ethereum_lag_blocks", Lag, description: "Blocks that are final and not scanned");
        _meter.CreateObservableGauge("ethereum_endpoints_counted", () => watcher.Counted, description: "Endpoints that count, by their last answers");
        _meter.CreateObservableGauge("ethereum_event_nonce", () => Bounded(watcher.State.EventNonce), description: "Nonce of the vault's last event that was found");
        _meter.CreateObservableGauge("ethereum_halted", Halted, description: "1 while the watch is halted, by reason");
    }

    public void Count(WatcherAlarm alarm)
    {
        var cause = KeyValuePair.Create<string, object?>("cause", alarm.Cause);
        var endpoint = KeyValuePair.Create<string, object?>("endpoint", alarm.Endpoint is { } place ? _names[place] : null);
        switch (alarm.Kind)
        {
            case WatcherAlarmKind.EndpointFailed: _failures.Add(1, endpoint, cause); break;
            case WatcherAlarmKind.EndpointRefused: _refusals.Add(1, endpoint, cause); break;
            case WatcherAlarmKind.Disagreement: _disagreements.Add(1, endpoint, cause); break;
            case WatcherAlarmKind.BelowQuorum or WatcherAlarmKind.NoAgreement: _belowQuorum.Add(1, cause); break;
            case WatcherAlarmKind.NotServed: _notServed.Add(1, cause); break;
            case WatcherAlarmKind.Rescan: _rescans.Add(1); break;
            case WatcherAlarmKind.HeartbeatMissed: _missed.Add(1); break;
        }
    }

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Finalized() => _watcher.Finalized is { } number ? [new Measurement<long>(Bounded(number))] : [];

    private IEnumerable<Measurement<long>> Lag() =>
        _watcher.Finalized is { } number ? [new Measurement<long>(Bounded(number) - Bounded(_watcher.State.Cursor.Number))] : [];

    // A number that strangers made up is no reason to fail.
    private static long Bounded(ulong number) => (long)Math.Min(number, long.MaxValue);

    private IEnumerable<Measurement<int>> Halted() =>
        _watcher.State.Halt is { } halt ? [new Measurement<int>(1, KeyValuePair.Create<string, object?>("reason", halt.Reason.ToString()))] : [];
}
