using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>
/// What the endpoints of four validators do: each has three of its own, of which two must agree. One of three that lies or is away changes nothing; two
/// of three leave its validator deaf, which is an alarm; and while all are deaf the chain hears of nothing more.
/// </summary>
internal sealed class EndpointFaults : IDisposable
{
    /// <summary>What an endpoint may say that no quorum, and no hash, bears out.</summary>
    private static readonly string[] AllLies =
    [
        "amount", "no log", "one more log", "no receipts", "no index", "receipts root", "bloom of every second block", "hash", "parent", "new field", "balance", "all is final",
        "other chain", "other genesis",
    ];

    private static readonly ProxyManner[] Silences = [ProxyManner.Drop, ProxyManner.Unavailable, ProxyManner.Garbage, ProxyManner.Endless, ProxyManner.Huge];

    /// <summary>A look asks each of three endpoints for four things; the first look may have begun before.</summary>
    private const int CallsOfTwoLooks = 24;

    private readonly BridgedNetwork _world;
    private readonly MeterListener _meters = new();
    private long _belowQuorum;
    private ulong? _lastHeard;

    public EndpointFaults(BridgedNetwork world)
    {
        _world = world;
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "ethereum_below_quorum_total") listener.EnableMeasurementEvents(instrument);
        };
        _meters.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _belowQuorum, count));
        _meters.Start();
    }

    /// <summary>Whether all validators together hear less than the chain needs.</summary>
    public bool IsDark => _lastHeard is not null;

    /// <summary>Whether so much of the power hears Ethereum that the chain must learn all that is final.</summary>
    public bool IsHeard
    {
        get
        {
            var members = ValidatorsModule.Members(_world.Speaker.State);
            var hearing = _world.Running.Where(member => !IsDeaf(member)).Select(member => member.Validator).ToHashSet();
            return 3 * members.Validators.Where(validator => hearing.Contains(validator.Address)).Aggregate(0UL, (sum, validator) => sum + validator.Power) > 2 * members.TotalPower;
        }
    }

    public bool IsDeaf(RunningNetwork.Member member) => ProxiesOf(member).Count(proxy => proxy.Manner != ProxyManner.Answer) > 1;

    /// <summary>One endpoint of each validator lies, or is away.</summary>
    public string FailOneOfEach(SeededStream stream, bool mayHang)
    {
        Heal();
        var said = new List<string>();
        for (var i = 0; i < _world.Members.Count; i++)
        {
            var proxy = _world.Proxies[i][(int)stream.NextBelow((ulong)_world.Proxies[i].Length)];
            // Its validator waits for it in each pass, and the three others are the chain's quorum: so one alone may hang.
            var hangs = stream.NextChance(1, 3) && mayHang && i == 3;
            var lie = Any(stream, AllLies);
            if (hangs) proxy.Manner = ProxyManner.Hang;
            else if (stream.NextChance(2, 5)) proxy.Manner = Any(stream, Silences);
            else proxy.Lie = Lies.Named(lie);
            said.Add(proxy.Manner == ProxyManner.Answer ? lie : proxy.Manner.ToString());
        }

        return string.Join(", ", said);
    }

    /// <summary>Two endpoints of one validator are away, and it says so.</summary>
    public async Task<string> DeafenAsync(SeededStream stream)
    {
        Heal();
        var running = _world.Running.ToList();
        var member = running[(int)stream.NextBelow((ulong)running.Count)];
        Deafen(member, stream);
        await DeafAsync(member);
        return member.ToString();
    }

    /// <summary>Two endpoints of every validator are away, and all say so.</summary>
    /// <param name="stream">Which, and how.</param>
    /// <param name="finalNonce">Of the last event of the vault that is final.</param>
    public async Task DarkenAsync(SeededStream stream, ulong finalNonce)
    {
        var alarms = Interlocked.Read(ref _belowQuorum);
        foreach (var member in _world.Members) Deafen(member, stream);
        foreach (var member in _world.Running) await DeafAsync(member);
        _lastHeard = finalNonce;
        await RunningNetwork.EventuallyAsync(() => Interlocked.Read(ref _belowQuorum) >= alarms + _world.Running.Count(), "validators alarm that they are below their quorum");
    }

    /// <summary>All who hear Ethereum have looked since.</summary>
    public async Task LookedAsync()
    {
        var asked = _world.Running.Where(member => !IsDeaf(member)).ToDictionary(member => member, AskedOf);
        await RunningNetwork.EventuallyAsync(() => asked.All(pair => AskedOf(pair.Key) >= pair.Value + CallsOfTwoLooks), "all who hear Ethereum have looked");
    }

    /// <summary>All endpoints tell the truth.</summary>
    public void Heal()
    {
        foreach (var proxy in _world.Proxies.SelectMany(proxies => proxies)) (proxy.Manner, proxy.Lie) = (ProxyManner.Answer, (_, _, result) => result);
        _lastHeard = null;
    }

    /// <exception cref="BrokenEquationException">The chain knows more than its validators can have heard.</exception>
    public void Check(BridgeStatus status)
    {
        if (_lastHeard is { } last) Equation.Holds("fail closed", status.Nonce <= last, $"the chain knows of event {status.Nonce}, and since event {last} no validator hears two of its three endpoints");
        foreach (var member in _world.Running)
            Equation.Holds("no halt", member.Watch!.State.Halt is null, $"the watch of {member} halted: {member.Watch!.State.Halt?.Reason}");
    }

    public void Dispose() => _meters.Dispose();

    private void Deafen(RunningNetwork.Member member, SeededStream stream)
    {
        foreach (var place in stream.NextDistinct(2, 3)) ProxiesOf(member)[place].Manner = Any(stream, Silences);
    }

    private int AskedOf(RunningNetwork.Member member) => ProxiesOf(member).Sum(proxy => proxy.Asked.Count);

    private static Task DeafAsync(RunningNetwork.Member member) => RunningNetwork.EventuallyAsync(
        () => member.Watch is { Finalized: null } watch && watch.Standings.Count(endpoint => endpoint.Standing == EndpointRefusal.Silent) >= 2, $"{member} hears no quorum");

    private ImmutableArray<LyingProxy> ProxiesOf(RunningNetwork.Member member) => _world.Proxies[_world.Members.ToList().IndexOf(member)];

    private static T Any<T>(SeededStream stream, T[] choices) => choices[stream.NextBelow((ulong)choices.Length)];
}
