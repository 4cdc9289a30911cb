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

    /// <summary>Written out by hand: changing one is a change of what stores on disks hold.</summary>
    [Fact]
    public void TheLayoutsAreTheApprovedOnes()
    {
        var halt = new WatcherHalt(HaltReason.NonceGap, new EthereumBlockId(3, Words.Of(4)), new EthereumBlockId(5, Words.Of(6)), [new EthereumBlockId(7, Words.Of(8))], [0, 2], new byte[] { 0xc0 }, "gap");
        var state = new WatcherState
        {
            Identity = Words.Of(1),
            Cursor = new EthereumBlockId(2, Words.Of(3)),
            EventNonce = 4,
            EventChain = Words.Of(5),
            LastEventBlock = new EthereumBlockId(6, Words.Of(7)),
            RescannedNonce = 8,
            Halt = halt,
        };
        Assert.Equal(
            "01" + Word(1) + Long(2) + Word(3) + Long(4) + Word(5) + Long(6) + Word(7) + "01" + Long(8)
            + "01" + "04" + Long(3) + Word(4) + Long(5) + Word(6) + "0001" + Long(7) + Word(8) + "0002" + "0002" + "00000001c0" + "00000003" + "676170",
            Convert.ToHexStringLower(state.Encode()));

        var header = _chain.Blocks[1].Header;
        var head = "01" + header.Encode().Length.ToString("x8", System.Globalization.CultureInfo.InvariantCulture) + Convert.ToHexStringLower(header.Encode());
        var log = new EthereumLog(PaperEthereum.Vault, [Words.Of(9), Words.Of(10)], new byte[] { 0xda });
        var block = new VaultBlock(header, header.ComputeHash(), [new VaultEvent(10, 11, 12, log)], [new ProvenReceipt(11, [new byte[] { 0xaa, 0xbb }])]);
        var address = string.Concat(Enumerable.Repeat("aa", 20));
        Assert.Equal(
            head + "00000001" + Long(10) + Long(11) + "0000000c" + address + "02" + Word(9) + Word(10) + "00000001da" + "00000001" + Long(11) + "0001" + "00000002aabb",
            Convert.ToHexStringLower(block.Encode()));
        var heartbeat = new Heartbeat(
            header, header.ComputeHash(), new AccountEvidence(PaperEthereum.Vault, [Words.Of(1)], [new byte[] { 0xcc }]), new AccountEvidence(PaperEthereum.Vault, [], []));
        Assert.Equal(head + address + "0001" + Word(1) + "0001" + "00000001cc" + address + "0000" + "0000", Convert.ToHexStringLower(heartbeat.Encode()));

        static string Word(int number) => number.ToString("x64", System.Globalization.CultureInfo.InvariantCulture);
        static string Long(int number) => number.ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool Decodes(int kind, byte[] bytes) => kind switch
    {
        0 => WatcherState.TryDecode(bytes, [], out _),
        1 => VaultBlock.TryDecode(bytes, out _),
        _ => Heartbeat.TryDecode(bytes, out _),
    };

    private PaperWatch NewWatch() => new(_chain.Options(), _chain.Answer, _chain.Answer, _chain.Answer);
}
