using Microsoft.Extensions.Logging;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Node;
using NeuroChain.Types.V1;

namespace NeuroChain.Simulation;

/// <summary>
/// A machine's part for sealed hold-outs: its validator's, and that of the custodians who have their nodes there. Both are the production agents, which look at
/// the chain once after each block; whatever they wait for is there at once. A crash throws them away.
/// </summary>
/// <param name="cluster">Of the run.</param>
/// <param name="host">The machine.</param>
/// <param name="shelf">Where the sets are.</param>
/// <param name="custodians">Whose nodes are on this machine.</param>
public sealed class SealedDuties(Cluster cluster, SimulatedHost host, SealedShelf shelf, IReadOnlyList<SimulatedCustodian> custodians)
{
    private readonly ComplainingLogger _logger = new();
    private IReadOnlyList<Func<LedgerState, Task>>? _agents;

    /// <summary>One look after a block.</summary>
    public void Act(LedgerState state)
    {
        foreach (var look in _agents ??= Begin())
        {
            var done = look(state);
            Invariant.Check(done.IsCompleted, "virtual time does not pass while an agent works");
            done.GetAwaiter().GetResult();
        }
    }

    /// <summary>The process is gone, and with it what its agents had in mind.</summary>
    public void Died() => _agents = null;

    private List<Func<LedgerState, Task>> Begin()
    {
        var signal = new BlockSignal(Height.Genesis);
        var agents = new List<Func<LedgerState, Task>>();
        foreach (var custodian in custodians)
            agents.Add(new CustodianAgent(NoView, signal, custodian.Key, [shelf.Supplier.Address], (set, _) => Task.FromResult(Read(set.Blob)), told => Submit(told, custodian), _logger).WorkAsync);
        var check = new SealedSetCheck(Read, (_, _, _) => Task.FromResult<IReadOnlySet<Hash256>?>(new HashSet<Hash256>()));
        agents.Add(new SealedSetAgent(NoView, signal, new KeySigner(host.Node.Key), (set, _) => Task.FromResult(Read(set.Blob) is not null), check, told => Submit(told, null), _logger).WorkAsync);
        return agents;

        static HostView NoView() => throw new System.Diagnostics.UnreachableException(); // who works block by block is given the state
    }

    private byte[]? Read(BlobHash blob) => shelf.Read(blob, host.Node.Index);

    private Task Submit(Transaction told, SimulatedCustodian? custodian)
    {
        if (told.Body.SealedKeyRelease is { TrainingRound: var round } && custodian!.IsSilentIn(round)) cluster.Faults.Add("keys_held_back");
        else cluster.Submit(host, told);
        return Task.CompletedTask;
    }

    private sealed class KeySigner(PrivateKey key) : ISigner
    {
        public Address Address => key.Address;

        public SignerState State => throw new System.Diagnostics.UnreachableException();

        public Signature? TrySign(SignRequest request, out SignRefusal refusal) => throw new System.Diagnostics.UnreachableException();

        public Signature SignTagged(TaggedContent content) => key.Sign(content.Digest);
    }

    // A warning is what a blob that is not to be had brings about; an error would be hidden else, for the agents go on.
    private sealed class ComplainingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) throw new SimulationFailedException($"sealed sets: {formatter(state, exception)}: {exception}");
        }
    }
}

/// <summary>A custodian whose node is on one of the machines.</summary>
/// <param name="Key">Its own, not the validator's: who has shares may not produce.</param>
/// <param name="Whims">By what it shows its keys or not; null for one that always does.</param>
public sealed record SimulatedCustodian(PrivateKey Key, Hash256? Whims)
{
    /// <summary>Whether it keeps its keys to itself in a round, whatever it has drawn.</summary>
    public bool IsSilentIn(ulong trainingRound) =>
        Whims is { } whims && new SeededStream(Hash256.Sha256(new ByteWriter().Hash(whims).UInt64(trainingRound).ToArray())).NextChance(1, 2);
}
