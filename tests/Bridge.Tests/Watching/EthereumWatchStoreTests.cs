using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

public sealed class EthereumWatchStoreTests
{
    private readonly PaperEthereum _chain = new PaperEthereum().Mine(5).MineEmpty(12).Mine(6, events: 3).MineEmpty(9).Mine(7).MineEmpty(30);

    /// <summary>The process dies after every possible step, and each time what was written last and not durably is lost.</summary>
    [Fact]
    public void ACrashAtAnyPointLosesNothing()
    {
        var whole = NewWatch().Pass();
        for (var steps = 0; steps < whole.Asked.Count; steps++)
        {
            var watch = NewWatch().Pass(steps);
            watch.Disk.Crash(new SeededStream((ulong)steps));
            var cursor = watch.Restart().State.Cursor;
            Assert.Equal(_chain.Blocks.Where(block => block.Header.Number <= cursor.Number && PaperEthereum.HasEvents(block)).Select(block => block.Hash), watch.Blocks.Select(block => block.Hash));
            watch.Pass();
            Assert.Equal(whole.State.Encode(), watch.State.Encode());
            Assert.Equal(whole.State.Tail, watch.State.Tail);
            Assert.Equal(whole.Blocks.Select(block => block.Encode()), watch.Blocks.Select(block => block.Encode()));
            Assert.Equal(whole.Heartbeats.Select(one => one.Encode()), watch.Heartbeats.Select(one => one.Encode()));
        }
    }

    [Fact]
    public void TheTailIsBoundedAndEndsAtTheCursor()
    {
        var watch = new PaperWatch(_chain.Options() with { TailMax = 5 }, _chain.Answer, _chain.Answer, _chain.Answer).Pass().Restart();
        var final = (int)_chain.FinalNumber;
        Assert.Equal(_chain.Blocks.Skip(final - 4).Take(5).Select(block => block.Id), watch.State.Tail);
        Assert.Equal(watch.State.Cursor, watch.State.Tail[^1]);
    }

    [Fact]
    public void BlocksAndHeartbeatsAreReadFromANumberOn()
    {
        var watch = NewWatch().Pass();
        var store = new EthereumWatchStore(watch.Disk);
        Assert.Equal([14UL, 24UL], store.Blocks(from: 2).Select(block => block.Number));
        Assert.Equal([24UL], store.Blocks(from: 15).Select(block => block.Number));
        Assert.Equal([32UL], store.Heartbeats(from: 32).Select(heartbeat => heartbeat.Number));
        Assert.Empty(store.Heartbeats(from: 33));
    }

    [Fact]
    public void AHaltIsStoredWithItsEvidence()
    {
        var watch = NewWatch().Pass();
        Array.Fill(watch.Endpoints, _chain.ForkAt(20).MineEmpty(50).Answer);
        var halt = watch.Pass().State.Halt!;
        var read = watch.Restart().State.Halt!;
        Assert.Equal((halt.Reason, halt.Stored, halt.Seen, halt.FirstChanged, halt.Detail), (read.Reason, read.Stored, read.Seen, read.FirstChanged, read.Detail));
        Assert.Equal(halt.Endpoints, read.Endpoints);
        Assert.Equal(halt.Header.ToArray(), read.Header.ToArray());
    }

    [Fact]
    public void ChangedRecordsAreNotTaken()
    {
        var watch = NewWatch().Pass();
        var state = (watch.State with { RescannedNonce = 3 }).Encode();
        byte[][] records = [state, watch.Blocks[1].Encode(), watch.Heartbeats[^1].Encode()];
        Assert.True(Decodes(0, records[0]) && Decodes(1, records[1]) && Decodes(2, records[2]));
        for (var kind = 0; kind < records.Length; kind++)
        {
            for (var length = 0; length < records[kind].Length; length++) Assert.False(Decodes(kind, records[kind][..length]), $"{kind} of {length}");
            Assert.False(Decodes(kind, [.. records[kind], 0]));
            Assert.False(Decodes(kind, [2, .. records[kind][1..]])); // a version to come
        }
    }

    private static bool Decodes(int kind, byte[] bytes) => kind switch
    {
        0 => WatcherState.TryDecode(bytes, [], out _),
        1 => VaultBlock.TryDecode(bytes, out _),
        _ => Heartbeat.TryDecode(bytes, out _),
    };

    private PaperWatch NewWatch() => new(_chain.Options(), _chain.Answer, _chain.Answer, _chain.Answer);
}
