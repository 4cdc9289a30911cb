using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Node.Tests;

/// <summary>What a node's watch gives of what was stored before.</summary>
public sealed class EthereumWatchTests : IDisposable
{
    private readonly NodeHome _home = new(Directory.CreateTempSubdirectory("neurochain-watch-").FullName);

    private static readonly EthereumSettings Settings = new()
    {
        Endpoints = [.. new[] { "a", "b", "c" }.Select(name => new EthereumEndpointSettings { Name = name, Url = $"https://{name}.example" })],
        Start = new EthereumStart(999, Hash256.Sha256([9]).ToString()),
    };

    [Fact]
    public async Task EventsAreFoundByTheirNonces()
    {
        var blocks = Stored(60);
        await using var watch = Open();
        var stream = new SeededStream(1);
        // In any order, as the API asks, and in rows, as the agent does.
        for (var i = 0; i < 200; i++)
        {
            var nonce = i < 100 ? 1 + stream.NextBelow(watch.State.EventNonce + 2) : (ulong)i - 99;
            Assert.Equal(blocks.Where(block => block.LastNonce >= nonce).Select(block => block.Number), watch.BlocksWithNoncesFrom(nonce).Select(block => block.Number));
        }

        Assert.Equal(watch.State.Cursor.Hash, watch.HashOf(watch.State.Cursor.Number));
        Assert.All(blocks, block => Assert.Equal(block.Hash, watch.HashOf(block.Number)));
        Assert.Null(watch.HashOf(999_999));
    }

    [Fact]
    public async Task AHaltEndsByTheOperatorsWord()
    {
        Stored(3, new WatcherHalt(HaltReason.NonceGap, new EthereumBlockId(1, Hash256.Zero), new EthereumBlockId(2, Hash256.Zero), [], [0], ReadOnlyMemory<byte>.Empty, "events are missing"));
        var genesis = BridgeWorld.Bridged(new LedgerFixture().Genesis);
        File.WriteAllBytes(_home.GenesisFile, genesis.ToJson());
        (new NodeOptions { Ethereum = Settings }).Save(_home.ConfigFile);
        await using (var watch = Open()) Assert.NotNull(watch.State.Halt);
        var output = new StringWriter();
        Assert.Equal(0, DatabaseCommand.ResumeEthereum(_home, output));
        Assert.Contains("NonceGap: events are missing", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, DatabaseCommand.ResumeEthereum(_home, output)); // nothing to end
        await using (var watch = Open()) Assert.Null(watch.State.Halt);
    }

    public void Dispose() => Directory.Delete(_home.Path, recursive: true);

    private EthereumWatch Open() => EthereumWatch.Open(_home, Settings, BridgeWorld.Bridge, BridgeWorld.Limits.HeartbeatBlocks, TimeProvider.System, NullLogger.Instance);

    // Blocks of one to three events.
    private ImmutableArray<VaultBlock> Stored(int count, WatcherHalt? halt = null)
    {
        var ethereum = new FakeEthereum(BridgeWorld.Bridge);
        var blocks = ImmutableArray.CreateBuilder<VaultBlock>();
        for (var i = 0; i < count; i++)
        {
            for (var events = 0; events <= i % 3; events++) ethereum.Lock(LedgerFixture.Key(1).Address, Amount.FromNtk(1));
            var block = ethereum.Mine();
            Assert.True(VaultBlock.TryRead(block.Header, block.Hash, block.All, block.Receipts, BridgeWorld.Bridge.Vault, out var found));
            blocks.Add(found!);
        }

        var before = WatcherState.Begin(Settings.WatcherFor(BridgeWorld.Bridge, BridgeWorld.Limits.HeartbeatBlocks));
        var end = new EthereumBlockId(blocks[^1].Number, blocks[^1].Hash);
        var after = before with { Cursor = end, LastEventBlock = end, EventNonce = blocks[^1].LastNonce, Tail = [end], Halt = halt };
        using var disk = RocksStore.Open(_home.EthereumFolder, [EthereumWatchStore.Column]);
        new EthereumWatchStore(disk).Write(new ScanFinding(before, after, blocks.ToImmutable(), null));
        return blocks.ToImmutable();
    }
}
