using System.Collections.Immutable;
using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Chain.Tests;
using NeuroChain.Ledger;
using NeuroChain.Types.V1;

namespace NeuroChain.Fuzz;

/// <summary>Decoders of Ledger that read what comes from outside the state: manifests of candidates, snapshots, marks, packed events.</summary>
internal static class LedgerTargets
{
    private static readonly LedgerState State = LedgerState.FromGenesis(TextTargets.AnyGenesis(new SeededStream(1)));

    private static readonly SnapshotWriter Snapshot = SnapshotOf(State);

    public static readonly ImmutableArray<FuzzTarget> All =
    [
        new("candidate-manifest", ["ManifestRules.TryParse"], AnyManifest, bytes => ManifestRules.TryParse(bytes, out var manifest) ? manifest.ToByteArray() : null),
        new("ledger-mark", ["LedgerMark.TryDecode"], s => AnyMark(s).Encode(), bytes => LedgerMark.TryDecode(bytes, out var mark) ? mark.Encode() : null),
        new("snapshot-manifest", ["SnapshotManifest.TryDecode"], AnySnapshotManifest, ReencodeSnapshotManifest) { MostBytes = 300 * 1024, TestInputs = 4_000 },
        new("snapshot-chunk", ["SnapshotChunk.TryVerify"], AnyChunk, VerifyChunk) { TestInputs = 4_000 },
        new("packed-events", ["EventList.FromPacked"], AnyEvents, ReencodeEvents),
    ];

    private static byte[] AnyManifest(SeededStream s)
    {
        var manifest = new CandidateManifest
        {
            Task = ChainFormats.BytesOf(s.NextHash()),
            Model = ChainFormats.BytesOf(s.NextHash()),
            Parent = ChainFormats.BytesOf(s.NextHash()),
            TrainingSet = ChainFormats.BytesOf(s.NextHash()),
            ModelBytes = s.NextBelow(1 << 20),
            TrainedSamples = s.NextBelow(1 << 20),
            Delta = s.NextChance(2, 3) ? null : new CheckpointDelta { Base = ChainFormats.BytesOf(s.NextHash()), Blob = ChainFormats.BytesOf(s.NextHash()), Bytes = s.NextBelow(99) },
            Device = s.NextChance(1, 2) ? null : new DeviceRecord { Kind = "cpu", Name = "any" },
        };
        for (var left = s.NextBelow(4); left > 0; left--) manifest.Chunks.Add(ChainFormats.BytesOf(s.NextHash()));
        for (var left = s.NextBelow(3); left > 0; left--) manifest.Ancestors.Add(ChainFormats.BytesOf(s.NextHash()));
        for (var left = 1 + s.NextBelow(4); left > 0; left--) manifest.Tensors.Add(new Tensor { Name = $"layer{left}.weight", Shape = { (uint)left, 3 } });
        return manifest.ToByteArray();
    }

    private static LedgerMark AnyMark(SeededStream s) => new(
        new Height(s.NextUInt64()),
        new BlockRef(new BlockHash(s.NextHash()), s.NextHash(), s.NextHash()),
        new Timestamp(s.NextBelow(1UL << 41)),
        new StateRoot(s.NextHash()),
        s.NextHash(),
        s.NextHash(),
        s.NextHash());

    private static byte[] AnySnapshotManifest(SeededStream s)
    {
        var depth = (int)s.NextBelow(5);
        return new SnapshotManifest(AnyMark(s), depth, [.. Enumerable.Range(0, 1 << depth).Select(_ => (int)s.NextBelow(SnapshotChunk.BytesMax + 1))]).Encode();
    }

    private static byte[]? ReencodeSnapshotManifest(byte[] bytes)
    {
        if (!SnapshotManifest.TryDecode(bytes, out var manifest)) return null;
        _ = (manifest.TotalBytes, new SnapshotReader(TextTargets.AnyGenesis(new SeededStream(1)), manifest).IsComplete);
        return manifest.Encode();
    }

    private static SnapshotWriter SnapshotOf(LedgerState state)
    {
        Assert.True(SnapshotWriter.TryCreate(state, 400, out var writer));
        return writer;
    }

    // Which chunk it is meant to be follows from the bytes, as no peer says it twice: the first that it fits.
    private static byte[] AnyChunk(SeededStream s)
    {
        var chunks = Snapshot.Chunks.ToList();
        return chunks[(int)s.NextBelow((ulong)chunks.Count)].Bytes;
    }

    private static byte[]? VerifyChunk(byte[] bytes)
    {
        var manifest = Snapshot.Manifest;
        for (var index = 0; index < manifest.ChunkCount; index++)
        {
            if (SnapshotChunk.TryVerify(bytes, manifest.Root, manifest.Depth, index, out _, out var fault)) return Snapshot.Chunk(index);
            Assert.NotEqual(SnapshotFault.None, fault);
            if (fault != SnapshotFault.OutsideItsPart) return null;
        }

        return null;
    }

    private static byte[] AnyEvents(SeededStream s)
    {
        var writer = new ByteWriter();
        for (var left = s.NextBelow(5); left > 0; left--) writer.LengthAndBytes(ChainTargets.Bytes(s, 60));
        return writer.ToArray();
    }

    // Only what the node packed itself comes here: damage is a bug or a broken disk, and stops it.
    private static byte[]? ReencodeEvents(byte[] bytes)
    {
        try
        {
            var events = EventList.FromPacked(bytes);
            var writer = new ByteWriter();
            for (var i = 0; i < events.Count; i++) writer.LengthAndBytes(events.Encoded(i));
            _ = events.Root();
            return writer.ToArray();
        }
        catch (InvariantException)
        {
            return null;
        }
    }
}
