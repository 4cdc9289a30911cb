using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node.Tests;

/// <summary>Proposals come with hashes; a node asks for the transactions that it lacks, and votes when it has them.</summary>
public sealed class CompactProposalTests
{
    private static readonly EngineTimer Begin = new EngineTimer.StartHeight(Height.First);

    [Fact]
    public void ABlockOfKnownTransactionsIsPrevotedAtOnce()
    {
        using var node = Started();
        var transfers = node.Transfers(50);
        Gossip(node, transfers);
        var block = BlockOf(node, transfers);
        node.Tell(node.ProposalOf(block), 20);
        var outputs = node.TakeOutputs();
        Assert.Equal([block.Hash], Prevotes(outputs));
        Assert.Empty(Missing(outputs));
        Assert.True(CompactBlock.Of(block).Encode().Length < block.Bytes.Length / 3);
    }

    [Fact]
    public void WhatIsMissingIsAskedOfTheSenderAndNoMore()
    {
        using var node = Started();
        var transfers = node.Transfers(50);
        Gossip(node, [.. transfers.Take(40), .. transfers.Skip(43)]);
        var block = BlockOf(node, transfers);
        node.Tell(node.ProposalOf(block), 20);
        var outputs = node.TakeOutputs();
        Assert.Empty(Prevotes(outputs));
        var asked = Assert.Single(Missing(outputs));
        Assert.Equal(block.Hash, asked.Block);
        Assert.Equal([40, 41, 42], asked.Places);

        node.Tell(Supplied(block, 41, 40), 25);
        Assert.Empty(Prevotes(node.TakeOutputs()));
        node.Tell(Supplied(block, 42), 30);
        Assert.Equal([block.Hash], Prevotes(node.TakeOutputs()));
    }

    [Fact]
    public void TheTimeOfTheProposalIsThatOfItsHashes()
    {
        using var node = Started();
        var block = BlockOf(node, node.Transfers(3));
        node.Tell(node.ProposalOf(block), 20);
        node.Tell(Supplied(block, 0, 1, 2), 1_990); // by now a proposal of this block would be as good as late
        Assert.Equal([block.Hash], Prevotes(node.TakeOutputs()));
        node.Dispose();
        var proposal = Assert.Single(new Wal(node.Log).Open(Height.First).Records.OfType<WalRecord.ProposalRecord>());
        Assert.Equal(OneOfFour.TimeOf(20), proposal.ReceivedAt);
        Assert.Equal(block.Bytes.ToArray(), proposal.Block.ToArray());
    }

    [Fact]
    public void WhatComesByGossipMeanwhileNeedNotBeSupplied()
    {
        using var node = Started();
        var transfers = node.Transfers(5);
        var block = BlockOf(node, transfers);
        node.Tell(node.ProposalOf(block), 20);
        Gossip(node, transfers);
        Assert.Equal([block.Hash], Prevotes(node.TakeOutputs()));
    }

    [Fact]
    public void AnotherTransactionThanTheHashSaysIsRefusedAndTheRightOneTaken()
    {
        using var node = Started();
        var block = BlockOf(node, node.Transfers(3));
        node.Tell(node.ProposalOf(block), 20);
        node.TakeOutputs();
        node.Tell(new PeerMessage.SuppliedMessage(block.Hash, [(0, block.Transactions[1])]), 21);
        var outputs = node.TakeOutputs();
        Assert.Equal("transaction 0 of a proposed block is another one", Assert.Single(outputs.OfType<EngineOutput.Refused>()).Reason);
        Assert.Empty(Prevotes(outputs));
        node.Tell(Supplied(block, 0, 1, 2), 22);
        Assert.Equal([block.Hash], Prevotes(node.TakeOutputs()));
    }

    [Fact]
    public void WhoSaysTheProposalAgainIsAskedWhereTheFirstDoesNotAnswer()
    {
        using var node = Started();
        var block = BlockOf(node, node.Transfers(3));
        node.Tell(node.ProposalOf(block), 20);
        Assert.Single(Missing(node.TakeOutputs()));
        node.Tell(node.ProposalOf(block), 100); // the answer may be on its way
        Assert.Empty(Missing(node.TakeOutputs()));
        node.Tell(node.ProposalOf(block), 1_020);
        Assert.Equal([0, 1, 2], Assert.Single(Missing(node.TakeOutputs())).Places);
    }

    [Fact]
    public void ABadSignatureThatComesLateMakesTheBlockInvalid()
    {
        using var node = Started();
        var built = BlockOf(node, node.Transfers(2));
        var broken = built.Transactions[1].ToArray();
        broken[^1] ^= 1;
        var block = Block.Build(built.Header, built.LastCommit, built.LatePrecommits, null, [built.Transactions[0], broken]);
        node.Tell(node.ProposalOf(block), 20);
        node.TakeOutputs();
        node.Tell(Supplied(block, 0, 1), 21);
        var outputs = node.TakeOutputs();
        Assert.Equal("proposed block: TransactionInvalid: transaction 1: WrongSignature", Assert.Single(outputs.OfType<EngineOutput.Refused>()).Reason);
        Assert.Equal([null], Prevotes(outputs));
    }

    [Fact]
    public void WhoBringsTheLastTransactionIsNotBlamedForTheBlock()
    {
        using var node = Started();
        var transfers = node.Transfers(2);
        var built = BlockOf(node, transfers);
        var broken = built.Transactions[1].ToArray();
        broken[^1] ^= 1;
        var block = Block.Build(built.Header, built.LastCommit, built.LatePrecommits, null, [built.Transactions[0], broken]);
        node.Tell(node.ProposalOf(block), 20);
        node.Tell(Supplied(block, 1), 21);
        node.TakeOutputs();
        Gossip(node, transfers); // of another peer
        Assert.NotEqual(default, Assert.Single(node.TakeOutputs().OfType<EngineOutput.Refused>()).Peer);
    }

    [Fact]
    public void WhoHasTheBlockSuppliesItAlsoWhenItIsDecided()
    {
        using var node = Started();
        var transfers = node.Transfers(4);
        Gossip(node, transfers);
        var block = BlockOf(node, transfers);
        node.Tell(node.ProposalOf(block), 20);
        Assert.Equal([1, 3], Places(Ask(node, block.Hash, 1, 3)));
        foreach (var vote in node.PrecommitsOf(block)) node.Tell(new PeerMessage.VoteMessage(vote), 30);
        Assert.Equal(Height.First, node.Engine.State.Height);
        Assert.Equal([0, 1, 2, 3], Places(Ask(node, block.Hash, 0, 1, 2, 3)));
        Assert.Empty(Ask(node, block.Hash, 4)); // beyond the block
        Assert.Empty(Ask(node, new BlockHash(Hash256.Sha256([1])), 0)); // unknown
    }

    [Fact]
    public void APeerIsNotSuppliedWithoutEnd()
    {
        using var node = Started();
        var block = BlockOf(node, node.Transfers(400));
        ushort[] all = [.. Enumerable.Range(0, 400).Select(i => (ushort)i)];
        node.Tell(node.ProposalOf(block), 20);
        node.Tell(Supplied(block, [.. Enumerable.Range(0, 400)]), 21);
        var supplied = 0L;
        for (var i = 0; i < 200; i++) supplied += Ask(node, block.Hash, all).Sum(m => m.Transactions.Sum(t => (long)t.Bytes.Length));
        Assert.InRange(supplied, 2L * Limits.BlockBytesMax, (2L * Limits.BlockBytesMax) + block.Bytes.Length);
        node.Elapse(new EngineTimer.Rebroadcast(), 1_000);
        Assert.NotEmpty(Ask(node, block.Hash, all));
    }

    [Fact]
    public void OfTooManyProposalsThatOfTheEarliestRoundGoesAndARoundHasTwo()
    {
        using var node = Started();
        var pending = new PendingProposals();
        for (uint round = 0; round < 20; round++)
            for (var number = 0; number < 3; number++)
                Assert.Equal(number < 2, TryAdd(node, pending, round, number));
        Assert.False(TryAdd(node, pending, 3, 0)); // of a round that went
        for (uint round = 0; round < 20; round++) Assert.Equal(round > 16, pending.Contains(Of(node, round, 0).Proposal) && pending.Contains(Of(node, round, 1).Proposal));
    }

    /// <summary>Everybody has the block a second after it was proposed, and a copy of it from each would stand in front of all their votes.</summary>
    [Fact]
    public void TwoPeersAreAskedForABlockAtATime()
    {
        var pending = new PendingProposals();
        Address[] peers = [.. Enumerable.Range(1, 9).Select(number => TrainedChain.Key(number).Address)];
        var (one, two) = (new BlockHash(Hash256.Sha256([1])), new BlockHash(Hash256.Sha256([2])));
        int[] Asked(BlockHash block, int at) => [.. Enumerable.Range(0, peers.Length).Where(i => pending.IsToAsk(peers[i], block, OneOfFour.TimeOf(at)))];

        Assert.Equal([0, 1], Asked(one, 0));
        Assert.Equal([0, 1], Asked(two, 0)); // of each block
        Assert.Empty(Asked(one, 299));
        pending.Supplied(peers[1], one, OneOfFour.TimeOf(299));
        Assert.Equal([0], Asked(one, 300)); // who is silent is asked again, for want of another that says it first
        Assert.Empty(Asked(one, 598)); // and waited for twice as long; the other one is answering
        Assert.Equal([1], Asked(one, 599));
        Assert.Equal([0, 1], Asked(one, 1_900));
        pending.Supplied(peers[0], one, OneOfFour.TimeOf(3_000));
        Assert.Empty(Asked(one, 3_000));
        pending.Supplied(peers[0], one, OneOfFour.TimeOf(3_800));
        Assert.Equal([1, 2], Asked(one, 3_900)); // drop by drop holds up nobody for long
        Assert.Equal([0, 1], Asked(one, -5)); // the clock was set back
    }

    [Fact]
    public void AProposalOfALaterRoundIsJudgedWhenTheRoundBegins()
    {
        using var node = Started();
        var state = node.Engine.State;
        var round = new Round(1);
        var template = new BlockTemplate { Author = state.Next.Schedule.Leader(round), BuiltRound = round, Time = OneOfFour.TimeOf(15), LastCommit = null };
        if (template.Author == node.Self) return; // then it would be its own
        var block = BlockBuilder.Build(state, template, []).Block;
        node.Tell(node.ProposalOf(block), 20);
        node.Tell(node.ProposalOf(block), 21);
        Assert.Empty(Prevotes(node.TakeOutputs()));
        foreach (var timeout in new[] { TimeoutKind.Propose, TimeoutKind.Prevote, TimeoutKind.Precommit })
        {
            foreach (var key in node.Others) // nothing was proposed in round 0
            {
                Vote nil = timeout == TimeoutKind.Propose ? new Prevote(Height.First, Round.Zero, null, null) : new Precommit(Height.First, Round.Zero, null);
                if (timeout != TimeoutKind.Precommit) node.Tell(new PeerMessage.VoteMessage(node.Sign(nil, key)), 30);
            }

            node.Elapse(new EngineTimer.Consensus(new NeuroChain.Consensus.Timeout(timeout, Height.First, Round.Zero)), 40);
        }

        Assert.Equal(round, node.Engine.Round);
        Assert.Contains(block.Hash, Prevotes(node.TakeOutputs()));
        node.Dispose();
        Assert.Single(new Wal(node.Log).Open(Height.First).Records.OfType<WalRecord.ProposalRecord>());
    }

    private static SignedProposal Of(OneOfFour node, uint round, int number) =>
        new(new Proposal(Height.First, new Round(round), new BlockHash(Hash256.Sha256([(byte)round, (byte)number])), null), default, node.ProposalOf(BlockOf(node, [])).Proposal.Signature);

    private static bool TryAdd(OneOfFour node, PendingProposals pending, uint round, int number) =>
        pending.TryAdd(default, Of(node, round, number), new BlockAssembly(CompactBlock.Of(BlockOf(node, node.Transfers(1))), NoTransactions.Instance), default);

    private static OneOfFour Started()
    {
        var node = new OneOfFour(leads: false);
        node.Start(0);
        node.Elapse(Begin, 10);
        node.TakeOutputs();
        return node;
    }

    private static Block BlockOf(OneOfFour node, IEnumerable<Transaction> transactions) => OneOfFour.BlockOf(node.Engine.State, 15, null, transactions).Block;

    private static void Gossip(OneOfFour node, IReadOnlyList<Transaction> transactions) =>
        node.Tell(new EngineInput.TransactionsArrived(default, transactions, TransactionFault.None), 12);

    private static PeerMessage.SuppliedMessage Supplied(Block block, params int[] places) =>
        new(block.Hash, [.. places.Select(place => ((ushort)place, block.Transactions[place]))]);

    private static List<PeerMessage.SuppliedMessage> Ask(OneOfFour node, BlockHash block, params ushort[] places)
    {
        node.TakeOutputs();
        node.Tell(new PeerMessage.MissingMessage(block, [.. places]), 40);
        return [.. Messages(node.TakeOutputs()).OfType<PeerMessage.SuppliedMessage>()];
    }

    private static IEnumerable<int> Places(IEnumerable<PeerMessage.SuppliedMessage> messages) => messages.SelectMany(m => m.Transactions).Select(t => (int)t.Place);

    private static IEnumerable<PeerMessage.MissingMessage> Missing(IEnumerable<EngineOutput> outputs) => Messages(outputs).OfType<PeerMessage.MissingMessage>();

    private static IEnumerable<BlockHash?> Prevotes(IEnumerable<EngineOutput> outputs) =>
        Messages(outputs).OfType<PeerMessage.VoteMessage>().Select(m => m.Vote.Vote).OfType<Prevote>().Select(p => p.Block);

    private static IEnumerable<PeerMessage> Messages(IEnumerable<EngineOutput> outputs) => outputs.OfType<EngineOutput.Send>().Select(send => send.Message);
}
