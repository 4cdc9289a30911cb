using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class WatcherTests
{
    private readonly PaperEthereum _chain = new();

    [Fact]
    public void AllThatIsFinalIsScannedAndNothingElse()
    {
        _chain.Mine(5).MineEmpty(20).Mine(6, events: 5).Mine(7).MineEmpty((int)PaperEthereum.FinalityLag).Mine(8);
        var watch = Honest().Pass();
        Assert.Equal(_chain.Blocks[(int)_chain.FinalNumber].Id, watch.State.Cursor);
        Assert.Equal([1UL, 22UL, 23UL], watch.Blocks.Select(block => block.Number));
        Assert.Equal([1UL, 2UL, 3UL, 4UL, 5UL, 6UL, 7UL], watch.Blocks.SelectMany(block => block.Events).Select(one => one.Nonce));
        Assert.Equal((7UL, _chain.Blocks[23].Chain), (watch.State.EventNonce, watch.State.EventChain));
        Assert.Empty(watch.Alarms);
        var quiet = watch.Asked.Count;
        watch.Pass();
        Assert.Equal(6, watch.Asked.Count - quiet); // who they are, and whether the cursor still stands
    }

    [Fact]
    public void WhatIsStoredShowsItsEvents()
    {
        _chain.Mine(5, events: 3).MineEmpty(10);
        var block = Assert.Single(Honest().Pass().Blocks);
        Assert.Equal(_chain.Blocks[1].Hash, block.Header.ComputeHash());
        foreach (var receipt in block.Receipts)
        {
            Assert.True(ReceiptProof.TryRead(block.Header.ReceiptsRoot, [receipt.TransactionIndex], receipt.Nodes, out var read, out _));
            foreach (var one in block.Events.Where(one => one.TransactionIndex == receipt.TransactionIndex))
            {
                var log = read[0].Logs[(int)one.LogIndex];
                Assert.Equal(one.Log.Address, log.Address);
                Assert.Equal(one.Log.Data.ToArray(), log.Data.ToArray());
                Assert.Equal(one.Log.Topics, log.Topics);
            }
        }
    }

    [Fact]
    public void BlocksWhoseBloomCannotHoldTheVaultAreSkipped()
    {
        _chain.MineEmpty(30).Mine(5).MineEmpty(20);
        var asked = Honest().Pass().Asked.OfType<Question.Receipts>().ToList();
        Assert.Equal(_chain.Blocks[31].Id, Assert.Single(asked).Block);
    }

    [Fact]
    public void TheLogOfAFailedTransactionIsNone()
    {
        _chain.Mine(new EthereumReceipt(2, null, false, 1, [PaperEthereum.Locked(PaperEthereum.Vault, 1, 5)])).Mine(6).MineEmpty(10);
        var watch = Honest().Pass();
        Assert.Equal(2UL, Assert.Single(watch.Blocks).Number);
        Assert.Empty(watch.Alarms);
    }

    [Fact]
    public void AHeartbeatProvesWhatTheVaultHasAndOwes()
    {
        _chain.Mine(5, events: 2).MineEmpty(40);
        var watch = Honest().Pass();
        var heartbeat = Assert.Single(watch.Heartbeats);
        Assert.Equal(32UL, heartbeat.Number); // the newest of two
        Assert.True(heartbeat.TryRead(out var reserves));
        Assert.Equal(new ProvenReserves(true, new UInt256(13), 10, 0, 2, _chain.Head.Chain), reserves);
    }

    [Fact]
    public void AHeartbeatThatNobodyProvesIsGivenUpInTheEnd()
    {
        _chain.MineEmpty(30);
        var watch = Honest(refuses: question => question is Question.Proof);
        watch.Pass().Pass();
        Assert.Equal(8UL, watch.State.Cursor.Number);
        Assert.Equal(["NotServed: Proof"], watch.Alarms.Where(alarm => alarm.Kind == WatcherAlarmKind.NotServed).Select(alarm => $"{alarm.Kind}: {alarm.Cause}").Distinct());
        watch.Pass();
        Assert.Equal(_chain.FinalNumber, watch.State.Cursor.Number);
        Assert.Contains(watch.Alarms, alarm => alarm.Kind == WatcherAlarmKind.HeartbeatMissed);
        Assert.Empty(watch.Heartbeats);
    }

    [Fact]
    public void AHeartbeatOfAnotherRootIsAskedOfTheNext()
    {
        _chain.Mine(5).MineEmpty(30);
        var lie = _chain.ForkAt(0).Mine(6).MineEmpty(30);
        var watch = Honest();
        watch.Endpoints[0] = watch.Endpoints[1] = question => question is Question.Proof ? lie.Answer(question) : _chain.Answer(question);
        Assert.Single(watch.Pass().Heartbeats);
        Assert.Null(watch.State.Halt);
    }

    [Fact]
    public void TheRangeIsHalvedUntilItIsServed()
    {
        _chain.Mine(5).MineEmpty(60);
        var watch = Honest(refuses: question => question is Question.Headers { From: var from, To: var to } && to - from >= 2);
        Assert.Equal(_chain.FinalNumber, watch.Pass().State.Cursor.Number);
        Assert.Contains("Headers", watch.Alarms.Where(alarm => alarm.Kind == WatcherAlarmKind.NotServed).Select(alarm => alarm.Cause));
        Assert.All(watch.Asked.OfType<Question.Headers>(), range => Assert.True(range.To - range.From < 8));
    }

    [Fact]
    public void WithoutReceiptsItStopsBeforeTheBlockAndGoesOnLater()
    {
        _chain.MineEmpty(10).Mine(5).MineEmpty(20);
        var isRefused = true;
        var watch = Honest(refuses: question => isRefused && question is Question.Receipts);
        Assert.Equal(10UL, watch.Pass().State.Cursor.Number);
        Assert.Contains("Receipts", watch.Alarms.Where(alarm => alarm.Kind == WatcherAlarmKind.NotServed).Select(alarm => alarm.Cause));
        isRefused = false;
        Assert.Single(watch.Pass().Blocks);
        Assert.Equal(_chain.FinalNumber, watch.State.Cursor.Number);
    }

    [Fact]
    public void AGapIsScannedAgainOnceAndThenHalts()
    {
        _chain.Mine(5).MineEmpty(5).Mine(6).MineEmpty(3).Mine(7, skippedNonces: 1).Mine(8).MineEmpty(10);
        var watch = Honest().Pass();
        Assert.Equal((HaltReason.NonceGap, _chain.Blocks[11].Id), (watch.State.Halt!.Reason, watch.State.Halt.Seen));
        Assert.Equal([1UL, 2UL], watch.Blocks.SelectMany(block => block.Events).Select(one => one.Nonce)); // what stands before it is kept
        Assert.Single(watch.Alarms, alarm => alarm.Kind == WatcherAlarmKind.Rescan);
        Assert.Single(watch.Asked.OfType<Question.Headers>(), range => range.From == 8); // the block after the last event, where no range began before
        AssertSilent(watch);
    }

    [Fact]
    public void EventsThatOnlyTheStorageKnowsAreAGap()
    {
        _chain.Mine(5).MineEmpty(30);
        var watch = new PaperWatch(_chain.Options() with { Start = _chain.Blocks[1].Id }, _chain.Answer, _chain.Answer, _chain.Answer).Pass();
        Assert.Equal(HaltReason.NonceGap, watch.State.Halt!.Reason);
        Assert.Single(watch.Alarms, alarm => alarm.Kind == WatcherAlarmKind.Rescan);
    }

    [Fact]
    public void ALogThatIsNoEventHalts()
    {
        _chain.Mine(5).Mine(new EthereumReceipt(2, null, true, 1, [new EthereumLog(PaperEthereum.Vault, [Words.Of(1)], default)])).MineEmpty(10);
        var watch = Honest().Pass();
        Assert.Equal((HaltReason.MalformedEvent, _chain.Blocks[2].Id), (watch.State.Halt!.Reason, watch.State.Halt.Seen));
        Assert.Single(watch.Blocks);
        AssertSilent(watch);
    }

    [Fact]
    public void AMissingVaultHalts()
    {
        _chain.MineEmpty(30);
        var watch = new PaperWatch(_chain.Options() with { Vault = PaperEthereum.Other }, _chain.Answer, _chain.Answer, _chain.Answer).Pass();
        Assert.Equal(HaltReason.VaultMissing, watch.State.Halt!.Reason);
    }

    [Fact]
    public void AChainOfOtherEventsHalts()
    {
        _chain.Mine(5).MineEmpty(30);
        var options = _chain.Options();
        var wrong = WatcherState.Begin(options) with { EventChain = Words.Of(1) };
        var store = new MemoryStore([EthereumWatchStore.Column]);
        new EthereumWatchStore(store).Write(new ScanFinding(wrong, wrong, [], null));
        var watcher = new EthereumWatcher(options, new EthereumWatchStore(store).Load(options));
        for (var step = watcher.BeginPass(); !step.Ask.IsEmpty;) step = watcher.Take([.. step.Ask.Select(_chain.Answer)]);
        Assert.Equal(HaltReason.EventChainMismatch, watcher.State.Halt!.Reason);
    }

    [Fact]
    public void ReceiptsOfAnUnknownKindHaltOnlyByQuorum()
    {
        _chain.Mine(5).MineEmpty(10);
        Said Unknown(Question question) => _chain.Answer(question) is Said.Receipts receipts
            ? new Said.Receipts([.. receipts.Value.Select(receipt => receipt with { CumulativeGasUsed = receipt.CumulativeGasUsed + 1 })])
            : _chain.Answer(question);
        var one = Honest(refuses: question => question is Question.Receipts && question.Endpoint != 0);
        one.Endpoints[0] = Unknown;
        Assert.Null(one.Pass().State.Halt);
        var two = Honest(refuses: question => question is Question.Receipts && question.Endpoint == 2);
        (two.Endpoints[0], two.Endpoints[1]) = (Unknown, Unknown);
        Assert.Equal(HaltReason.UnknownReceiptLayout, two.Pass().State.Halt!.Reason);
    }

    [Fact]
    public void AnEndpointThatIsSilentIsWaitedForOnceInAPass()
    {
        _chain.MineEmpty(60);
        var watch = Honest();
        watch.Endpoints[2] = question => question is Question.Survey ? _chain.Answer(question) : PaperEthereum.Absent;
        watch.Pass();
        Assert.Equal(_chain.FinalNumber, watch.State.Cursor.Number);
        Assert.Single(watch.Asked, question => question is Question.HeaderAt && question.Endpoint == 2);
    }

    [Fact]
    public void AnOperatorLetsItGoOn()
    {
        _chain.Mine(5).MineEmpty(20);
        var watch = Honest().Pass();
        var other = _chain.ForkAt(4).MineEmpty(30, salt: 9);
        Array.Fill(watch.Endpoints, other.Answer);
        Assert.Equal((HaltReason.FinalityViolation, (ulong?)5), (watch.Restart().Pass().State.Halt!.Reason, watch.State.Halt!.FirstChanged));
        AssertSilent(watch.Restart());
        Array.Fill(watch.Endpoints, _chain.MineEmpty(20).Answer);
        Assert.Null(watch.ClearHalt().Pass().State.Halt);
        Assert.Equal(_chain.FinalNumber, watch.State.Cursor.Number);
    }

    [Fact]
    public void AStoreOfAnotherWatchIsRefused()
    {
        var options = _chain.Options();
        Assert.Throws<OperatorException>(() => new EthereumWatcher(options with { Vault = PaperEthereum.Other }, WatcherState.Begin(options)));
    }

    private PaperWatch Honest(Func<Question, bool>? refuses = null)
    {
        Said Answer(Question question) => refuses?.Invoke(question) == true ? PaperEthereum.Absent : _chain.Answer(question);
        return new PaperWatch(_chain.Options(), Answer, Answer, Answer);
    }

    private static void AssertSilent(PaperWatch watch)
    {
        var asked = watch.Asked.Count;
        watch.Pass();
        Assert.Equal(asked, watch.Asked.Count);
        Assert.Equal(WatcherAlarmKind.Halted, watch.Alarms[^1].Kind);
    }
}
