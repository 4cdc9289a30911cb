using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>
/// Some validators in one thread: virtual time, networks and disks and clocks that fail, processes that die at any boundary, and a few
/// validators that break the rules. First the faults, in which nothing wrong may happen; then a core of sound nodes is healed, and must move on.
/// </summary>
public sealed class Cluster
{
    public const ulong Epoch = 1_700_000_000_000;

    /// <summary>What a run with twins is said to have among those that break the rules.</summary>
    public const string Twins = "twins";

    private readonly Dictionary<Address, SimulatedHost> _byAddress = [];
    private readonly List<ILoad> _loads = [];
    private readonly List<IChecker> _checkers;
    private readonly GovernanceLoad? _governance;
    private readonly SealedShelf? _shelf;
    private readonly ImmutableArray<SimulatedCustodian> _custodians = [];
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
        var (keyDraw, moreKeys) = (Stream("keys"), Stream("more keys"));
        Cast = Cast.Draw(Stream("cast"), options);
        var validators = Enumerable.Range(0, options.Validators).Select(_ => PrivateKey.FromSeed(keyDraw.NextHash())).ToList();
        Keys = [.. validators, .. Enumerable.Range(0, options.Observers).Select(_ => PrivateKey.FromSeed(moreKeys.NextHash()))];
        var beginning = SimulatedGenesis.Of(options, [.. validators.Select((key, i) => new GenesisValidator(key.Address, NodeAddress(i), Cast.Powers[i]))], Keys, keyDraw, moreKeys);
        Genesis = beginning.Document;
        GenesisHash = Genesis.Hash;
        Newest = LedgerState.FromGenesis(Genesis);
        Intake = new TransactionIntake(GenesisHash);
        if (options.Seals) (_shelf, _custodians) = (new SealedShelf(Genesis.Tasks[0].Id, beginning.Sealers[0], [.. beginning.Sealers.Skip(1)]), CustodiansOf(beginning));
        Trainings = [.. Genesis.Tasks.Select((task, i) => TrainingOf(task, beginning.Trainers[i], i == 0 ? _shelf : null))];
        _checkers = [.. options.ManyByzantine ? StandardCheckers.OfMany(this) : StandardCheckers.Of(this)];
        Forks = Checkers.OfType<ForkChecker>().SingleOrDefault();
        var machines = Keys.Count + (options.Twins ? Cast.Byzantine.Count : 0);
        Network = new SimulatedNetwork(Events, Stream("network"), options, machines, Faults);
        Network.Connection += (a, b, isUp) => Events.After(0, () => NoteConnection(a, b, isUp));
        Disks = new DiskPlan(Events, Stream("disks"), Log, options);
        _weather = new Weather(Events, Stream("weather"), Network, Log, options, machines, Faults);
        for (var i = 0; i < Keys.Count; i++) Add(i, Keys[i], options.Twins && Cast.Byzantine.Contains(i));
        if (options.Twins)
            foreach (var twin in Cast.Byzantine.Order())
                Add(Hosts.Count, Keys[twin], isTwin: true);
        foreach (var host in Hosts)
        {
            if (host.Node.Accomplice is { } accomplice)
            {
                accomplice.Peers = [.. Hosts.Where(other => other != host).Select(other => other.Node.Address)];
                accomplice.Fellows = Hosts.Where(other => other.Node.Accomplice is not null).Select(other => other.Node.Address).ToHashSet();
                accomplice.Offered = Offered;
                accomplice.Minds = [.. Hosts.Select(other => other.Node.Accomplice).OfType<Accomplice>()];
            }
        }

        if (options.TransfersPerSecond > 0) _loads.Add(new TransferLoad(Stream("transfers"), beginning.Holders, options.TransfersPerSecond));
        if (options.Governs) _loads.Add(_governance = new GovernanceLoad(Stream("governance"), new ChangeDraw(new Queue<PrivateKey>(beginning.Spare))));
        for (var i = 0; i < Trainings.Length; i++) _loads.Add(new TrainingLoad(Stream(i == 0 ? "trainers" : $"trainers {i}"), Trainings[i]));
        if (options.Governs || options.Trains) _loads.Add(new ReplayLoad(Stream("replays")));
        if (_shelf is not null) _loads.Add(new SealedLoad(Stream("sealed sets"), _shelf));
    }

    public SimulationOptions Options { get; }

    public EventQueue Events { get; } = new();

    public EventLog Log { get; }

    public SimulatedNetwork Network { get; }

    public DiskPlan Disks { get; }

    public Cast Cast { get; }

    public GenesisDocument Genesis { get; }

    /// <summary>Its hash, which the document makes anew each time that it is asked.</summary>
    public GenesisHash GenesisHash { get; }

    /// <summary>What a transaction may pay that shall not be refused for its fee.</summary>
    public static Amount AmpleFee { get; } = Amount.FromNtk(1);

    /// <summary>The keys that nodes begin with, by number: the validators', then the observers'.</summary>
    public IReadOnlyList<PrivateKey> Keys { get; }

    public List<SimulatedHost> Hosts { get; } = [];

    public IReadOnlyList<IChecker> Checkers => _checkers;

    /// <summary>One for all nodes that need not check every signature themselves.</summary>
    public TransactionIntake Intake { get; }

    /// <summary>SHA-256 of all bytes of every transaction that a load asked for.</summary>
    public HashSet<Hash256> Offered { get; } = [];

    /// <summary>Whose key is whose.</summary>
    public KeyRing Ring { get; } = new();

    /// <summary>What is trained, task by task.</summary>
    public ImmutableArray<ITraining> Trainings { get; }

    /// <summary>Looks for forks, where more than a third may make them; else null.</summary>
    public ForkChecker? Forks { get; }

    /// <summary>The state after the last block that somebody told of.</summary>
    public LedgerState Newest { get; private set; }

    /// <summary>Faults that befell the run, by kind.</summary>
    public Tally Faults { get; } = new();

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

        var heightAtHealing = agreement.Highest;
        Heal();
        var convergence = Checkers.OfType<ConvergenceChecker>().SingleOrDefault() ?? new ConvergenceChecker(Options);
        var punishment = Checkers.OfType<PunishmentChecker>().SingleOrDefault();
        while (!(Forks?.IsDone(this) ?? (convergence.IsDone && punishment is not { IsDone: false })) && Events.RunNext(HealedAt + (Forks is null ? Options.HealthyForMs : ForkChecker.MeetWithinMs))) { }
        foreach (var checker in Checkers) checker.End(this);
        foreach (var (name, count) in Hosts.SelectMany(host => host.Node.Accomplice?.Deeds.Counts ?? [])) Faults.Add($"did_{name}", count);
        return new SimulationResult
        {
            Seed = Options.Seed,
            Validators = Options.Validators,
            Byzantine = BehavioursPlayed(),
            Height = agreement.Highest,
            HeightAtHealing = heightAtHealing,
            Rounds = Checkers.OfType<EventTally>().Single().Rounds,
            Convicted = Checkers.OfType<HonestEvidenceChecker>().Single().Convicted,
            Punished = punishment?.Punished ?? 0,
            Crashes = Crashes,
            Partitions = _weather.Partitions,
            FullDisks = Disks.FullDisks,
            BadSectors = Disks.BadSectors,
            Messages = Messages,
            Events = Log.Count,
            FirstDecisionMs = convergence.FirstDecisionMs,
            HasRest = _core!.Count < Hosts.Count,
            Faults = Faults,
            Done = Done(),
            Loads = LoadsOf(Options),
            EventHash = Log.Close(),
        };
    }

    /// <summary>One checker more, before it begins.</summary>
    public void Watch(IChecker checker) => _checkers.Add(checker);

    /// <summary>Starts the nodes and those who use the chain, in good weather: a story brings its own.</summary>
    public void Begin()
    {
        foreach (var host in Hosts) host.Start();
        foreach (var load in _loads) Events.After(200, () => Offer(load));
    }

    public bool TryFind(Address node, [NotNullWhen(true)] out SimulatedHost? host) => _byAddress.TryGetValue(node, out host);

    /// <summary>Hands a transaction to some node, as its user would; one that is down takes none.</summary>
    public void Submit(SeededStream draw, Transaction transaction) => Submit(Hosts[(int)draw.NextBelow((ulong)Hosts.Count)], transaction);

    public void Submit(SimulatedHost host, Transaction transaction)
    {
        Offered.Add(Hash256.Sha256(transaction.Bytes.Span));
        host.Turn(engine => _ = engine.Submit(transaction));
    }

    /// <summary>A node has decided, and said so.</summary>
    public void Note(EngineOutput.Committed committed)
    {
        if (committed.After.Height > Newest.Height) Newest = committed.After;
    }

    /// <summary>Whether a key is one of those that may fail.</summary>
    public bool IsFailing(Address key) => Ring.OwnerOf(key) is { } owner && (Cast.Byzantine.Contains(owner) || Cast.Spoilt.Contains(owner));

    /// <summary>Whether a set leaves less than a third to those who fail, and more than two thirds to the core once there is one.</summary>
    public bool CanBear(ValidatorSet set) =>
        3 * PowerIn(set, IsFailing) < set.TotalPower && (_core is not { } core || 3 * PowerIn(set, key => Ring.OwnerOf(key) is { } owner && core.Contains(owner)) > 2 * set.TotalPower);

    /// <summary>Whether faults may befall a node: all of them until the core is healed, then those outside.</summary>
    public bool MayCrash(SimulatedNode node) => _core is null || !_core.Contains(node.Index);

    private Tally Done()
    {
        var done = new Tally();
        done.AddAll(Checkers.OfType<EventTally>().Single().Counts);
        if (Checkers.OfType<ValidityChecker>().SingleOrDefault() is { TermLed: > 0 and var led }) done.Add("blocks_led_by_terms", led);
        if (Checkers.OfType<PunishmentChecker>().SingleOrDefault() is { DueAfterRestart: > 0 and var due }) done.Add("evidence_due_after_restart", due);
        foreach (var training in Checkers.OfType<TrainingChecker>()) done.AddAll(training.Found);
        if (Forks is not { } forks) return done;
        done.Add("runs_that_may_fork");
        done.AddAll(forks.Findings);
        return done;
    }

    private static ulong PowerIn(ValidatorSet set, Predicate<Address> counts) =>
        set.Validators.Where(validator => counts(validator.Address)).Aggregate(0UL, (sum, validator) => sum + validator.Power);

    private static string LoadsOf(SimulationOptions options) =>
        string.Join('+', new[] { options.Governs ? "governance" : "", options.Trains ? "training" : "", options.Seals ? "sealed" : "", options is { Trains: true, Evaluator: EvaluatorKind.Real } ? "real-evaluator" : "", options.ManyByzantine ? "many-liars" : "" }.Where(name => name.Length > 0));

    private string BehavioursPlayed()
    {
        var played = Hosts.SelectMany(host => host.Node.Accomplice?.Behaviours ?? []).Select(behaviour => behaviour.Name);
        if (Hosts.Exists(host => host.Node.IsTwin)) played = played.Append(Twins);
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
            Accomplice = isByzantine ? new Accomplice(key, GenesisHash, Stream($"byzantine {index}"), Behaviour.Draw(Stream(Options.ManyByzantine ? "behaviours" : $"behaviours {index}"), Options)) : null,
        };
        Ring.Add(key, index);
        var host = new SimulatedHost(this, node, new CrashPlan(Stream($"crashes {index}"), Options), _clockDraw.NextBelow(Options.TurnDelayMaxMs + 1));
        if (Options.Trains && !isTwin) host.Agent = new TrainingAgent(this, host, Stream($"agent {index}")) { Sealed = SealedDutiesOf(host) };
        Hosts.Add(host);
        _byAddress.Add(node.Address, host);
    }

    private ITraining TrainingOf(GenesisTask task, IReadOnlyList<PrivateKey> trainers, SealedShelf? shelf) =>
        Options.Evaluator == EvaluatorKind.Real ? new RealTraining(task, trainers) : new SimulatedTraining(task, trainers, shelf);

    // The first of them, who has a seat in every set, shows its keys when it likes.
    private ImmutableArray<SimulatedCustodian> CustodiansOf(SimulatedGenesis beginning)
    {
        var whims = Stream("whims").NextHash();
        return [.. beginning.Sealers.Skip(1).Select((key, i) => new SimulatedCustodian(key, i == 0 ? whims : null))];
    }

    private SealedDuties? SealedDutiesOf(SimulatedHost host) =>
        _shelf is null ? null : new SealedDuties(this, host, _shelf, [.. _custodians.Where((_, i) => i % Keys.Count == host.Node.Index)]);

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
            Faults.Add("clock_jumps");
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
        var core = new HashSet<int>();
        var sets = Hosts.Select(host => host.Node.Engine?.State).OfType<LedgerState>().Append(Newest).SelectMany(state => GovernanceLoad.SetsFrom(state, _governance)).Distinct().ToList();
        if (!Options.Governs) sets.Add(Genesis.ValidatorSet());
        while (sound.Count > 0 && (!Options.HealsCoreOnly || Options.ManyByzantine || !sets.TrueForAll(set => 3 * PowerIn(set, key => core.Contains(Ring.OwnerOf(key)!.Value)) > 2 * set.TotalPower)))
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
