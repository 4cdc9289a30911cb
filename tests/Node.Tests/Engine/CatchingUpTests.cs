using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>
/// An engine that is behind, among four peers, each the node of one of four equal validators. The test answers what it asks for.
/// </summary>
public sealed class CatchingUpTests : IDisposable
{
    private const ulong Far = 1UL << 60;

    private readonly TransferChain _chain = new();
    private readonly Wal _wal = new(new MemoryFolder());
    private readonly ChainStore _store = new(new MemoryStore(ChainStore.Columns));
    private readonly LateCommits _commits;
    private readonly Engine _engine;
    private readonly List<EngineOutput> _outputs = [];
    private ulong _now = 1_800_000_000_000;

    public CatchingUpTests()
    {
        var state = LedgerState.FromGenesis(TransferChain.Genesis);
        _store.Initialize(state);
        _commits = new LateCommits(_store);
        _engine = new Engine(state, _store, _commits, _wal, null, new Mempool(), new EngineSettings { Node = TrainedChain.Key(1).Address });
        _engine.Start(new Timestamp(_now));
        EndTurn();
    }

    public static TheoryData<string> Lies => ["certificate", "other certificate", "rubbish", "rubbish certificate", "gap", "old", "again"];

    public void Dispose() => _wal.Dispose();

    [Fact]
    public void OneLiarWithAFalseHeightIsAskedAndNotBelieved()
    {
        Claim(0, Far);
        Vote(0, Far);
        Tell(new EngineInput.MessageArrived(TrainedChain.Key(77).Address, new PeerMessage.StatusMessage(new Height(Far)))); // nor is a stranger
        Assert.False(_engine.IsCatchingUp);
        var asked = TakeRequests();
        Assert.NotEmpty(asked);
        Claim(1, 0);
        Claim(2, 1);
        Assert.False(_engine.IsCatchingUp);
        Claim(3, 2);
        Assert.True(_engine.IsCatchingUp); // one of the two is honest: 2 is decided, and what the liar says still is not
        foreach (var request in asked) Tell(new EngineInput.TimerElapsed(new EngineTimer.SyncRetry(request.Attempt)));
        var again = TakeRequests();
        Assert.Equal(NodeOf(3), Assert.Single(again).Peer);
        Answer(again, ChainOf(2));
        Assert.Equal(new Height(2), _engine.State.Height);
        Assert.False(_engine.IsCatchingUp);
    }

    /// <summary>What a validator says, and when the next height begins, is the same whatever one peer claims.</summary>
    [Fact]
    public void OneLiarWithAFalseHeightChangesNothing()
    {
        var honest = Decide(lies: false);
        Assert.Equal(honest, Decide(lies: true));
        Assert.Contains(honest, said => said.StartsWith("start", StringComparison.Ordinal) && !said.EndsWith(" 0", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatWasDecidedIsAskedOfSeveralPeersAtATime()
    {
        var chain = ChainOf(180);
        for (var peer = 0; peer < 3; peer++) Claim(peer, 180);
        var requests = TakeRequests();
        Assert.Equal([(1UL, 50UL), (51, 100), (101, 150)], requests.Select(r => (r.From.Value, r.To.Value)));
        Assert.Equal(3, requests.Select(r => r.Peer).Distinct().Count());
        Answer(requests.AsEnumerable().Reverse(), chain); // the last range first
        Assert.Equal(new Height(150), _engine.State.Height);
        Answer(TakeRequests(), chain);
        Assert.Equal(_chain.State.Root, _engine.State.Root);
        Assert.False(_engine.IsCatchingUp);
        Assert.DoesNotContain(_outputs, output => output is EngineOutput.Refused);
        Assert.Equal(180, _outputs.Count(output => output is EngineOutput.Committed));
    }

    /// <summary>Many blocks come in one turn: who hears of one is told its own state, which knows the validators of its height, and not the last one.</summary>
    [Fact]
    public void EachBlockComesWithTheStateAfterIt()
    {
        var chain = ChainOf(100);
        Claim(0, 100);
        Claim(1, 100);
        foreach (var request in TakeRequests().AsEnumerable().Reverse()) // so that all wait for the first
            _engine.Handle(new EngineInput.BlocksArrived(request.Peer, request.Attempt, [.. chain.Skip((int)request.From.Value - 1).Take(50)]), new Timestamp(++_now));
        _engine.Handle(new EngineInput.TimerElapsed(new EngineTimer.SyncApply()), new Timestamp(++_now));
        var committed = _engine.EndTurn().OfType<EngineOutput.Committed>().ToList();
        Assert.Equal(100, committed.Count);
        Assert.All(committed, one => Assert.Equal(one.Block.Block.Height, one.After.Height));
        Assert.All(committed, one => Assert.Equal(one.Block.Block.Header.ValidatorsRoot, one.After.ContextOf(one.Block.Block.Height).Validators.Root));
    }

    /// <summary>Whoever is shown a state finds its block in the store.</summary>
    [Fact]
    public void AStateIsShownWhenItsBlockIsStored()
    {
        var chain = ChainOf(100);
        Claim(0, 100);
        Claim(1, 100);
        _commits.IsHeldUp = true;
        Answer(TakeRequests()[..1], chain);
        Assert.Equal((new Height(50), Height.Genesis), (_engine.State.Height, _engine.Stored.Height));
        Assert.Null(_store.Get(new Height(50)));
        _commits.Flush();
        EndTurn();
        Assert.Equal(new Height(50), _engine.Stored.Height);
        Assert.NotNull(_store.Get(new Height(50)));
    }

    /// <summary>No height begins, and none is spoken of, while the block that decided it is on its way.</summary>
    [Fact]
    public void AHeightOnTheWayIsNotBegun()
    {
        var chain = ChainOf(60);
        Claim(0, 60);
        Claim(1, 60);
        var requests = TakeRequests();
        _outputs.Clear();
        Answer(requests, chain);
        Assert.Equal(new Height(60), _engine.State.Height);
        Assert.Equal([new EngineTimer.StartHeight(new Height(61))], _outputs.OfType<EngineOutput.SetTimer>().Select(set => set.Timer).OfType<EngineTimer.StartHeight>());
        Assert.Single(_outputs, output => output is EngineOutput.Send { Message: PeerMessage.StatusMessage });
    }

    /// <summary>Three signatures in each certificate, and the same ones in the next block: three checks.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)] // nobody looks ahead: the engine checks what it gets
    public void EachSignatureOfACertificateIsCheckedOnce(bool ahead)
    {
        const int Heights = 100;
        var chain = ChainOf(Heights);
        Claim(0, Heights);
        Claim(1, Heights);
        using var memo = SignatureMemo.Open();
        Answer(TakeRequests(), chain, ahead);
        Assert.Equal(new Height(Heights), _engine.State.Height);
        Assert.Equal(3 * Heights, memo.Recalls + memo.Count);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public void WhoServesWhatIsNotSoIsRefusedAndTheOthersAreAsked(string lie)
    {
        var chain = ChainOf(120);
        for (var peer = 0; peer < 3; peer++) Claim(peer, 120);
        var requests = TakeRequests();
        var liar = requests[0].Peer;
        Answer([requests[0]], Spoil(chain, lie));
        Answer(requests.Skip(1), chain);
        var refused = Assert.Single(_outputs.OfType<EngineOutput.Refused>());
        Assert.Equal(liar, refused.Peer);
        for (var i = 0; i < 10 && TakeRequests() is { Count: > 0 } again; i++)
        {
            Assert.DoesNotContain(again, request => request.Peer == liar);
            Answer(again, chain);
        }

        Assert.Equal(_chain.State.Root, _engine.State.Root);
        Tell(new EngineInput.MessageArrived(liar, new PeerMessage.StatusMessage(new Height(Far))));
        Tell(new EngineInput.TimerElapsed(new EngineTimer.Rebroadcast()));
        Assert.Empty(TakeRequests()); // it is not heard for a while
    }

    [Fact]
    public void APeerThatIsSilentCostsOnePatience()
    {
        var chain = ChainOf(60);
        Claim(0, 60);
        Claim(1, 60);
        var requests = TakeRequests();
        Answer([requests[1]], chain);
        Assert.Equal(Height.Genesis, _engine.State.Height);
        Tell(new EngineInput.TimerElapsed(new EngineTimer.SyncRetry(requests[0].Attempt)));
        Assert.Contains(new EngineOutput.StopFetch(requests[0].Attempt), _outputs);
        Answer(TakeRequests(), chain);
        Assert.Equal(new Height(60), _engine.State.Height);
        Answer([requests[0]], chain); // too late: nothing happens, and nobody is blamed
        Assert.DoesNotContain(_outputs, output => output is EngineOutput.Refused);
    }

    /// <summary>A certificate that holds proves its height, whoever sends it; a block whose certificate nobody checked so far proves nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ACertificateProvesItsHeight(bool isChecked)
    {
        var chain = ChainOf(60);
        Claim(0, 60);
        Tell(new EngineInput.MessageArrived(TrainedChain.Key(77).Address, new PeerMessage.StatusMessage(new Height(60))));
        Assert.False(_engine.IsCatchingUp);
        Answer([TakeRequests()[1]], chain, ahead: isChecked);
        Assert.Equal((Height.Genesis, isChecked), (_engine.State.Height, _engine.IsCatchingUp));
    }

    private static Address NodeOf(int peer) => TransferChain.Genesis.Validators[peer].Node;

    private static List<FetchedBlock> Spoil(List<FetchedBlock> chain, string lie)
    {
        var blocks = chain.ToList();
        switch (lie)
        {
            case "certificate":
                Assert.True(CommitCertificate.TryDecode(blocks[20].Certificate.Span, out var certificate));
                blocks[20] = new FetchedBlock(blocks[20].Block, (certificate with { Signatures = certificate.Signatures[..2] }).Encode());
                break;
            case "other certificate":
                blocks[20] = new FetchedBlock(blocks[20].Block, blocks[19].Certificate);
                break;
            case "rubbish":
                blocks[20] = new FetchedBlock(new byte[] { 1, 2, 3 }, blocks[20].Certificate);
                break;
            case "rubbish certificate":
                blocks[20] = new FetchedBlock(blocks[20].Block, new byte[] { 1, 2, 3 });
                break;
            case "gap":
                blocks.RemoveAt(20);
                break;
            case "old":
                blocks[20] = blocks[2];
                break;
            case "again":
                blocks.Insert(20, blocks[19]);
                break;
        }

        return blocks;
    }

    // What a validator sends, and when it begins, while it decides a height.
    private static List<string> Decide(bool lies)
    {
        using var node = new OneOfFour(leads: false);
        node.Start(0);
        var block = OneOfFour.BlockOf(node.Engine.State, 900, null).Block;
        node.Elapse(new EngineTimer.StartHeight(Height.First), 1_000);
        Lie();
        node.Tell(node.ProposalOf(block), 1_010);
        Lie();
        foreach (var vote in node.PrecommitsOf(block)) node.Tell(new PeerMessage.VoteMessage(vote), 1_020);
        Assert.Equal(Height.First, node.Engine.State.Height);
        Assert.False(node.Engine.IsCatchingUp);
        return [.. node.TakeOutputs().Select(Said).OfType<string>()];

        void Lie()
        {
            if (!lies) return;
            node.Tell(new PeerMessage.StatusMessage(new Height(Far)), 1_005);
            node.Tell(new PeerMessage.VoteMessage(node.PrecommitsOf(block)[0] with { Vote = new Precommit(new Height(Far), Round.Zero, null) }), 1_005);
        }
    }

    private static string? Said(EngineOutput output) => output switch
    {
        EngineOutput.Send send => $"{send.Peer} {Hash256.Sha256(send.Message.Encode())}",
        EngineOutput.SetTimer { Timer: EngineTimer.StartHeight start, After: var after } => $"start {start.Height} after {after.TotalMilliseconds}",
        EngineOutput.Committed committed => $"decided {committed.Block.Block.Hash}",
        EngineOutput.Refused refused => refused.Reason,
        _ => null,
    };

    // So many heights of the chain as they are served, most of them empty.
    private List<FetchedBlock> ChainOf(ulong heights)
    {
        while (_chain.State.Height.Value < heights) _chain.Step();
        var blocks = new List<FetchedBlock>();
        for (var height = Height.First; height.Value <= heights; height = height.Next())
        {
            var (block, certificate) = _chain.Chain.Get(height)!;
            blocks.Add(new FetchedBlock(block.Bytes, certificate.Encode()));
        }

        return blocks;
    }

    private void Claim(int peer, ulong height) => Tell(new EngineInput.MessageArrived(NodeOf(peer), new PeerMessage.StatusMessage(new Height(height))));

    private void Vote(int peer, ulong height)
    {
        var key = TrainedChain.Key(5);
        var vote = new Prevote(new Height(height), Round.Zero, null, null);
        Tell(new EngineInput.MessageArrived(NodeOf(peer), new PeerMessage.VoteMessage(new SignedVote(vote, key.Address, key.Sign(vote.Digest(TransferChain.Genesis.Hash))))));
    }

    private FetchedBlock Prepared(FetchedBlock block) => block.Prepare(TransferChain.Genesis.Hash, _engine.State.Next.Validators);

    // Block by block, as a host hands them over; a list that was spoilt is answered by place.
    private void Answer(IEnumerable<EngineOutput.FetchBlocks> requests, List<FetchedBlock> blocks, bool ahead = true)
    {
        foreach (var request in requests.ToList())
        {
            var range = blocks.Skip((int)request.From.Value - 1).Take((int)(request.To.Value - request.From.Value + 1)).ToList();
            for (var i = 0; i < range.Count; i++)
                Tell(new EngineInput.BlocksArrived(request.Peer, request.Attempt, [ahead ? Prepared(range[i]) : range[i]], More: i + 1 < range.Count));
            if (range.Count == 0) Tell(new EngineInput.BlocksArrived(request.Peer, request.Attempt, []));
        }
    }

    private List<EngineOutput.FetchBlocks> TakeRequests()
    {
        var requests = _outputs.OfType<EngineOutput.FetchBlocks>().ToList();
        _outputs.RemoveAll(output => output is EngineOutput.FetchBlocks);
        return requests;
    }

    private void Tell(EngineInput input)
    {
        _engine.Handle(input, new Timestamp(++_now));
        EndTurn();
        while (_outputs.FirstOrDefault(output => output is EngineOutput.SetTimer { Timer: EngineTimer.SyncApply }) is { } more)
        {
            _outputs.Remove(more);
            _engine.Handle(new EngineInput.TimerElapsed(new EngineTimer.SyncApply()), new Timestamp(++_now));
            EndTurn();
        }
    }

    private void EndTurn() => _outputs.AddRange(_engine.EndTurn());
}
