using Microsoft.Extensions.Logging;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Node.Tests;

/// <summary>From the fault to the chain: what comes late, who leads where another does, forks; kept, reported, counted.</summary>
public sealed class EvidenceFlowTests : IDisposable
{
    private readonly OneOfFour _node = new(leads: false);
    private readonly LedgerState _genesis;
    private readonly Block _block;
    private readonly Block _other;

    public EvidenceFlowTests()
    {
        _node.Start(0);
        _node.Elapse(new EngineTimer.StartHeight(Height.First), 900);
        _genesis = _node.Engine.State;
        _block = OneOfFour.BlockOf(_genesis, 900, null).Block;
        _other = OneOfFour.BlockOf(_genesis, 901, null).Block;
        _node.TakeOutputs();
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void AVoteThatComesLateIsHeldAgainstOneThatCameInTime()
    {
        var liar = _node.Others[0];
        _node.Tell(_node.ProposalOf(_block), Vote(liar, new Prevote(Height.First, Round.Zero, _block.Hash, null)));
        _node.Tell(new PeerMessage.CommitMessage(_node.CertificateOf(_block)));
        Assert.Equal(Height.First, _node.Engine.State.Height);
        Assert.Empty(Found());
        _node.Tell(Vote(liar, new Prevote(Height.First, Round.Zero, _other.Hash, null)));
        var proof = Assert.IsType<DuplicateVoteProof>(Assert.Single(Found()));
        Assert.Equal((liar.Address, EvidenceFault.None), (proof.Guilty, proof.Check(_genesis.GenesisHash)));
        _node.Tell(Vote(liar, new Prevote(Height.First, Round.Zero, null, null)));
        Assert.Empty(Found()); // once for each height
    }

    /// <summary>Of a height that was caught up with, the certificate is all that is known: it has the precommits.</summary>
    [Fact]
    public void AVoteThatComesLateIsHeldAgainstTheCertificate()
    {
        var liar = _node.Others[1];
        _node.CatchUp(_block);
        _node.Tell(Vote(liar, new Precommit(Height.First, Round.Zero, null)));
        Assert.Equal(FaultKind.DuplicateVote, Assert.Single(Found()).Kind);
        _node.Tell(Vote(_node.Others[2], new Prevote(Height.First, new Round(3), _other.Hash, null)));
        Assert.Equal(FaultKind.Amnesia, Assert.Single(Found()).Kind);
    }

    [Fact]
    public void ALateVoteInAnothersNameIsRefused()
    {
        _node.CatchUp(_block);
        var forged = _node.Sign(new Precommit(Height.First, Round.Zero, null), _node.Others[0]) with { Validator = _node.Others[1].Address };
        _node.Tell(new PeerMessage.VoteMessage(forged));
        Assert.Single(_node.TakeOutputs().OfType<EngineOutput.Refused>());
        _node.Tell(new PeerMessage.VoteMessage(forged with { Validator = PrivateKey.FromSeed(Hash256.Sha256([1])).Address }));
        Assert.Empty(Found());
    }

    [Fact]
    public void ALateSecondProposalConvicts()
    {
        _node.Tell(_node.ProposalOf(_block), new PeerMessage.CommitMessage(_node.CertificateOf(_block)));
        _node.Tell(_node.ProposalOf(_block), _node.ProposalOf(_other));
        Assert.Equal(FaultKind.DuplicateProposal, Assert.Single(Found()).Kind);
    }

    /// <summary>Nobody has the transactions of either block, so that neither is ever judged.</summary>
    [Fact]
    public void TwoProposalsWithoutTheirTransactionsConvictOnce()
    {
        var (first, second) = (Phantom(1), Phantom(2));
        _node.Tell(first);
        Assert.Empty(Found());
        _node.Tell(second, first, second);
        var proof = Assert.IsType<DuplicateProposalProof>(Assert.Single(Found()));
        Assert.Equal((_block.Header.Author, EvidenceFault.None), (proof.Guilty, proof.Check(_genesis.GenesisHash)));

        PeerMessage.ProposalMessage Phantom(int count)
        {
            var block = BlockBuilder.Build(_genesis, TemplateOf(_block), _node.Transfers(count)).Block;
            return new PeerMessage.ProposalMessage(Propose(_node.Others.First(key => key.Address == block.Header.Author), block), CompactBlock.Of(block));
        }
    }

    /// <summary>The round of both never begins here.</summary>
    [Fact]
    public void TwoProposalsOfALaterRoundConvict()
    {
        var round = Enumerable.Range(1, 8).Select(r => new Round((uint)r)).First(r => _genesis.Next.Schedule.Leader(r) != _node.Self);
        var leader = _node.Others.First(key => key.Address == _genesis.Next.Schedule.Leader(round));
        foreach (var block in new[] { _block, _other })
        {
            var proposal = new Proposal(block.Height, round, block.Hash, null);
            _node.Tell(new PeerMessage.ProposalMessage(new SignedProposal(proposal, leader.Address, leader.Sign(proposal.Digest(_genesis.GenesisHash))), CompactBlock.Of(block)));
        }

        Assert.Equal(FaultKind.DuplicateProposal, Assert.Single(Found()).Kind);
    }

    [Fact]
    public void WhoProposesWhereAnotherLeadsConvictsItselfOnce()
    {
        _node.CatchUp(_block);
        _node.Elapse(new EngineTimer.StartHeight(new Height(2)), 1_900);
        _node.TakeOutputs();
        var wrong = WrongProposal();
        _node.Tell(wrong, wrong);
        var proof = Assert.IsType<WrongLeaderProof>(Assert.Single(Found()));
        Assert.Equal((wrong.Proposal.Proposer, EvidenceFault.None), (proof.Guilty, proof.Check(_genesis.GenesisHash)));
    }

    /// <summary>The state that says who leads is made again from the store.</summary>
    [Fact]
    public void AfterAStartAWrongLeaderIsProvenToo()
    {
        _node.CatchUp(_block);
        _node.Restart(1_900);
        _node.Elapse(new EngineTimer.StartHeight(new Height(2)), 1_900);
        _node.Tell(WrongProposal());
        Assert.Equal(EvidenceFault.None, Assert.Single(Found()).Check(_genesis.GenesisHash));
    }

    [Fact]
    public void AWrongLeaderThatCannotBeProvenIsRefused()
    {
        var leader = _block.Header.Author;
        var signed = Propose(_node.Others.First(key => key.Address != leader), _block);
        _node.Tell(new PeerMessage.ProposalMessage(signed, CompactBlock.Of(_block))); // no header before the first height
        _node.CatchUp(_block);
        _node.Elapse(new EngineTimer.StartHeight(new Height(2)), 1_900);
        var wrong = WrongProposal();
        _node.Tell(wrong with { Block = CompactBlock.Of(_block) }); // not the block that it names
        _node.Tell(wrong with { Proposal = wrong.Proposal with { Signature = signed.Signature } }); // not its signature
        var outputs = _node.TakeOutputs();
        Assert.Equal(3, outputs.OfType<EngineOutput.Refused>().Count());
        Assert.Empty(outputs.OfType<EngineOutput.FoundEvidence>());
    }

    [Fact]
    public void WhatIsFoundIsReportedUntilItCountsAndTheAlarmGoesOff()
    {
        var liar = _node.Others[0];
        _node.CatchUp(_block);
        _node.Tell(Vote(liar, new Precommit(Height.First, Round.Zero, null)));
        var last = _block;
        while (_node.Engine.Mempool.Count == 0)
        {
            Assert.True(_node.Engine.State.Height < new Height(7), "whoever is not among the first reports some heights later");
            last = OneOfFour.BlockOf(_node.Engine.State, 900 + (1_000 * (long)_node.Engine.State.Height.Value), _node.CertificateOf(last)).Block;
            _node.CatchUp(last);
        }

        var report = Assert.Single(_node.Engine.Mempool.Candidates(_node.Engine.State));
        Assert.Equal((_node.Self, TransactionBody.MessageOneofCase.FaultEvidence), (report.Sender, report.Kind));
        var state = _node.Engine.State;
        var template = new BlockTemplate { Author = state.Next.Schedule.Leader(Round.Zero), BuiltRound = Round.Zero, Time = OneOfFour.TimeOf(60_000), LastCommit = _node.CertificateOf(last) };
        var built = BlockBuilder.Build(state, template, [report]);
        var logger = new LineLogger();
        using var watch = new ByzantineWatch(state, logger);
        Assert.Equal(0, watch.Count);

        _node.CatchUp(built.Block);
        Assert.True(CountedFaults.Has(_node.Engine.State, liar.Address, Height.First));
        Assert.Equal(0, _node.Engine.Mempool.Count);
        watch.Committed(_node.Engine.State);
        watch.Committed(_node.Engine.State);
        Assert.Equal(1, watch.Count); // three others are too few to let it go
        Assert.Contains(liar.Address.ToString(), Assert.Single(logger.Lines));
    }

    /// <summary>A late vote is in no log, and nobody else may have heard it.</summary>
    [Fact]
    public void WhatAloneThisNodeKnowsIsReportedAfterARestart()
    {
        var liar = _node.Others[0];
        _node.CatchUp(_block);
        _node.Tell(Vote(liar, new Precommit(Height.First, Round.Zero, null)));
        Assert.Single(Found());
        _node.Restart(1_900);
        Assert.Empty(Found());
        var last = _block;
        while (_node.Engine.Mempool.Count == 0)
        {
            Assert.True(_node.Engine.State.Height < new Height(7), "whoever is not among the first reports some heights later");
            last = OneOfFour.BlockOf(_node.Engine.State, 900 + (1_000 * (long)_node.Engine.State.Height.Value), _node.CertificateOf(last)).Block;
            _node.CatchUp(last);
        }

        var report = Assert.Single(_node.Engine.Mempool.Candidates(_node.Engine.State));
        Assert.Equal((_node.Self, TransactionBody.MessageOneofCase.FaultEvidence), (report.Sender, report.Kind));
        Assert.Single(_node.Chain.Evidence.Load());
        var template = new BlockTemplate { Author = _node.Engine.State.Next.Schedule.Leader(Round.Zero), BuiltRound = Round.Zero, Time = OneOfFour.TimeOf(60_000), LastCommit = _node.CertificateOf(last) };
        _node.CatchUp(BlockBuilder.Build(_node.Engine.State, template, [report]).Block);
        Assert.Empty(_node.Chain.Evidence.Load());
    }

    /// <summary>The store may lose what was written after its last block: the log of the height finds it again.</summary>
    [Fact]
    public void WhatWasFoundInTheHeightInProgressIsFoundAgainAfterACrash()
    {
        _node.Tell(Vote(_node.Others[0], new Precommit(Height.First, Round.Zero, null)), Vote(_node.Others[0], new Precommit(Height.First, Round.Zero, _block.Ref)));
        var proof = Assert.Single(Found());
        _node.Chain.Evidence.Drop([(proof.Guilty, proof.Height)]);
        _node.Restart(1_000);
        Assert.Equal(proof, Assert.Single(Found()));
    }

    [Fact]
    public void AnotherDecisionOfTheLastHeightIsAForkAndConvictsWhoMadeBoth()
    {
        _node.CatchUp(_block);
        _node.TakeOutputs();
        var theirs = new PeerMessage.CommitMessage(_node.CertificateOf(_other));
        _node.Tell(theirs, theirs);
        var outputs = _node.TakeOutputs();
        var fork = Assert.Single(outputs.OfType<EngineOutput.ForkFound>());
        Assert.Equal((_block.Hash, _other.Hash), (fork.Ours.Block.Hash, fork.Theirs.Block.Hash));
        Assert.Equal(_node.Others.Select(key => key.Address).Order(), outputs.OfType<EngineOutput.FoundEvidence>().Select(found => found.Evidence.Guilty).Order());
        Assert.Contains(outputs, output => output is EngineOutput.Send { Message: PeerMessage.CommitMessage { Certificate: var ours } } && ours.Block.Hash == _block.Hash);
    }

    [Fact]
    public void AForkIsNotBelievedWithoutMoreThanTwoThirds()
    {
        _node.CatchUp(_block);
        var theirs = _node.CertificateOf(_other);
        _node.Tell(new PeerMessage.CommitMessage(theirs with { Signatures = theirs.Signatures[..2] }));
        Assert.Empty(_node.TakeOutputs().OfType<EngineOutput.ForkFound>());
    }

    /// <summary>A block that was decided on the other side is not ours to apply, and no reason to stop.</summary>
    [Fact]
    public void ADecidedBlockOnAnotherParentShowsTheFork()
    {
        _node.CatchUp(_block);
        _node.TakeOutputs();
        var onOther = OneOfFour.BlockOf(BlockBuilder.Build(_genesis, TemplateOf(_other), []).Result.Next, 1_900, _node.CertificateOf(_other)).Block;
        Assert.Equal(_other.Hash, onOther.Header.Parent);
        _node.CatchUp(onOther);
        Assert.Single(_node.TakeOutputs().OfType<EngineOutput.ForkFound>());
        Assert.Equal(Height.First, _node.Engine.State.Height);
    }

    private static BlockTemplate TemplateOf(Block block) => new() { Author = block.Header.Author, BuiltRound = Round.Zero, Time = block.Header.Time, LastCommit = null };

    private PeerMessage.VoteMessage Vote(PrivateKey key, Vote vote) => new(_node.Sign(vote, key));

    private SignedProposal Propose(PrivateKey key, Block block)
    {
        var proposal = new Proposal(block.Height, Round.Zero, block.Hash, null);
        return new SignedProposal(proposal, key.Address, key.Sign(proposal.Digest(_genesis.GenesisHash)));
    }

    private PeerMessage.ProposalMessage WrongProposal()
    {
        var state = _node.Engine.State;
        var block = OneOfFour.BlockOf(state, 1_900, _node.CertificateOf(_block)).Block;
        return new PeerMessage.ProposalMessage(Propose(_node.Others.First(key => key.Address != block.Header.Author), block), CompactBlock.Of(block));
    }

    private List<FaultProof> Found() => [.. _node.TakeOutputs().OfType<EngineOutput.FoundEvidence>().Select(found => found.Evidence)];

    private sealed class LineLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Equal(LogLevel.Critical, logLevel);
            Lines.Add(formatter(state, exception));
        }
    }
}
