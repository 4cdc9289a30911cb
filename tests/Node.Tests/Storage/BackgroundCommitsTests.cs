using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>Blocks that are stored behind their caller's back are stored in order, and a failure is told.</summary>
public sealed class BackgroundCommitsTests
{
    private readonly MemoryStore _memory = new(ChainStore.Columns);

    [Fact]
    public void WhatWasCommittedIsThereAfterAFlush()
    {
        var (store, blocks) = Blocks(40);
        using var commits = new BackgroundCommits(store, () => { });
        foreach (var (before, validated, commit) in blocks) commits.Commit(before, validated, commit);
        commits.Flush();
        Assert.False(commits.HasPending);
        for (var height = 1UL; height <= 40; height++) Assert.Equal(blocks[(int)height - 1].Validated.Block.Hash, store.Get(new Height(height))!.Block.Hash);
        Assert.Equal(blocks[^1].Validated.Result.Next.Mark.Encode(), store.Mark);
    }

    /// <summary>Blocks that waited are made durable together: whatever a crash loses, it loses from the end, and nothing after a flush.</summary>
    [Fact]
    public void AFlushOutlivesTheMachine()
    {
        var (_, blocks) = Blocks(40);
        for (ulong seed = 0; seed < 8; seed++)
        {
            using var memory = new MemoryStore(ChainStore.Columns);
            var chain = new ChainStore(memory);
            chain.Initialize(blocks[0].Before);
            using (var commits = new BackgroundCommits(chain, () => { }))
            {
                foreach (var (before, validated, commit) in blocks) commits.Commit(before, validated, commit);
                commits.Flush();
            }

            memory.Crash(new SeededStream(seed));
            for (var height = 1UL; height <= 40; height++) Assert.NotNull(chain.Get(new Height(height)));
            Assert.Equal(blocks[^1].Validated.Result.Next.Mark.Encode(), chain.Mark);
        }
    }

    [Fact]
    public void ABlockThatIsNotDurableIsLostWholeOrNotAtAll()
    {
        var (store, blocks) = Blocks(3);
        store.Commit(blocks[0].Before, blocks[0].Validated, blocks[0].Commit);
        store.Commit(blocks[1].Before, blocks[1].Validated, blocks[1].Commit, durable: false);
        store.Commit(blocks[2].Before, blocks[2].Validated, blocks[2].Commit, durable: false);
        _memory.Crash(new SeededStream(1));
        var kept = blocks.Count(block => store.Get(block.Validated.Block.Height) is not null);
        Assert.InRange(kept, 1, 3);
        Assert.Equal(blocks[kept - 1].Validated.Result.Next.Mark.Encode(), store.Mark);
    }

    [Fact]
    public void WhoWaitsIsToldWhenNothingIsLeft()
    {
        var (store, blocks) = Blocks(3);
        using var told = new SemaphoreSlim(0);
        using var commits = new BackgroundCommits(store, () => told.Release());
        foreach (var (before, validated, commit) in blocks) commits.Commit(before, validated, commit);
        for (var i = 0; i < 3 && store.Get(new Height(3)) is null; i++) Assert.True(told.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.NotNull(store.Get(new Height(3)));
    }

    [Fact]
    public void AFailedWriteIsToldToWhoeverComesNextAndNothingIsWrittenAfterIt()
    {
        var (store, blocks) = Blocks(3);
        using var commits = new BackgroundCommits(store, () => { });
        commits.Commit(blocks[0].Before, blocks[0].Validated, blocks[0].Commit);
        commits.Flush();
        commits.Commit(blocks[2].Before, blocks[0].Validated, blocks[0].Commit); // not the state that it was executed on
        Assert.Throws<InvariantException>(commits.Flush);
        Assert.False(commits.HasPending); // nobody need wait for it: the next flush tells
        Assert.Throws<InvariantException>(() => commits.Commit(blocks[1].Before, blocks[1].Validated, blocks[1].Commit));
        Assert.Null(store.Get(new Height(2)));
    }

    [Fact]
    public void DisposingWritesWhatWaits()
    {
        var (store, blocks) = Blocks(2);
        using (var commits = new BackgroundCommits(store, () => { }))
            foreach (var (before, validated, commit) in blocks) commits.Commit(before, validated, commit);
        Assert.NotNull(store.Get(new Height(2)));
    }

    // A chain that is stored elsewhere, and an empty store for the same blocks.
    private (ChainStore Store, List<(Ledger.LedgerState Before, Ledger.ValidatedBlock Validated, VerifiedCommit Commit)> Blocks) Blocks(int count)
    {
        var chain = new TransferChain();
        var store = new ChainStore(_memory);
        store.Initialize(chain.State);
        var blocks = new List<(Ledger.LedgerState, Ledger.ValidatedBlock, VerifiedCommit)>();
        for (var i = 0; i < count; i++)
        {
            var (validated, certificate) = chain.Next(chain.Pay(i));
            blocks.Add((chain.State, validated, chain.Verified(certificate)));
            chain.Take(validated, certificate);
        }

        return (store, blocks);
    }
}
