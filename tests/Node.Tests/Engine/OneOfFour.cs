using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>The engine of one validator of four. The keys of the other three are in the hand of the test, which says what they say.</summary>
internal sealed class OneOfFour : IDisposable
{
    /// <summary>Time of genesis; tests give times as milliseconds after it.</summary>
    public const ulong Epoch = 1_700_000_000_000;

    private readonly PrivateKey[] _keys = [.. Enumerable.Range(0, 4).Select(i => TrainedChain.Key(3_000 + i))];
    private readonly PrivateKey _holder = TrainedChain.Key(3_100);
    private readonly GenesisDocument _genesis;
    private readonly PrivateKey _self;
    private readonly MemoryFolder _signerFolder = new();
    private readonly List<EngineOutput> _outputs = [];
    private EngineOutput.FetchBlocks? _asked;
    private FileSigner? _signer;
    private Wal? _wal;
    private Engine? _engine;

    /// <param name="leads">Whether it leads round 0 of height 1; else it leads round 0 of neither of the first two heights.</param>
    public OneOfFour(bool leads)
    {
        _genesis = new GenesisDocument { ChainName = "one of four", TimeMs = Epoch, Validators = [.. _keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))], Allocations = [new GenesisAllocation(_holder.Address, Amount.FromNtk(1_000))] };
        var state = LedgerState.FromGenesis(_genesis);
        var second = BlockOf(state, 1, null).Result.Next.Next.Schedule.Leader(Round.Zero);
        var first = state.Next.Schedule.Leader(Round.Zero);
        _self = leads ? KeyOf(first) : _keys.First(key => key.Address != first && key.Address != second);
    }

    /// <summary>The log of the node; what stands in it when the engine starts is taken up.</summary>
    public MemoryFolder Log { get; } = new();

    /// <summary>What the next life begins with.</summary>
    public EngineSettings Settings { get; set; } = new();

    /// <summary>What stands between the engine and its signer.</summary>
    public Func<ISigner, ISigner> Signer { get; set; } = signer => signer;

    /// <summary>What the engine stores in.</summary>
    public ChainStore Chain { get; private set; } = null!;

    /// <summary>The other three.</summary>
    public IReadOnlyList<PrivateKey> Others => [.. _keys.Where(key => key != _self)];

    public Address Self => _self.Address;

    public Engine Engine => _engine ?? throw new InvalidOperationException("it was not started");

    /// <summary>What the engine asked for since it was last looked at.</summary>
    public IReadOnlyList<EngineOutput> TakeOutputs()
    {
        EngineOutput[] outputs = [.. _outputs];
        _outputs.Clear();
        return outputs;
    }

    /// <summary>What it asked for of one kind; the rest is left.</summary>
    public IReadOnlyList<EngineOutput> TakeOutputs(Predicate<EngineOutput> wanted)
    {
        var outputs = _outputs.FindAll(wanted);
        _outputs.RemoveAll(wanted);
        return outputs;
    }

    /// <summary>Makes the engine, over a store of genesis and the log as it is.</summary>
    public Engine Make()
    {
        Chain = new ChainStore(new MemoryStore(ChainStore.Columns));
        var state = LedgerState.FromGenesis(_genesis);
        Chain.Initialize(state);
        return Make(state);
    }

    /// <summary>The process ends and begins again, with its store and its log.</summary>
    /// <param name="at">When it is up again.</param>
    /// <param name="isOriented">Whether two of the others say at once how far they are, and that is no further.</param>
    public void Restart(long at, bool isOriented = true)
    {
        var state = Engine.State;
        Dispose();
        Make(state).Start(TimeOf(at));
        if (isOriented) Orient(at);
        EndTurn();
    }

    public void Start(long at, bool isOriented = true)
    {
        Make().Start(TimeOf(at));
        if (isOriented) Orient(at);
        EndTurn();
    }

    /// <summary>Two of the others say how far they are: with this one more than two thirds.</summary>
    public void Orient(long at)
    {
        foreach (var other in Others.Take(2)) Engine.Handle(new EngineInput.MessageArrived(other.Address, new PeerMessage.StatusMessage(Engine.State.Height)), TimeOf(at));
    }

    /// <summary>Handles an input in a turn of its own.</summary>
    public void Tell(EngineInput input, long at)
    {
        Engine.Handle(input, TimeOf(at));
        EndTurn();
    }

    public void Tell(PeerMessage message, long at) => Tell(new EngineInput.MessageArrived(_keys.First(key => key != _self).Address, message), at);

    public void Elapse(EngineTimer timer, long at) => Tell(new EngineInput.TimerElapsed(timer), at);

    public void Tell(params IEnumerable<PeerMessage> messages)
    {
        foreach (var message in messages) Tell(message, 1_000);
    }

    /// <summary>A block on top of this node's last one comes from a peer, with its certificate.</summary>
    public void CatchUp(Block block)
    {
        var peer = Others[0].Address;
        Tell(new EngineInput.MessageArrived(peer, new PeerMessage.StatusMessage(block.Height.Next())), 1_000);
        var asked = _asked ?? throw new InvalidOperationException("it asks for no blocks");
        Tell(new EngineInput.BlocksArrived(asked.Peer, asked.Attempt, [new FetchedBlock(block.Bytes, CertificateOf(block).Encode())]), 1_000);
    }

    public SignedVote Sign(Vote vote, PrivateKey key) => new(vote, key.Address, key.Sign(vote.Digest(_genesis.Hash)));

    public SignedVote Sign(Vote vote, int other) => Sign(vote, Others[other]);

    /// <summary>A vote of its own, as its signer would give it.</summary>
    public SignedVote SignAsSelf(Vote vote) => Sign(vote, _self);

    /// <summary>Prevotes of the other three for a block in a round, without validRound.</summary>
    public PolkaCertificate PolkaOf(Block block, uint round = 0)
    {
        var prevote = new Prevote(block.Height, new Round(round), block.Hash, null);
        return new PolkaCertificate(block.Height, new Round(round), null, block.Hash, SignaturesOf(prevote));
    }

    /// <summary>The block of round 0 that the leader builds on this state at that time; nothing is in it.</summary>
    public static ValidatedBlock BlockOf(LedgerState state, long at, CommitCertificate? lastCommit) => BlockOf(state, at, lastCommit, []);

    /// <summary>The same with transactions.</summary>
    public static ValidatedBlock BlockOf(LedgerState state, long at, CommitCertificate? lastCommit, IEnumerable<Transaction> transactions)
    {
        var template = new BlockTemplate { Author = state.Next.Schedule.Leader(Round.Zero), BuiltRound = Round.Zero, Time = TimeOf(at), LastCommit = lastCommit };
        return BlockBuilder.Build(state, template, transactions);
    }

    /// <summary>Transfers of one holder, with nonces from the given one on.</summary>
    public IReadOnlyList<Transaction> Transfers(int count, int from = 0) => [.. Enumerable.Range(from, count).Select(Transfer)];

    /// <summary>One of the others gives its place to another key.</summary>
    public Transaction Rotation(int other, PrivateKey fresh)
    {
        var (old, sequence) = (Others[other], ValidatorRecord.Get(Engine.State, Others[other].Address)!.Sequence);
        var consent = fresh.Sign(KeyRotations.Consent(_genesis.Hash, old.Address, fresh.Address, sequence).Digest);
        var rotation = new KeyRotation { Sequence = sequence, NewAddress = fresh.Address.ToByteString(), Signature = ByteString.CopyFrom(consent.Bytes) };
        return Transaction.Sign(new TransactionBody { Genesis = _genesis.Hash.Value.ToByteString(), ExpiryHeight = 100, KeyRotation = rotation }, old);
    }

    /// <summary>The signed proposal of its author, in the round for which it was built.</summary>
    public SignedProposal Propose(Block block)
    {
        var proposal = new Proposal(block.Height, block.Header.BuiltRound, block.Hash, null);
        return new SignedProposal(proposal, block.Header.Author, KeyOf(block.Header.Author).Sign(proposal.Digest(_genesis.Hash)));
    }

    public PeerMessage.ProposalMessage ProposalOf(Block block) => new(Propose(block), CompactBlock.Of(block));

    /// <summary>Precommits of round 0 by the other three: they decide.</summary>
    public IReadOnlyList<SignedVote> PrecommitsOf(Block block)
    {
        var precommit = new Precommit(block.Height, Round.Zero, block.Ref);
        return [.. _keys.Where(key => key != _self).Select(key => new SignedVote(precommit, key.Address, key.Sign(precommit.Digest(_genesis.Hash))))];
    }

    public CommitCertificate CertificateOf(Block block) =>
        new(block.Height, Round.Zero, block.Ref, SignaturesOf(new Precommit(block.Height, Round.Zero, block.Ref)));

    public static Timestamp TimeOf(long at) => new((ulong)((long)Epoch + at));

    public void Dispose()
    {
        _wal?.Dispose();
        _signer?.Dispose();
    }

    private Engine Make(LedgerState state)
    {
        _wal = new Wal(Log);
        _signer = new FileSigner(_self, _signerFolder);
        return _engine = new Engine(state, Chain, new DirectCommits(Chain), _wal, Signer(_signer), new Mempool(), Settings);
    }

    private ImmutableArray<IndexedSignature> SignaturesOf(Vote vote)
    {
        var validators = LedgerState.FromGenesis(_genesis).Next.Validators;
        var signatures = Others.Select(key => (Found: validators.TryIndexOf(key.Address, out var index), Index: index, Sign(vote, key).Signature));
        return [.. signatures.OrderBy(s => s.Index).Select(s => new IndexedSignature((ushort)s.Index, s.Signature))];
    }

    private Transaction Transfer(int nonce) => Transaction.Sign(
        new TransactionBody
        {
            Genesis = ByteString.CopyFrom(_genesis.Hash.Value.ToArray()),
            Nonce = (ulong)nonce,
            Fee = ByteString.CopyFrom(_genesis.Parameters.FeeMin.ToArray()),
            Transfer = new Transfer { To = ByteString.CopyFrom(_keys[0].Address.ToArray()), Amount = ByteString.CopyFrom(new Amount(1).ToArray()) },
        },
        _holder);

    /// <summary>The turn of what the engine was given directly ends.</summary>
    public void EndTurn()
    {
        var outputs = Engine.EndTurn();
        _asked = outputs.OfType<EngineOutput.FetchBlocks>().LastOrDefault() ?? _asked;
        _outputs.AddRange(outputs);
    }

    private PrivateKey KeyOf(Address address) => _keys.Single(key => key.Address == address);
}
