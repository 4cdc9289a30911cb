using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Failures of Ethereum and of those who speak of it, on a real node with the real vault.</summary>
public sealed class FailureCaseTests : IAsyncLifetime
{
    private const int Liar = 1;

    private WatchWorld _watch = null!;

    public async ValueTask InitializeAsync() => _watch = await WatchWorld.StartAsync();

    public ValueTask DisposeAsync() => _watch.DisposeAsync();

    [Fact]
    public async Task F1_ALockThatAReorgTakesIsNeverFoundAndItsSuccessorOnce()
    {
        await _watch.FinalizeAsync();
        await _watch.PassAsync();
        var nonce = _watch.State.EventNonce;
        await _watch.LockAsync(5);
        await _watch.PassAsync();
        Assert.Empty(_watch.Locks);
        await _watch.Ethereum.CallAsync("anvil_reorg", 2, Array.Empty<object>());
        await _watch.MineAsync(4);
        await _watch.LockAsync(5);
        await _watch.FinalizeAsync();
        await _watch.PassAsync(2);
        Assert.Equal([(nonce + 1, (UInt128)5)], _watch.Locks);
        Assert.Empty(_watch.Alarms);
    }

    [Fact]
    public async Task F2_AReorgBelowFinalityHaltsWithEvidence()
    {
        await _watch.MineAsync(30);
        await _watch.PassAsync();
        var stored = _watch.State.Cursor;
        await _watch.Ethereum.CallAsync("anvil_reorg", 20, Array.Empty<object>());
        await _watch.PassAsync();
        Assert.Equal("FinalizedChanged", Assert.Single(_watch.Causes(WatcherAlarmKind.EndpointRefused, 0)));
        Assert.Single(_watch.Causes(WatcherAlarmKind.BelowQuorum));
        await _watch.MineAsync(3);
        await _watch.PassAsync();

        var halt = _watch.State.Halt!;
        Assert.Equal((HaltReason.FinalityViolation, stored), (halt.Reason, halt.Stored));
        Assert.Equal(stored.Number, halt.Seen.Number);
        Assert.NotEqual(stored.Hash, halt.Seen.Hash);
        Assert.Equal(stored.Number + WatchWorld.FinalityBlocks - 20 + 1, halt.FirstChanged);
        Assert.True(EthereumHeader.TryDecode(halt.Header.Span, out var header, out _));
        Assert.Equal(halt.Seen.Hash, header.ParentHash); // the block that names the other one

        // It stays so, over a restart, and asks nobody.
        var asked = _watch.Proxies[0].Asked.Count;
        _watch.Restart();
        await _watch.PassAsync();
        Assert.Equal(asked, _watch.Proxies[0].Asked.Count);
        Assert.Equal(halt.Seen, _watch.State.Halt!.Seen);
    }

    [Fact]
    public async Task F2_AReorgBelowFinalityIsSeenByAFreshProcessAtOnce()
    {
        await _watch.MineAsync(30);
        await _watch.PassAsync();
        await _watch.Ethereum.CallAsync("anvil_reorg", 20, Array.Empty<object>());
        _watch.Restart();
        await _watch.PassAsync();
        Assert.Equal(HaltReason.FinalityViolation, _watch.State.Halt!.Reason);
    }

    [Fact]
    public async Task F3_TheSameNonceWithAnotherAmountIsKnownByItsBlock()
    {
        await _watch.FinalizeAsync();
        await _watch.LockAsync(5);
        await _watch.PassAsync();
        var nonce = _watch.State.EventNonce + 1;
        await _watch.Ethereum.CallAsync("anvil_reorg", 1, Array.Empty<object>());
        await _watch.LockAsync(7);
        await _watch.FinalizeAsync();
        await _watch.PassAsync();
        Assert.Equal([(nonce, (UInt128)7)], _watch.Locks);
        var block = _watch.Blocks[^1];
        Assert.Equal(EthereumJsonReader.ReadHeader(await _watch.Ethereum.CallAsync("eth_getBlockByNumber", $"0x{block.Number:x}", false)).ComputeHash(), block.Hash);
    }

    [Theory]
    [InlineData("amount", WatcherAlarmKind.Disagreement, "Receipts")]
    [InlineData("no log", WatcherAlarmKind.Disagreement, "Receipts")]
    [InlineData("one more log", WatcherAlarmKind.Disagreement, "Receipts")]
    [InlineData("no receipts", WatcherAlarmKind.Disagreement, "Receipts")]
    [InlineData("no index", WatcherAlarmKind.Disagreement, "LogIndex")]
    [InlineData("receipts root", WatcherAlarmKind.Disagreement, "Headers")]
    [InlineData("bloom of every second block", WatcherAlarmKind.Disagreement, "Headers")]
    [InlineData("hash", WatcherAlarmKind.Disagreement, "Header")]
    [InlineData("parent", WatcherAlarmKind.Disagreement, "Header")]
    [InlineData("new field", WatcherAlarmKind.Disagreement, "Header")]
    [InlineData("balance", WatcherAlarmKind.Disagreement, "Proof")]
    [InlineData("all is final", WatcherAlarmKind.EndpointRefused, "FinalizedIsLatest")]
    [InlineData("other chain", WatcherAlarmKind.EndpointRefused, "OtherChainId")]
    [InlineData("other genesis", WatcherAlarmKind.EndpointRefused, "OtherGenesis")]
    public async Task F4_OneThatLiesIsOutvotedAndNamed(string lie, WatcherAlarmKind alarm, string cause)
    {
        _watch.Proxies[Liar].Lie = Lies.Named(lie);
        // Who serves a block follows from its hash: it takes as long as it takes until the liar does. Each pass has a heartbeat.
        ulong locks = 0;
        while (locks < 6 || (locks < 60 && !_watch.Causes(alarm, Liar).Contains(cause)))
        {
            await _watch.LockAsync(++locks);
            await _watch.MineAsync(15);
            if (locks > 1) await _watch.PassAsync();
        }

        Assert.Contains(cause, _watch.Causes(alarm, Liar));
        Assert.All(_watch.Alarms, one => Assert.Equal(Liar, one.Endpoint));
        Assert.Equal(Enumerable.Range(1, (int)locks).Select(i => (UInt128)i), _watch.Locks.Select(one => one.Ntk));
        Assert.Equal((int)locks - 1, _watch.Heartbeats.Length);
        Assert.All(_watch.Heartbeats, heartbeat => Assert.True(heartbeat.TryRead(out _)));
        await AssertTrueAsync();
    }

    [Fact]
    public async Task F5_TwoThatLieAlikeMisleadTheirValidatorAlone()
    {
        // Another Ethereum of the same genesis, with the same vault and another amount: whole to whoever checks hashes.
        await using var lie = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        var poisoned = await VaultWorld.DeployAsync(lie);
        Assert.Equal(_watch.Vault.Vault.Address, poisoned.Vault.Address);
        await _watch.LockAsync(5);
        await poisoned.LockAsync(500);
        await _watch.MineAsync(20);
        await lie.CallAsync("anvil_mine", "0x14");

        var (truth, untruth) = (_watch.Ethereum.Endpoint, lie.Endpoint);
        var attested = new List<(UInt128, Hash256)>();
        foreach (var endpoints in (Uri[][])[[truth, untruth, untruth], [truth, truth, untruth], [untruth, truth, truth], [truth, truth, truth]])
        {
            await using var validator = await WatchWorld.OverAsync(_watch.Vault, endpoints);
            await validator.PassAsync();
            attested.Add((Assert.Single(validator.Locks).Ntk, validator.Blocks[^1].Hash));
            Assert.Null(validator.State.Halt);
            var isSplit = endpoints.Distinct().Count() > 1;
            Assert.Equal(isSplit, validator.Alarms.Any(alarm => alarm.Kind == WatcherAlarmKind.Disagreement));
        }

        // One of four attests the lie, and more than two thirds are needed.
        Assert.Equal((UInt128)500, attested[0].Item1);
        Assert.Equal(3, attested.Count(one => one == attested[3]));
        Assert.Equal((UInt128)5, attested[3].Item1);
    }

    [Theory]
    [InlineData(ProxyManner.Hang, "TimedOut")]
    [InlineData(ProxyManner.Drop, "Unreachable")]
    [InlineData(ProxyManner.Unavailable, "HttpStatus")]
    [InlineData(ProxyManner.Garbage, "NotJson")]
    [InlineData(ProxyManner.Endless, "TooLarge")]
    [InlineData(ProxyManner.Huge, "TooLarge")]
    public async Task F6_BelowTheQuorumNothingIsBelieved(ProxyManner manner, string fault)
    {
        await _watch.LockAsync(5);
        await _watch.MineAsync(20);
        if (manner == ProxyManner.Hang) _watch.UsePatience(TimeSpan.FromSeconds(2));
        _watch.Proxies[0].Manner = _watch.Proxies[2].Manner = manner;
        await _watch.PassAsync();
        Assert.Equal((0UL, 0), (_watch.State.Cursor.Number, _watch.Found.Count));
        Assert.Equal(fault, Assert.Single(_watch.Causes(WatcherAlarmKind.EndpointFailed, 0)));
        Assert.Single(_watch.Causes(WatcherAlarmKind.BelowQuorum));

        // One of three may be silent. It is the quorum that counts, not who it is.
        if (manner == ProxyManner.Hang) _watch.UsePatience(TimeSpan.FromMinutes(2));
        _watch.Proxies[0].Manner = ProxyManner.Answer;
        if (manner == ProxyManner.Hang) _watch.Proxies[2].Manner = ProxyManner.Unavailable;
        await _watch.PassAsync();
        Assert.Equal((UInt128)5, Assert.Single(_watch.Locks).Ntk);
        await AssertTrueAsync();
    }

    [Fact]
    public async Task F7_FinalityThatFallsIsRefused()
    {
        await _watch.MineAsync(30);
        await _watch.PassAsync();
        var cursor = _watch.State.Cursor;
        await _watch.Ethereum.CallAsync("anvil_rollback", 3);
        await _watch.PassAsync();
        for (var i = 0; i < 3; i++) Assert.Equal("FinalizedMovedBackwards", Assert.Single(_watch.Causes(WatcherAlarmKind.EndpointRefused, i)));
        Assert.Single(_watch.Causes(WatcherAlarmKind.BelowQuorum));
        Assert.Equal(cursor, _watch.State.Cursor);

        // A fresh process knows its cursor.
        _watch.Alarms.Clear();
        _watch.Restart();
        await _watch.PassAsync();
        for (var i = 0; i < 3; i++) Assert.Equal("BehindCursor", Assert.Single(_watch.Causes(WatcherAlarmKind.EndpointRefused, i)));
    }

    [Fact]
    public async Task F7_FinalityThatIsTheHeadOrStandsStillIsRefused()
    {
        await _watch.MineAsync(30);
        foreach (var proxy in _watch.Proxies) proxy.Lie = Lies.Named("all is final");
        await _watch.PassAsync();
        Assert.Equal(0UL, _watch.State.Cursor.Number);
        Assert.Single(_watch.Causes(WatcherAlarmKind.BelowQuorum));

        foreach (var proxy in _watch.Proxies) proxy.Lie = (_, _, result) => result;
        var stuck = await _watch.Ethereum.CallAsync("eth_getBlockByNumber", "finalized", false);
        _watch.Proxies[Liar].Lie = (method, parameters, result) =>
            method == "eth_getBlockByNumber" && (string?)parameters[0] == "finalized" ? JsonNode.Parse(stuck.GetRawText()) : result;
        await _watch.MineAsync(300);
        await _watch.PassAsync();
        Assert.Contains("FinalizedLags", _watch.Causes(WatcherAlarmKind.EndpointRefused, Liar));
        await AssertTrueAsync();
    }

    [Fact]
    public async Task F20_AHeaderWithAnUnknownFieldHalts()
    {
        await _watch.MineAsync(20);
        await _watch.PassAsync();
        foreach (var proxy in _watch.Proxies) proxy.Lie = Lies.Named("new field");
        await _watch.MineAsync(5);
        await _watch.PassAsync();
        Assert.Equal(HaltReason.UnknownHeaderLayout, _watch.State.Halt!.Reason);
        Assert.Equal([0, 1, 2], _watch.State.Halt.Endpoints);
        Assert.Equal("UnknownHeaderLayout", Assert.Single(_watch.Causes(WatcherAlarmKind.Halted)));
    }

    [Fact]
    public async Task F25_AWeekIsCaughtUpInPartsFromTheStoredCursor()
    {
        await using var watch = await WatchWorld.StartAsync(rangeMax: 64);
        for (ulong i = 1; i <= 5; i++)
        {
            await watch.LockAsync(i);
            await watch.MineAsync(290);
        }

        // Nobody serves more than ten headers at a time, and the process is killed in the middle of it again and again.
        foreach (var proxy in watch.Proxies) proxy.BatchMax = 10;
        var crashes = new SeededStream(25);
        while (watch.Found.Count == 0 || watch.State.Cursor.Number < 1_440)
        {
            using var killed = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var after = watch.Found.Count + 40;
            watch.Loop.Found += _ =>
            {
                if (watch.Found.Count >= after) killed.Cancel();
            };
            try
            {
                await watch.Loop.PassAsync(killed.Token);
            }
            catch (OperationCanceledException) when (killed.IsCancellationRequested)
            {
                watch.Disk.Crash(crashes);
                watch.Restart();
            }
        }

        // Every block once, in order, whatever was in between.
        ulong expected = 1;
        foreach (var found in watch.Found)
        {
            Assert.Equal(expected, found.Before.Cursor.Number + 1);
            expected = found.After.Cursor.Number + 1;
        }

        Assert.True(watch.Found.Count > 40, $"{watch.Found.Count} ranges");
        Assert.Equal(Enumerable.Range(1, 5).Select(i => (UInt128)i), watch.Locks.Select(one => one.Ntk));
        Assert.Contains(watch.Alarms, alarm => alarm is { Kind: WatcherAlarmKind.NotServed, Cause: "Headers" });
        Assert.Null(watch.State.Halt);
    }

    // What is stored is what the node has, up to what it calls final.
    private async Task AssertTrueAsync()
    {
        var final = EthereumJsonReader.ReadHeader(await _watch.Ethereum.CallAsync("eth_getBlockByNumber", "finalized", false));
        Assert.Equal(new EthereumBlockId(final.Number, final.ComputeHash()), _watch.State.Cursor);
        Assert.Null(_watch.State.Halt);
        var slots = await VaultSlots.ReadAsync(_watch.Vault.Vault);
        Assert.Equal((slots.EventNonce, slots.EventChain), (_watch.State.EventNonce, _watch.State.EventChain));
    }
}
