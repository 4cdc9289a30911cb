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
        var proposal = Assert.Single(new Wal(node.Log).Open(Height.First).OfType<WalRecord.ProposalRecord>());
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
    public void OfTooManyProposalsThatOfTheLatestRoundGoes()
    {
        using var node = Started();
        var pending = new PendingProposals();
        var compact = CompactBlock.Of(BlockOf(node, node.Transfers(1)));
        SignedProposal Of(uint round) => new(new Proposal(Height.First, new Round(round), compact.Hash, null), default, node.ProposalOf(BlockOf(node, [])).Proposal.Signature);
        for (uint round = 20; round > 0; round--) pending.Add(default, Of(round), new BlockAssembly(compact, NoTransactions.Instance), default);
        for (uint round = 1; round <= 20; round++) Assert.Equal(round <= PendingProposals.CountMax, pending.Contains(Of(round).Proposal));
    }

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
