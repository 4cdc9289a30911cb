using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>One machine: its disks, its clock, and the production engine while its process lives. A crash throws the engine away.</summary>
public sealed class SimulatedNode
{
    private readonly GenesisDocument _genesis;
    private readonly EngineSettings _settings;
    private readonly FaultyStore _store = new(ChainStore.Columns);
    private readonly HashSet<Height> _rekeyedAt = [];
    private Wal? _wal;
    private FileSigner? _signer;

    /// <param name="index">Its number in the cluster.</param>
    /// <param name="genesis">The chain's.</param>
    /// <param name="key">The validator's key; two machines with one key are twins.</param>
    /// <param name="settings">With the address by which other nodes know this one.</param>
    /// <param name="clock">What it believes the time to be.</param>
    public SimulatedNode(int index, GenesisDocument genesis, PrivateKey key, EngineSettings settings, NodeClock clock)
    {
        Index = index;
        Key = key;
        Clock = clock;
        _genesis = genesis;
        _settings = settings;
        Chain = new ChainStore(_store);
        Chain.Initialize(LedgerState.FromGenesis(genesis));
    }

    public int Index { get; }

    public PrivateKey Key { get; private set; }

    /// <summary>Heights whose logs begin with one key and go on with another: a replay has but one.</summary>
    public IReadOnlySet<Height> RekeyedAt => _rekeyedAt;

    /// <summary>Its address as a node; the validator's is that of <see cref="Key"/>.</summary>
    public Address Address => _settings.Node!.Value;

    public NodeClock Clock { get; }

    public MemoryFolder Folder { get; } = new();

    public ChainStore Chain { get; private set; }

    /// <summary>What is behind <see cref="Chain"/>.</summary>
    public FaultyStore Store => _store;

    public Engine? Engine { get; private set; }

    /// <summary>Counts starts, so that timers and answers for an earlier life are known as such.</summary>
    public int Life { get; private set; }

    /// <summary>What it does against the rules; null for an honest node.</summary>
    public Accomplice? Accomplice { get; init; }

    /// <summary>Whether another machine has the same key.</summary>
    public bool IsTwin { get; init; }

    /// <summary>Whether the run may spoil sectors of its disk: then it is one of those whose failure the others must bear.</summary>
    public bool MayBeHarmed { get; init; }

    /// <summary>A sector of its disk was spoilt: its signer may have forgotten, and nothing that it signs is held against it.</summary>
    public bool IsHarmed { get; set; }

    /// <summary>Follows the rules, whatever befalls it.</summary>
    public bool IsHonest => Accomplice is null && !IsTwin;

    /// <summary>Honest, and with a disk that one can count on.</summary>
    public bool IsSound => IsHonest && !IsHarmed;

    public bool IsUp => Engine is not null;

    /// <summary>The last round in which its signer signed anything.</summary>
    public (Height Height, Round Round) SignedIn => _signer is { State: var state } ? (state.Height, state.Round) : default;

    /// <summary>Begins a life. The engine may fail to start: then there is none.</summary>
    /// <param name="now">Its clock.</param>
    /// <param name="commits">How blocks are stored.</param>
    /// <exception cref="OperatorException">The signer's memory is harmed.</exception>
    public void Start(Timestamp now, Func<ChainStore, IBlockCommits> commits)
    {
        _store.Open();
        Chain = new ChainStore(_store);
        var marked = LedgerMark.TryDecode(Chain.Mark, out var mark);
        Invariant.Check(marked, "a node begins with the state of genesis at least");
        var loaded = LedgerState.TryLoad(_genesis, mark!, Chain.StateRecords, out var state);
        Invariant.Check(loaded, "a stored state has the root that its mark says");
        Life++;
        _wal = new Wal(Folder);
        _signer = new FileSigner(Key, Folder);
        var engine = new Engine(state!, Chain, commits(Chain), _wal, IsHonest ? _signer : new HeedlessSigner(_signer), new Mempool(), _settings);
        engine.Start(now);
        Engine = engine;
    }

    /// <summary>The machine dies inside one of the next changes to its disk.</summary>
    public void CrashSoon(SeededStream draw)
    {
        var (stream, after) = (new SeededStream(draw.NextUInt64()), draw.NextBelow(7));
        if (draw.NextChance(1, 4)) _store.CrashAfter(after / 4, stream);
        else Folder.CrashAfter((long)after, stream);
    }

    /// <summary>The machine is gone, and with it whatever its disks had not confirmed.</summary>
    public void Crash(SeededStream draw)
    {
        End();
        Folder.Crash(draw);
        _store.Crash(draw);
    }

    /// <summary>The process is gone, and with it what it had not written.</summary>
    public void Kill()
    {
        End();
        Folder.Kill();
    }

    /// <summary>The operator puts another key in, while the process is down, and moves the old one's memory away.</summary>
    /// <param name="key">From the next start on.</param>
    /// <param name="height">The one that was in progress.</param>
    public void Rekey(PrivateKey key, Height height)
    {
        Invariant.Check(!IsUp, "a key is changed while the process is down");
        Key = key;
        _rekeyedAt.Add(height);
        Folder.Delete("signer-state");
    }

    /// <summary>No crash is to come that was planned and has not come.</summary>
    public void Disarm()
    {
        Folder.Disarm();
        _store.Disarm();
    }

    private void End()
    {
        Engine = null;
        _wal?.Dispose();
        _signer?.Dispose();
        (_wal, _signer) = (null, null);
        _store.Disarm();
    }
}
