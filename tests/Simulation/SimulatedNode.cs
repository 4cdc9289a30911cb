using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Simulation;

/// <summary>One validator: the production engine over a disk that keeps only what was flushed. A crash throws the engine away.</summary>
public sealed class SimulatedNode
{
    private readonly GenesisDocument _genesis;
    private readonly MemoryStore _store = new(ChainStore.Columns);
    private readonly MemoryFolder _folder = new();
    private readonly PrivateKey _key;
    private Wal? _wal;
    private FileSigner? _signer;

    public SimulatedNode(GenesisDocument genesis, PrivateKey key, ulong clockSkew)
    {
        _genesis = genesis;
        _key = key;
        ClockSkew = clockSkew;
        Chain = new ChainStore(_store);
        Chain.Initialize(LedgerState.FromGenesis(genesis));
    }

    public Address Address => _key.Address;

    public ulong ClockSkew { get; }

    public ChainStore Chain { get; }

    public Engine? Engine { get; private set; }

    /// <summary>Counts starts, so that timers of an earlier life are known as such.</summary>
    public int Life { get; private set; }

    public void Start(Timestamp now)
    {
        var marked = LedgerMark.TryDecode(Chain.Mark, out var mark);
        Invariant.Check(marked, "a node begins with the state of genesis at least");
        var loaded = LedgerState.TryLoad(_genesis, mark!, Chain.StateRecords, out var state);
        Invariant.Check(loaded, "a stored state has the root that its mark says");
        Life++;
        _wal = new Wal(_folder);
        _signer = new FileSigner(_key, _folder);
        Engine = new Engine(state!, Chain, new DirectCommits(Chain), _wal, _signer, new Mempool(), new EngineSettings());
        Engine.Start(now);
    }

    /// <summary>The process is gone, and with it whatever the disk had not confirmed.</summary>
    public void Crash(SeededStream draw)
    {
        Engine = null;
        _wal!.Dispose();
        _signer!.Dispose();
        _folder.Crash(draw);
    }
}
