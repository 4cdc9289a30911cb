using System.Collections.Immutable;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>
/// Four validators, two of which lie: they show X one block of height 2 and Y another, and vote for both. X and Y are whole nodes with homes on the
/// disk; what the liars say is the test's. Height 1 is the same in both, and so each has height 3 of its own.
/// </summary>
internal sealed class ForkedHomes : IDisposable
{
    private const ulong Epoch = 1_700_000_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;
    private readonly GenesisDocument _genesis;
    private readonly PrivateKey[] _keys;
    private readonly PrivateKey[] _liars;

    /// <param name="inOneRound">Whether both blocks are decided in round 0; else Y's is in round 1, where the liars forget their lock.</param>
    public ForkedHomes(bool inOneRound)
    {
        _keys = [.. Enumerable.Range(0, 4).Select(i => TrainedChain.Key(5_000 + i))];
        _genesis = new GenesisDocument { ChainName = "forked", TimeMs = Epoch, Validators = [.. _keys.Select(key => new GenesisValidator(key.Address, key.Address, 1))] };
        var genesis = LedgerState.FromGenesis(_genesis);
        var first = Build(genesis, Round.Zero, 900, null);
        var after = first.Result.Next;
        // Both blocks are the liars' own: they lead the two rounds.
        _liars = [KeyOf(after.Next.Schedule.Leader(Round.Zero)), KeyOf(after.Next.Schedule.Leader(new Round(1)))];
        var honest = _keys.Except(_liars).ToArray();
        var commit = Commit(first.Block, Round.Zero, _keys.Take(3));
        var (a, b) = (Build(after, Round.Zero, 1_900, commit), Build(after, inOneRound ? Round.Zero : new Round(1), 1_901, commit));
        (BlockOfX, BlockOfY) = (a.Block.Hash, b.Block.Hash);
        Run(X, honest[0], first.Block, commit, a);
        Run(Y, honest[1], first.Block, commit, b);
    }

    public string X => Path.Combine(_folder, "x");

    public string Y => Path.Combine(_folder, "y");

    public BlockHash BlockOfX { get; }

    public BlockHash BlockOfY { get; }

    /// <summary>The keys that lied, ascending.</summary>
    public IEnumerable<Address> Liars => _liars.Select(key => key.Address).Order();

    public string PathOf(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A whole node's life of three heights.
    private void Run(string path, PrivateKey key, Block first, CommitCertificate commit, ValidatedBlock second)
    {
        var home = new NodeHome(path);
        foreach (var folder in new[] { home.StoreFolder, home.WalFolder, home.SignerFolder }) Directory.CreateDirectory(folder);
        File.WriteAllBytes(home.GenesisFile, _genesis.ToJson());
        using var store = RocksStore.Open(home.StoreFolder, ChainStore.Columns);
        using var wal = new Wal(new DiskFolder(home.WalFolder));
        using var signer = new FileSigner(key, new DiskFolder(home.SignerFolder));
        var chain = new ChainStore(store);
        var state = LedgerState.FromGenesis(_genesis);
        chain.Initialize(state);
        var engine = new Engine(state, chain, new DirectCommits(chain), wal, signer, new Mempool(), new EngineSettings());
        var own = new List<SignedVote>();
        engine.Start(TimeOf(0));
        foreach (var liar in _liars) Tell(new EngineInput.MessageArrived(liar.Address, new PeerMessage.StatusMessage(Height.Genesis)));
        CatchUp(first, commit);

        Tell(new EngineInput.TimerElapsed(new EngineTimer.StartHeight(new Height(2))));
        var (block, round) = (second.Block, second.Block.Header.BuiltRound);
        if (round > Round.Zero) Hear(_liars.Select(liar => (PeerMessage)new PeerMessage.VoteMessage(Sign(new Prevote(block.Height, round, block.Hash, null), liar)))); // there they are: it follows
        var proposal = new Proposal(block.Height, round, block.Hash, null);
        Hear([new PeerMessage.ProposalMessage(new SignedProposal(proposal, block.Header.Author, KeyOf(block.Header.Author).Sign(proposal.Digest(_genesis.Hash))), CompactBlock.Of(block))]);
        Hear(_liars.Select(liar => (PeerMessage)new PeerMessage.VoteMessage(Sign(new Prevote(block.Height, round, block.Hash, null), liar))));
        Hear(_liars.Select(liar => (PeerMessage)new PeerMessage.VoteMessage(Sign(new Precommit(block.Height, round, block.Ref), liar))));
        Invariant.Check(engine.State.LastBlock.Hash == block.Hash, "two liars and one whom they deceive are more than two thirds");

        var last = Build(engine.State, Round.Zero, 2_900, chain.Get(new Height(2))!.Certificate).Block;
        CatchUp(last, Commit(last, Round.Zero, [.. _liars, key]));
        Invariant.Check(engine.State.Height == new Height(3), "each side goes on");

        void CatchUp(Block decided, CommitCertificate certificate)
        {
            var asked = Tell(new EngineInput.MessageArrived(_liars[0].Address, new PeerMessage.CommitMessage(certificate))).OfType<EngineOutput.FetchBlocks>().Single();
            Tell(new EngineInput.BlocksArrived(asked.Peer, asked.Attempt, [new FetchedBlock(decided.Bytes, certificate.Encode())]));
        }

        void Hear(IEnumerable<PeerMessage> messages)
        {
            foreach (var message in messages.ToList()) Tell(new EngineInput.MessageArrived(_liars[0].Address, message));
        }

        IReadOnlyList<EngineOutput> Tell(EngineInput input)
        {
            engine.Handle(input, TimeOf(2_000));
            var outputs = engine.EndTurn();
            foreach (var output in outputs) Invariant.Check(output is not (EngineOutput.Refused or EngineOutput.SignerRefused), $"all goes as it is told: {output}");
            return outputs;
        }
    }

    private static ValidatedBlock Build(LedgerState state, Round round, ulong at, CommitCertificate? lastCommit) =>
        BlockBuilder.Build(state, new BlockTemplate { Author = state.Next.Schedule.Leader(round), BuiltRound = round, Time = TimeOf(at), LastCommit = lastCommit }, []);

    private CommitCertificate Commit(Block block, Round round, IEnumerable<PrivateKey> by)
    {
        var (set, precommit) = (_genesis.ValidatorSet(), new Precommit(block.Height, round, block.Ref));
        var signatures = by.Select(key => new IndexedSignature((ushort)set.Validators.Index().Single(v => v.Item.Address == key.Address).Index, Sign(precommit, key).Signature));
        return new CommitCertificate(block.Height, round, block.Ref, [.. signatures.OrderBy(s => s.Index)]);
    }

    private SignedVote Sign(Vote vote, PrivateKey key) => new(vote, key.Address, key.Sign(vote.Digest(_genesis.Hash)));

    private PrivateKey KeyOf(Address address) => _keys.Single(key => key.Address == address);

    private static Timestamp TimeOf(ulong at) => new(Epoch + at);
}
