using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Ledger.Tests;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>The agents of four validators on a chain in memory: after every block each looks at what is due, and the next block has what was sent.</summary>
internal sealed class AgentWorld
{
    private readonly List<BridgeAgent> _agents;
    private readonly Mempool _mempool = new();

    public AgentWorld()
    {
        Findings = [.. World.Chain.ValidatorKeys.Select(_ => new PaperFindings(BridgeWorld.Bridge))];
        _agents = [.. World.Chain.ValidatorKeys.Select((key, i) => NewAgent(i))];
    }

    public BridgeWorld World { get; } = new(deployed: false);

    public LedgerState State => World.Chain.State;

    public BridgeStatus Status => World.Status;

    /// <summary>Of each validator.</summary>
    public IReadOnlyList<PaperFindings> Findings { get; }

    /// <summary>Validators whose agents do nothing.</summary>
    public HashSet<int> Away { get; } = [];

    /// <summary>All that was sent so far, with who sent it.</summary>
    public List<Transaction> Sent { get; } = [];

    /// <summary>All see the block and that it is final.</summary>
    public FakeBlock Scan(FakeBlock block)
    {
        foreach (var findings in Findings) findings.Scan(block);
        return block;
    }

    public FakeBlock Beat()
    {
        var block = World.Ethereum.Mine();
        foreach (var findings in Findings) findings.Beat(block);
        return block;
    }

    /// <summary>The vault is deployed, and the chain knows it.</summary>
    public async Task<AgentWorld> DeployedAsync()
    {
        World.Ethereum.Deploy(World.Chain.GenesisHash.Value, World.Chain.Genesis.ValidatorSet().Root);
        Scan(World.Ethereum.Mine());
        await StepAsync(12);
        Assert.Equal(1UL, Status.Nonce);
        Sent.Clear();
        return this;
    }

    /// <summary>So many blocks, each with what the agents sent after the one before.</summary>
    public async Task StepAsync(int blocks = 1)
    {
        for (var i = 0; i < blocks; i++)
        {
            for (var agent = 0; agent < _agents.Count; agent++)
                if (!Away.Contains(agent))
                    await _agents[agent].WorkAsync(State);
            World.Chain.Step([.. _mempool.Candidates(State)]);
            _mempool.OnBlock(State, [.. World.Chain.LastBlock.Transactions]);
        }
    }

    /// <summary>Numbers of the blocks that a validator attested.</summary>
    public IEnumerable<ulong> AttestedBy(int validator) =>
        SentBy(validator).Where(transaction => transaction.Kind == TransactionBody.MessageOneofCase.BridgeAttestation).SelectMany(transaction => transaction.Body.BridgeAttestation.Blocks.Select(block => block.Number));

    public IEnumerable<BridgeEvidence> Brought(BridgeEvidence.ProofOneofCase proof) =>
        Sent.Where(transaction => transaction.Kind == TransactionBody.MessageOneofCase.BridgeRelay && transaction.Body.BridgeRelay.ProofCase == proof).Select(transaction => transaction.Body.BridgeRelay);

    public IEnumerable<Transaction> SentBy(int validator) => Sent.Where(transaction => transaction.Sender == World.Chain.ValidatorKeys[validator].Address);

    private BridgeAgent NewAgent(int validator) => new(
        () => throw new InvalidOperationException("a test tells when to look"),
        new BlockSignal(Height.Genesis),
        new KeySigner(World.Chain.ValidatorKeys[validator]),
        Findings[validator],
        new OpenTransferIndex(height => World.Chain.Blocks[(int)height.Value - 1].Result.Events),
        transaction =>
        {
            Sent.Add(transaction);
            return Task.FromResult(_mempool.TryAdd(transaction, State));
        },
        NullLogger.Instance);

    /// <summary>Signs what is no vote, as any signer does.</summary>
    private sealed class KeySigner(PrivateKey key) : ISigner
    {
        public Address Address => key.Address;

        public SignerState State => throw new InvalidOperationException("it votes on nothing");

        public Signature? TrySign(SignRequest request, out SignRefusal refusal) => throw new InvalidOperationException("it votes on nothing");

        public Signature SignTagged(TaggedContent content) => key.Sign(content.Digest);
    }
}
