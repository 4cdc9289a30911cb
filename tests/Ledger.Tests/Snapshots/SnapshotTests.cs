using FsCheck;
using FsCheck.Fluent;
using NeuroChain.Chain;

namespace NeuroChain.Ledger.Tests;

public sealed class SnapshotTests
{
    private static readonly LedgerFixture Chain = new();

    [Fact]
    public void EveryChunkIsProvedAloneAndAllOfThemAreTheState() =>
        Prop.ForAll<ushort[], byte>((numbers, size) =>
        {
            var state = StateWith(numbers.Select(n => (int)n));
            var writer = Writer(state, 1 + (size * 8));
            var manifest = Received(writer.Manifest);
            var reader = new SnapshotReader(Chain.Genesis, manifest);
            var records = new List<KeyValuePair<StateKey, byte[]>>();
            foreach (var (index, bytes) in writer.Chunks.Reverse())
            {
                Assert.True(SnapshotChunk.TryVerify(bytes, state.Root, manifest.Depth, index, out var chunk, out var fault), fault.ToString());
                records.AddRange(chunk.Records);
                Assert.False(reader.TryFinish(out _, out fault));
                Assert.Equal(SnapshotFault.Incomplete, fault);
                Assert.Equal(SnapshotFault.None, reader.Add(index, bytes));
                Assert.Equal(SnapshotFault.None, reader.Add(index, bytes));
            }

            Assert.True(reader.TryFinish(out var loaded, out _));
            Assert.Equal(state.Mark, loaded.Mark);
            return Text(loaded.Records).SequenceEqual(Text(state.Records)) && Text(records).Order().SequenceEqual(Text(state.Records).Order());
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AStateThatWasTakenOverGoesOn()
    {
        var chain = new LedgerFixture();
        chain.StepTo(3);
        var writer = Writer(chain.State, 300);
        var reader = new SnapshotReader(chain.Genesis, Received(writer.Manifest));
        foreach (var (index, bytes) in writer.Chunks) Assert.Equal(SnapshotFault.None, reader.Add(index, bytes));
        Assert.True(reader.TryFinish(out var loaded, out _));
        chain.State = loaded;
        Assert.True(Assert.Single(chain.Step(chain.Transfer(chain.Alice, chain.Bob.Address, Amount.FromNtk(1))).Receipts).IsSuccess);
    }

    [Fact]
    public void AnyFlippedBitOfAChunkIsRefused()
    {
        var state = StateWith(Enumerable.Range(0, 30));
        var writer = Writer(state, 200);
        Assert.True(writer.Manifest.Depth >= 3);
        foreach (var (index, bytes) in writer.Chunks.Take(5))
        {
            for (var bit = 0; bit < bytes.Length * 8; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.NotEqual(SnapshotFault.None, FaultOf(bytes, state, writer.Manifest.Depth, index));
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }

            for (var length = 0; length < bytes.Length; length++)
                Assert.NotEqual(SnapshotFault.None, FaultOf(bytes.AsSpan(0, length), state, writer.Manifest.Depth, index));
            Assert.Equal(SnapshotFault.Malformed, FaultOf([.. bytes, 0], state, writer.Manifest.Depth, index));
            Assert.Equal(SnapshotFault.None, FaultOf(bytes, state, writer.Manifest.Depth, index));
        }
    }

    [Fact]
    public void AChunkIsNoOtherChunkAndOfNoOtherStateOrDepth()
    {
        var state = StateWith(Enumerable.Range(0, 60));
        var other = StateWith(Enumerable.Range(0, 61));
        var writer = Writer(state, 400);
        var depth = writer.Manifest.Depth;
        foreach (var (index, bytes) in writer.Chunks)
        {
            Assert.Equal(SnapshotFault.OutsideItsPart, FaultOf(bytes, state, depth, index ^ 1));
            Assert.NotEqual(SnapshotFault.None, FaultOf(bytes, state, depth - 1, index >> 1));
            Assert.NotEqual(SnapshotFault.None, FaultOf(bytes, state, depth + 1, index << 1));
            Assert.Equal(SnapshotFault.RootDiffers, FaultOf(bytes, other, depth, index));
        }
    }

    [Fact]
    public void RecordsThatAreLeftOutAddedOrInAnotherOrderAreRefused()
    {
        var state = StateWith(Enumerable.Range(0, 40));
        var manifest = Writer(state, 600).Manifest;
        var depth = manifest.Depth;
        var part = state.Tree.Top;
        var siblings = new List<Hash256>();
        while (siblings.Count < depth)
        {
            var branch = Assert.IsType<StateBranch>(part);
            siblings.Add(branch.Right!.Hash);
            part = branch.Left;
        }

        KeyValuePair<StateKey, byte[]>[] records = [.. StateNode.LeavesOf(part).Select(leaf => KeyValuePair.Create(leaf.Key, leaf.Value))];
        Assert.True(records.Length >= 3);
        var outside = StateNode.LeavesOf(state.Tree.Top).Last();
        Assert.Equal(SnapshotFault.None, FaultOf(Chunk(siblings, records), state, depth, 0));
        Assert.Equal(SnapshotFault.RootDiffers, FaultOf(Chunk(siblings, records[1..]), state, depth, 0));
        Assert.Equal(SnapshotFault.OutOfOrder, FaultOf(Chunk(siblings, [.. records.Reverse()]), state, depth, 0));
        Assert.Equal(SnapshotFault.OutOfOrder, FaultOf(Chunk(siblings, [records[0], .. records]), state, depth, 0));
        Assert.Equal(SnapshotFault.OutsideItsPart, FaultOf(Chunk(siblings, [.. records, KeyValuePair.Create(outside.Key, outside.Value)]), state, depth, 0));
        Assert.Equal(SnapshotFault.WrongDepth, FaultOf(Chunk(siblings[..^1], records), state, depth, 0));
        Assert.Equal(SnapshotFault.WrongDepth, FaultOf(Chunk([.. siblings, Hash256.Zero], records), state, depth, 0));
        Assert.Equal(SnapshotFault.Malformed, FaultOf(Chunk(siblings, []), state, depth, 0));
    }

    [Fact]
    public void WhatIsTooLargeIsRefusedBeforeItIsRead()
    {
        var state = Chain.State;
        Assert.Equal(SnapshotFault.TooLarge, FaultOf(new byte[SnapshotChunk.BytesMax + 1], state, 0, 0));
        Assert.Equal(SnapshotFault.TooManyRecords, FaultOf([0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0], state, 0, 0));
        Assert.Equal(SnapshotFault.Malformed, FaultOf([0, 0, 0, 1, 0, 0, 0, 0], state, 0, 0));
        Assert.Equal(SnapshotFault.MalformedKey, FaultOf([0, 0, 0, 0, 0, 1, 0, 1, 7, 0, 0, 0, 0, 9], state, 0, 0));
        Assert.Equal(SnapshotFault.MalformedKey, FaultOf([0, 0, 0, 0, 0, 1, 1, 1, .. new byte[300]], state, 0, 0));
        Assert.Equal(SnapshotFault.Malformed, FaultOf([0, 0, 0, 0, 0, 1, 0, 2, 7, 7, 0xff, 0xff, 0xff, 0xff], state, 0, 0));
        Assert.Equal(SnapshotFault.Malformed, FaultOf([1, 1, .. new byte[200]], state, 0, 0));
    }

    [Fact]
    public void AManifestThatHidesOrInventsRecordsIsFoundOutByTrueChunks() =>
        Prop.ForAll<ushort[], byte>((numbers, at) =>
        {
            var state = StateWith(numbers.Select(n => (int)n));
            var writer = Writer(state, 250);
            var sizes = writer.Manifest.Sizes.ToArray();
            var lie = at % sizes.Length;
            sizes[lie] = sizes[lie] == 0 ? 100 : 0;
            var reader = new SnapshotReader(Chain.Genesis, writer.Manifest with { Sizes = [.. sizes] });
            var faults = writer.Chunks.Where(chunk => chunk.Index != lie).Select(chunk => reader.Add(chunk.Index, chunk.Bytes)).ToArray();
            return sizes.All(size => size == 0) || faults.Contains(SnapshotFault.ContradictsManifest);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void AChunkThatTheManifestDoesNotHaveIsNotTaken()
    {
        var state = StateWith(Enumerable.Range(0, 40));
        var writer = Writer(state, 500);
        var (index, bytes) = writer.Chunks.First();
        var reader = new SnapshotReader(Chain.Genesis, writer.Manifest);
        Assert.Equal(SnapshotFault.NoSuchChunk, reader.Add(-1, bytes));
        Assert.Equal(SnapshotFault.NoSuchChunk, reader.Add(writer.Manifest.ChunkCount, bytes));
        Assert.Equal(SnapshotFault.SizeDiffers, reader.Add(index, [.. bytes, 0]));
        Assert.Contains(index, reader.Missing);
        Assert.Equal(SnapshotFault.None, reader.Add(index, bytes));
        Assert.DoesNotContain(index, reader.Missing);
    }

    [Fact]
    public void AManifestOfAnotherLayoutIsNone()
    {
        var bytes = Writer(Chain.State, 400).Manifest.Encode();
        for (var length = 0; length < bytes.Length; length++) Assert.False(SnapshotManifest.TryDecode(bytes.AsSpan(0, length), out _));
        Assert.False(SnapshotManifest.TryDecode([.. bytes, 0], out _));
        Assert.False(SnapshotManifest.TryDecode([17, .. new byte[600_000]], out _));
        Assert.False(SnapshotManifest.TryDecode([.. bytes[..1], 0xff, .. bytes[2..]], out _));
        Assert.True(SnapshotManifest.TryDecode(bytes, out var manifest));
        Assert.Equal(bytes, manifest.Encode());
        Assert.Equal(Chain.State.Root, manifest.Root);
    }

    [Fact]
    public void ChunksHaveAboutTheSizeThatWasAskedFor()
    {
        var state = StateWith(Enumerable.Range(0, 20_000));
        var writer = Writer(state, 64 * 1024);
        Assert.Equal(writer.Manifest.TotalBytes, writer.Chunks.Sum(chunk => (long)chunk.Bytes.Length));
        Assert.All(writer.Manifest.Sizes, size => Assert.InRange(size, 24 * 1024, 72 * 1024));
        Assert.Equal(0, Writer(state, int.MaxValue).Manifest.Depth);
    }

    [Fact]
    public void AStateThatNoCutMakesSmallEnoughHasNoSnapshot()
    {
        var state = Chain.State.With(overlay => overlay.Set(StateKey.Of(StateModule.Accounts, 9), new byte[SnapshotChunk.BytesMax]));
        Assert.False(SnapshotWriter.TryCreate(state, SnapshotWriter.DefaultChunkBytes, out _));
    }

    [Fact]
    public void TheCutGoesDeeperWhereChunksWouldBeTooLarge()
    {
        var half = new byte[SnapshotChunk.BytesMax / 2];
        var state = Chain.State.With(overlay =>
        {
            for (byte i = 0; i < 6; i++) overlay.Set(StateKey.Of(StateModule.Accounts, 9, [i]), half);
        });
        var writer = Writer(state, int.MaxValue);
        Assert.True(writer.Manifest.Depth > 0);
        Assert.All(writer.Chunks, chunk => Assert.Equal(SnapshotFault.None, FaultOf(chunk.Bytes, state, writer.Manifest.Depth, chunk.Index)));
    }

    private static LedgerState StateWith(IEnumerable<int> numbers) => Chain.State.With(overlay =>
    {
        foreach (var number in numbers) overlay.Set(StateKey.Of(StateModule.Accounts, 9, (ulong)number), new Account((ulong)number, new Amount(5)).Encode());
    });

    private static SnapshotWriter Writer(LedgerState state, int chunkBytes)
    {
        Assert.True(SnapshotWriter.TryCreate(state, chunkBytes, out var writer));
        return writer;
    }

    private static SnapshotManifest Received(SnapshotManifest manifest)
    {
        Assert.True(SnapshotManifest.TryDecode(manifest.Encode(), out var received));
        return received;
    }

    private static SnapshotFault FaultOf(ReadOnlySpan<byte> bytes, LedgerState state, int depth, int index)
    {
        Assert.Equal(SnapshotChunk.TryVerify(bytes, state.Root, depth, index, out _, out var fault), fault == SnapshotFault.None);
        return fault;
    }

    private static byte[] Chunk(List<Hash256> siblings, KeyValuePair<StateKey, byte[]>[] records)
    {
        var writer = StateProof.WriteSiblings(new ByteWriter(), siblings.ToArray()).UInt32((uint)records.Length);
        foreach (var (key, value) in records) writer.UInt16((ushort)key.Bytes.Length).Bytes(key.Bytes).LengthAndBytes(value);
        return writer.ToArray();
    }

    private static IEnumerable<string> Text(IEnumerable<KeyValuePair<StateKey, byte[]>> records) =>
        records.Select(record => $"{record.Key} {Convert.ToHexString(record.Value)}");
}
