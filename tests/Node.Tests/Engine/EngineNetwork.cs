using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>
/// Engines in one thread without consensus (they are observers): messages are delivered in rounds, timers run when a test says so. Counts
/// what reaches whom.
/// </summary>
internal sealed class EngineNetwork : IDisposable
{
    private readonly List<TestNode> _nodes = [];
    private readonly HashSet<(Address From, Address To)> _cut = [];
    private readonly Queue<(Address From, Address To, PeerMessage Message)> _carried = [];
    private readonly GenesisDocument _genesis;
    private readonly PrivateKey[] _holders = [.. Enumerable.Range(0, 40).Select(i => PrivateKey.FromSeed(new SeededStream((ulong)(900 + i)).NextHash()))];
    private int _loseNext;

    public EngineNetwork(int nodes)
    {
        var validator = PrivateKey.FromSeed(new SeededStream(899).NextHash());
        _genesis = new GenesisDocument
        {
            ChainName = "gossip",
            TimeMs = 1_700_000_000_000,
            Validators = [new GenesisValidator(validator.Address, validator.Address, 1)],
            Allocations = [.. _holders.Select(holder => new GenesisAllocation(holder.Address, Amount.FromNtk(1_000)))],
        };
        for (var i = 0; i < nodes; i++) _nodes.Add(new TestNode(_genesis, PrivateKey.FromSeed(new SeededStream((ulong)(800 + i)).NextHash()).Address));
        _nodes.Sort((a, b) => a.Address.CompareTo(b.Address));
    }

    /// <summary>Ascending by address.</summary>
    public IReadOnlyList<TestNode> Nodes => _nodes;

    public void Connect(int a, int b)
    {
        Heal(a, b);
        Tell(_nodes[a], new EngineInput.PeerConnected(_nodes[b].Address));
        Tell(_nodes[b], new EngineInput.PeerConnected(_nodes[a].Address));
        Settle();
    }

    public void ConnectAll()
    {
        for (var a = 0; a < _nodes.Count; a++)
            for (var b = a + 1; b < _nodes.Count; b++)
                Connect(a, b);
    }

    /// <param name="a">One end.</param>
    /// <param name="b">The other.</param>
    /// <param name="noticed">Whether the ends know of it.</param>
    public void Cut(int a, int b, bool noticed = true)
    {
        _cut.Add((_nodes[a].Address, _nodes[b].Address));
        _cut.Add((_nodes[b].Address, _nodes[a].Address));
        if (!noticed) return;
        Tell(_nodes[a], new EngineInput.PeerDisconnected(_nodes[b].Address));
        Tell(_nodes[b], new EngineInput.PeerDisconnected(_nodes[a].Address));
        Settle();
    }

    /// <summary>Ends a cut that nobody noticed.</summary>
    public void Heal(int a, int b)
    {
        _cut.Remove((_nodes[a].Address, _nodes[b].Address));
        _cut.Remove((_nodes[b].Address, _nodes[a].Address));
    }

    public void LoseNext(int messages) => _loseNext = messages;

    /// <summary>A transfer of holder number <paramref name="number"/> modulo 40, with the nonce that follows.</summary>
    public Transaction Transfer(int number)
    {
        var body = new TransactionBody
        {
            Genesis = ByteString.CopyFrom(_genesis.Hash.Value.ToArray()),
            Nonce = (ulong)(number / _holders.Length),
            Fee = ByteString.CopyFrom(_genesis.Parameters.FeeMin.ToArray()),
            Transfer = new Transfer { To = ByteString.CopyFrom(_holders[0].Address.ToArray()), Amount = ByteString.CopyFrom(new Amount(1).ToArray()) },
        };
        return Transaction.Sign(body, _holders[number % _holders.Length]);
    }

    public void Submit(int node, Transaction transaction)
    {
        Assert.Equal(MempoolRejection.None, _nodes[node].Engine.Submit(transaction));
        EndTurn(_nodes[node]);
    }

    /// <summary>Lets the pause pass in which transactions wait for others, and delivers everything.</summary>
    public void Flush()
    {
        foreach (var node in _nodes)
        {
            if (!node.IsGossipTimed) continue;
            node.IsGossipTimed = false;
            Tell(node, new EngineInput.TimerElapsed(new EngineTimer.Gossip()));
        }

        Settle();
    }

    /// <summary>About a second passes.</summary>
    public void Tick()
    {
        foreach (var node in _nodes) Tell(node, new EngineInput.TimerElapsed(new EngineTimer.Rebroadcast()));
        Settle();
        Flush();
    }

    /// <summary>The same for one of them alone: the others announce nothing.</summary>
    public void TickOf(int node)
    {
        Tell(_nodes[node], new EngineInput.TimerElapsed(new EngineTimer.Rebroadcast()));
        Settle();
        Flush();
    }

    public void Deliver(Address from, TestNode to, PeerMessage message)
    {
        var bytes = message.Encode();
        Assert.True(PeerMessage.TryDecode(bytes, out var decoded));
        if (decoded is not PeerMessage.TransactionsMessage transactions)
        {
            Tell(to, new EngineInput.MessageArrived(from, decoded));
            return;
        }

        to.Messages++;
        foreach (var transaction in transactions.Transactions) to.ReceivedBytes += transaction.Length;
        Tell(to, to.Intake.TakeAll(from, transactions));
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    private void Settle()
    {
        while (_carried.TryDequeue(out var carried))
        {
            if (_cut.Contains((carried.From, carried.To))) continue;
            if (carried.Message is PeerMessage.TransactionsMessage && _loseNext-- > 0) continue;
            Deliver(carried.From, _nodes.Single(node => node.Address == carried.To), carried.Message);
        }
    }

    private void Tell(TestNode node, EngineInput input)
    {
        node.Engine.Handle(input, new Timestamp(_genesis.TimeMs + 1));
        EndTurn(node);
    }

    private void EndTurn(TestNode node)
    {
        foreach (var output in node.Engine.EndTurn())
        {
            switch (output)
            {
                case EngineOutput.SetTimer { Timer: EngineTimer.Gossip }:
                    node.IsGossipTimed = true;
                    break;
                case EngineOutput.Refused refused:
                    node.Refused.Add(refused.Reason);
                    break;
                case EngineOutput.Send { Peer: { } peer, Message.IsGossip: true } send:
                    _carried.Enqueue((node.Address, peer, send.Message));
                    break;
            }
        }
    }

    internal sealed class TestNode : IDisposable
    {
        private readonly Wal _wal = new(new MemoryFolder());

        public TestNode(GenesisDocument genesis, Address address)
        {
            Address = address;
            var chain = new ChainStore(new MemoryStore(ChainStore.Columns));
            var state = LedgerState.FromGenesis(genesis);
            chain.Initialize(state);
            Intake = new TransactionIntake(state.GenesisHash);
            Engine = new Engine(state, chain, new DirectCommits(chain), _wal, null, new Mempool(), new EngineSettings { Node = address });
            Engine.Start(new Timestamp(genesis.TimeMs));
            _ = Engine.EndTurn();
        }

        public Address Address { get; }

        public Engine Engine { get; }

        public TransactionIntake Intake { get; }

        public List<string> Refused { get; } = [];

        public bool IsGossipTimed { get; set; }

        /// <summary>Bytes of transactions that came from peers, repeats included.</summary>
        public long ReceivedBytes { get; set; }

        /// <summary>Messages with transactions that came from peers.</summary>
        public int Messages { get; set; }

        public void Dispose() => _wal.Dispose();
    }
}
