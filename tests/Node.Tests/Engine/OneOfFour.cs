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

    public Engine Engine => _engine ?? throw new InvalidOperationException("it was not started");

    /// <summary>What the engine asked for since it was last looked at.</summary>
    public IReadOnlyList<EngineOutput> TakeOutputs()
    {
        EngineOutput[] outputs = [.. _outputs];
        _outputs.Clear();
        return outputs;
    }

    /// <summary>Makes the engine, over a store of genesis and the log as it is.</summary>
    public Engine Make()
    {
        var chain = new ChainStore(new MemoryStore(ChainStore.Columns));
        var state = LedgerState.FromGenesis(_genesis);
        chain.Initialize(state);
        _wal = new Wal(Log);
        _signer = new FileSigner(_self, _signerFolder);
        return _engine = new Engine(state, chain, new DirectCommits(chain), _wal, _signer, new Mempool(), new EngineSettings());
    }

    public void Start(long at)
    {
        Make().Start(TimeOf(at));
        _outputs.AddRange(Engine.EndTurn());
    }

    /// <summary>Handles an input in a turn of its own.</summary>
    public void Tell(EngineInput input, long at)
    {
        Engine.Handle(input, TimeOf(at));
        _outputs.AddRange(Engine.EndTurn());
    }

    public void Tell(PeerMessage message, long at) => Tell(new EngineInput.MessageArrived(_keys.First(key => key != _self).Address, message), at);

    public void Elapse(EngineTimer timer, long at) => Tell(new EngineInput.TimerElapsed(timer), at);

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

    public CommitCertificate CertificateOf(Block block)
    {
        var validators = LedgerState.FromGenesis(_genesis).Next.Validators;
        var signatures = PrecommitsOf(block).Select(vote => (Found: validators.TryIndexOf(vote.Validator, out var index), Index: index, vote.Signature));
        return new CommitCertificate(block.Height, Round.Zero, block.Ref, [.. signatures.OrderBy(s => s.Index).Select(s => new IndexedSignature((ushort)s.Index, s.Signature))]);
    }

    public static Timestamp TimeOf(long at) => new((ulong)((long)Epoch + at));

    public void Dispose()
    {
        _wal?.Dispose();
        _signer?.Dispose();
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

    private PrivateKey KeyOf(Address address) => _keys.Single(key => key.Address == address);
}
