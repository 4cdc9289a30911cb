using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Some validators in one thread: virtual time, networks and disks and clocks that fail, processes that die at any boundary, and a few
/// validators that break the rules. First the faults, in which nothing wrong may happen; then a core of sound nodes is healed, and must move on.
/// </summary>
public sealed class Cluster
{
    public const ulong Epoch = 1_700_000_000_000;

    private readonly Dictionary<Address, SimulatedHost> _byAddress = [];
    private readonly List<ILoad> _loads = [];
    private readonly Weather _weather;
    private readonly SeededStream _clockDraw;
    private readonly SeededStream _coreDraw;
    private HashSet<int>? _core;

    public Cluster(SimulationOptions options)
    {
        Options = options;
        Log = new EventLog(Events);
        _clockDraw = Stream("clocks");
        _coreDraw = Stream("core");
        var keyDraw = Stream("keys");
        Cast = Cast.Draw(Stream("cast"), options);
        Keys = [.. Enumerable.Range(0, options.Validators).Select(_ => PrivateKey.FromSeed(keyDraw.NextHash()))];
        var holders = Enumerable.Range(0, 3).Select(_ => PrivateKey.FromSeed(keyDraw.NextHash())).ToList();
        Genesis = new GenesisDocument
        {
            ChainName = "simulation",
            TimeMs = Epoch - 60_000,
            Parameters = new ChainParameters { BlockIntervalMs = options.BlockIntervalMs },
            Validators = [.. Keys.Select((key, i) => new GenesisValidator(key.Address, NodeAddress(i), Cast.Powers[i]))],
            Allocations = [.. holders.Select(holder => holder.Address).Concat(options.Holders).Select(holder => new GenesisAllocation(holder, Amount.FromNtk(1_000)))],
        };
        Intake = new TransactionIntake(Genesis.Hash);
        Checkers = [.. StandardCheckers.Of(this)];
        var machines = options.Validators + (options.Twins ? Cast.Byzantine.Count : 0);
        Network = new SimulatedNetwork(Events, Stream("network"), options, machines);
        Network.Connection += (a, b, isUp) => Events.After(0, () => NoteConnection(a, b, isUp));
        Disks = new DiskPlan(Events, Stream("disks"), Log, options);
        _weather = new Weather(Events, Stream("weather"), Network, Log, options, machines);
        for (var i = 0; i < options.Validators; i++) Add(i, Keys[i], options.Twins && Cast.Byzantine.Contains(i));
        if (options.Twins)
            foreach (var twin in Cast.Byzantine.Order())
                Add(Hosts.Count, Keys[twin], isTwin: true);
        foreach (var host in Hosts)
            if (host.Node.Accomplice is { } accomplice)
                accomplice.Peers = [.. Hosts.Where(other => other != host).Select(other => other.Node.Address)];
        if (options.TransfersPerSecond > 0) _loads.Add(new TransferLoad(Stream("transfers"), holders, options.TransfersPerSecond));
    }

    public SimulationOptions Options { get; }

    public EventQueue Events { get; } = new();

    public EventLog Log { get; }

    public SimulatedNetwork Network { get; }

    public DiskPlan Disks { get; }

    public Cast Cast { get; }

    public GenesisDocument Genesis { get; }

    /// <summary>The validators' keys, by number.</summary>
    public IReadOnlyList<PrivateKey> Keys { get; }

    public List<SimulatedHost> Hosts { get; } = [];

    public IReadOnlyList<IChecker> Checkers { get; }

    public TransactionIntake Intake { get; }

    /// <summary>SHA-256 of all bytes of every transaction that a load asked for.</summary>
    public HashSet<Hash256> Offered { get; } = [];

    public int Crashes { get; set; }

    public long Messages { get; set; }

    /// <summary>The nodes that were healed; null while there are faults everywhere.</summary>
    public IReadOnlySet<int>? Core => _core;

    /// <summary>When the core was healed, in virtual milliseconds.</summary>
    public ulong HealedAt { get; private set; }

    /// <exception cref="SimulationFailedException">A rule was broken; the message says which.</exception>
    public SimulationResult Run()
    {
        using var memo = Options.RealSignatures ? null : SignatureMemo.Open();
        using var log = Log;
        var agreement = Checkers.OfType<AgreementChecker>().Single();
        Begin();
        _weather.Begin();
        Disks.Begin([.. Hosts.Select(host => host.Node)], () => _core is null);
        if (Options.ClockJumpEveryMs > 0) Events.After(1 + _clockDraw.NextBelow(Options.ClockJumpEveryMs), JumpClock);
        while (Events.RunNext(Options.FaultyForMs) && agreement.Highest < new Height(Options.FaultyHeightsMax)) { }

        Heal();
        var convergence = Checkers.OfType<ConvergenceChecker>().Single();
        while (!convergence.IsDone && Events.RunNext(HealedAt + Options.HealthyForMs)) { }
        foreach (var checker in Checkers) checker.End(this);
        return new SimulationResult
        {
            Seed = Options.Seed,
            Validators = Options.Validators,
            Byzantine = BehavioursPlayed(),
            Height = agreement.Highest,
            Rounds = Checkers.OfType<CertificateChecker>().Single().Rounds,
            Convicted = Checkers.OfType<HonestEvidenceChecker>().Single().Convicted,
            Punished = Checkers.OfType<PunishmentChecker>().Single().Punished,
            Crashes = Crashes,
            Partitions = _weather.Partitions,
            FullDisks = Disks.FullDisks,
            BadSectors = Disks.BadSectors,
            Messages = Messages,
            Events = Log.Count,
            FirstDecisionMs = convergence.FirstDecisionMs,
            HasRest = _core!.Count < Hosts.Count,
            EventHash = Log.Close(),
        };
    }

    /// <summary>Starts the nodes and those who use the chain, in good weather: a story brings its own.</summary>
    public void Begin()
    {
        foreach (var host in Hosts) host.Start();
        foreach (var load in _loads) Events.After(200, () => Offer(load));
    }

    public bool TryFind(Address node, [NotNullWhen(true)] out SimulatedHost? host) => _byAddress.TryGetValue(node, out host);

    /// <summary>Whether faults may befall a node: all of them until the core is healed, then those outside.</summary>
    public bool MayCrash(SimulatedNode node) => _core is null || !_core.Contains(node.Index);

    private string BehavioursPlayed()
    {
        var played = Hosts.SelectMany(host => host.Node.Accomplice?.Behaviours ?? []).Select(behaviour => behaviour.Name);
        if (Hosts.Exists(host => host.Node.IsTwin)) played = played.Append("twins");
        return string.Join('+', played.Distinct().Order(StringComparer.Ordinal));
    }

    // A node's identity on the network is not its validator's: twins have one key and two of these.
    private static Address NodeAddress(int index) => Address.FromBytes(Hash256.Sha256([(byte)'n', (byte)index]).ToArray().AsSpan(0, Address.Size));

    private void Add(int index, PrivateKey key, bool isTwin)
    {
        var isByzantine = !isTwin && Cast.Byzantine.Contains(index);
        var node = new SimulatedNode(index, Genesis, key, SettingsOf(index), ClockOf(index))
        {
            IsTwin = isTwin,
            MayBeHarmed = Cast.Spoilt.Contains(index),
            Accomplice = isByzantine ? new Accomplice(key, Genesis.Hash, Stream($"byzantine {index}"), Behaviour.Draw(Stream($"behaviours {index}"), Options)) : null,
        };
        var host = new SimulatedHost(this, node, new CrashPlan(Stream($"crashes {index}"), Options), _clockDraw.NextBelow(Options.TurnDelayMaxMs + 1));
        Hosts.Add(host);
        _byAddress.Add(node.Address, host);
    }

    private EngineSettings SettingsOf(int index) => new()
    {
        Node = NodeAddress(index),
        Timeouts = Options.Timeouts,
        RebroadcastEvery = Options.RebroadcastEvery,
        SyncPatience = Options.SyncPatience,
    };

    private NodeClock ClockOf(int index)
    {
        if (Options.ClockOffsetMaxMs == 0) return new NodeClock(Epoch, 0, 0);
        var offset = index == 0 && _clockDraw.NextChance(1, 8) ? 10_000 : Options.ClockOffsetMaxMs;
        return new NodeClock(Epoch, Around(offset), Around(Options.ClockDriftMaxPpm));
    }

    private long Around(ulong most) => (long)_clockDraw.NextBelow((2 * most) + 1) - (long)most;

    private void JumpClock()
    {
        var host = Hosts[(int)_clockDraw.NextBelow((ulong)Hosts.Count)];
        var by = Around(3_000);
        if (MayCrash(host.Node))
        {
            Log.Record('j', host.Node.Index, (ulong)(by + 10_000));
            host.Node.Clock.Jump(Events.Now, by);
        }

        Events.After(1 + _clockDraw.NextBelow(2 * Options.ClockJumpEveryMs), JumpClock);
    }

    private void Offer(ILoad load)
    {
        if (load.Step(this) is { } next) Events.After(next, () => Offer(load));
    }

    private void NoteConnection(int a, int b, bool isUp)
    {
        foreach (var (self, other) in new[] { (Hosts[a], Hosts[b]), (Hosts[b], Hosts[a]) })
        {
            Log.Record(isUp ? '+' : '-', self.Node.Index, (ulong)other.Node.Index);
            if (!isUp) self.Tell(new EngineInput.PeerDisconnected(other.Node.Address));
            else if (other.Node.IsUp) self.Tell(new EngineInput.PeerConnected(other.Node.Address));
        }
    }

    // More than two thirds of sound nodes, or all of them: their links, clocks and disks are in order from now on, and those that are down start.
    private void Heal()
    {
        var sound = Hosts.Where(host => host.Node.IsSound).ToList();
        var total = Cast.Powers.Aggregate((a, b) => a + b);
        var core = new HashSet<int>();
        while (sound.Count > 0 && (!Options.HealsCoreOnly || 3 * core.Aggregate(0UL, (sum, i) => sum + Cast.Powers[i]) <= 2 * total))
        {
            var next = sound[(int)_coreDraw.NextBelow((ulong)sound.Count)];
            sound.Remove(next);
            core.Add(next.Node.Index);
        }

        HealedAt = Events.Now;
        _core = core;
        Log.Record('!', core.Count);
        foreach (var host in Hosts.Where(host => core.Contains(host.Node.Index)))
        {
            host.Node.Disarm();
            host.Node.Folder.Limit(long.MaxValue);
            host.Node.Clock.Settle(Events.Now, Around(Options.HealthyClockSkewMaxMs / 2));
        }

        Network.Heal(core);
        foreach (var checker in Checkers.OfType<ConvergenceChecker>()) checker.Healed(this);
        foreach (var host in Hosts.Where(host => core.Contains(host.Node.Index))) host.Start();
    }

    // A stream for each purpose, so that a change of one does not shift the others.
    private SeededStream Stream(string purpose) => new(Hash256.Sha256(new ByteWriter().UInt64(Options.Seed).Bytes(System.Text.Encoding.ASCII.GetBytes(purpose)).ToArray()));
}
