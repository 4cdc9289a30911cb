using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>
/// Validators in one thread and virtual time, each with a clock that is off by its own amount. Every message arrives, after the same delay: what
/// goes wrong is the clocks alone.
/// </summary>
internal sealed class ValidatorNetwork : IDisposable
{
    private const ulong Epoch = 1_700_000_000_000;
    private const ulong DelayMs = 20;

    private readonly PriorityQueue<Action, (ulong At, ulong Number)> _events = new();
    private readonly List<Node> _nodes = [];
    private readonly SortedDictionary<Height, Decision> _decisions = [];
    private ulong _now;
    private ulong _number;

    /// <param name="offsets">Of each validator's clock, in milliseconds.</param>
    public ValidatorNetwork(params long[] offsets)
    {
        var keys = Enumerable.Range(0, offsets.Length).Select(i => TrainedChain.Key(4_000 + i)).ToArray();
        var genesis = new GenesisDocument
        {
            ChainName = "clocks",
            TimeMs = Epoch - 60_000,
            Validators = [.. keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))],
        };
        foreach (var (key, offset) in keys.Zip(offsets)) _nodes.Add(new Node(genesis, key, offset));
        foreach (var node in _nodes) node.Engine.Start(ClockOf(node));
        foreach (var node in _nodes)
            foreach (var other in _nodes.Where(other => other != node))
                node.Engine.Handle(new EngineInput.PeerConnected(other.Address), ClockOf(node));
        foreach (var node in _nodes) EndTurn(node);
    }

    /// <summary>The first decision of every height.</summary>
    public IEnumerable<Decision> Decisions => _decisions.Values;

    public Address AddressOf(int node) => _nodes[node].Address;

    public Height HeightOf(int node) => _nodes[node].Engine.State.Height;

    /// <summary>Fresh proposals that the node found untimely.</summary>
    public IReadOnlyList<EngineOutput.UntimelyProposal> UntimelyAt(int node) => _nodes[node].Untimely;

    public void RunFor(ulong milliseconds)
    {
        var end = _now + milliseconds;
        while (_events.TryPeek(out var act, out var due) && due.At <= end)
        {
            _events.Dequeue();
            _now = due.At;
            act();
        }

        _now = end;
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    private void After(ulong milliseconds, Action act) => _events.Enqueue(act, (_now + milliseconds, _number++));

    private void Turn(Node node, EngineInput input)
    {
        node.Engine.Handle(input, ClockOf(node));
        EndTurn(node);
    }

    private void EndTurn(Node node)
    {
        foreach (var output in node.Engine.EndTurn())
        {
            switch (output)
            {
                case EngineOutput.Send send:
                    foreach (var other in _nodes.Where(other => other != node && (send.Peer is null || send.Peer == other.Address)))
                        After(DelayMs, () => Turn(other, new EngineInput.MessageArrived(node.Address, send.Message)));
                    break;
                case EngineOutput.SetTimer set:
                    After((ulong)set.After.TotalMilliseconds, () => Turn(node, new EngineInput.TimerElapsed(set.Timer)));
                    break;
                case EngineOutput.FetchBlocks fetch:
                    After(2 * DelayMs, () => Turn(node, new EngineInput.BlocksArrived(fetch.Peer, fetch.Attempt, BlocksOf(fetch))));
                    break;
                case EngineOutput.Committed committed:
                    var block = committed.Block.Block;
                    _decisions.TryAdd(block.Height, new Decision(block.Header, committed.Block.Certificate.Round, new Timestamp(Epoch + _now)));
                    Assert.Equal(_decisions[block.Height].Header, block.Header);
                    break;
                case EngineOutput.UntimelyProposal untimely:
                    node.Untimely.Add(untimely);
                    break;
                case EngineOutput.Refused or EngineOutput.SignerRefused or EngineOutput.FoundEvidence:
                    Assert.Fail($"everybody is honest: {output}");
                    break;
            }
        }
    }

    private List<FetchedBlock> BlocksOf(EngineOutput.FetchBlocks fetch)
    {
        var (blocks, chain) = (new List<FetchedBlock>(), _nodes.Single(node => node.Address == fetch.Peer).Chain);
        for (var height = fetch.From; height <= fetch.To && chain.Get(height) is { } committed; height = height.Next())
            blocks.Add(new FetchedBlock(committed.Block.Bytes, committed.Certificate.Encode()));
        return blocks;
    }

    private Timestamp ClockOf(Node node) => new((ulong)((long)(Epoch + _now) + node.Offset));

    /// <summary>A decided block.</summary>
    /// <param name="Header">Its header.</param>
    /// <param name="Round">The round that decided it.</param>
    /// <param name="At">The true time when the first validator decided it.</param>
    public sealed record Decision(Header Header, Round Round, Timestamp At);

    private sealed class Node : IDisposable
    {
        private readonly Wal _wal = new(new MemoryFolder());
        private readonly FileSigner _signer;

        public Node(GenesisDocument genesis, PrivateKey key, long offset)
        {
            Offset = offset;
            _signer = new FileSigner(key, new MemoryFolder());
            var state = LedgerState.FromGenesis(genesis);
            Chain.Initialize(state);
            Engine = new Engine(state, Chain, new DirectCommits(Chain), _wal, _signer, new Mempool(), new EngineSettings());
        }

        public Address Address => _signer.Address;

        public long Offset { get; }

        public ChainStore Chain { get; } = new(new MemoryStore(ChainStore.Columns));

        public Engine Engine { get; }

        public List<EngineOutput.UntimelyProposal> Untimely { get; } = [];

        public void Dispose()
        {
            _wal.Dispose();
            _signer.Dispose();
        }
    }
}
