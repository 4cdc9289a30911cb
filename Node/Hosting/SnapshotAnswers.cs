using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Answers peers that begin with a snapshot: which there are, their parts, and the light blocks that lead to them.</summary>
/// <param name="headers">Light blocks.</param>
/// <param name="folder">The snapshots that this node keeps.</param>
/// <param name="decided">Gives the height that this node has decided.</param>
internal sealed class SnapshotAnswers(LightBlocks headers, SnapshotFolder folder, Func<Height> decided)
{
    /// <summary>Asks for a <see cref="LightBlock"/>: its height 8.</summary>
    public const string HeaderRequest = "light-block";

    /// <summary>Asks which snapshots there are; answered by one <see cref="SnapshotList"/>.</summary>
    public const string ListRequest = "snapshots";

    /// <summary>Asks for the manifest of one: its height 8.</summary>
    public const string ManifestRequest = "snapshot-manifest";

    /// <summary>Asks for a chunk: height 8 | number 4.</summary>
    public const string ChunkRequest = "snapshot-chunk";

    /// <summary>Asks for the blocks around one: its height 8; answered in pieces.</summary>
    public const string BlocksRequest = "snapshot-blocks";

    /// <summary>Nothing where the node has it not; null where that is no request of this kind.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT where the request is malformed.</exception>
    public IEnumerable<ReadOnlyMemory<byte>>? Answer(string kind, ReadOnlySpan<byte> payload) => kind switch
    {
        ListRequest => [List().Encode()],
        HeaderRequest => One(headers.At(HeightIn(payload))?.Encode()),
        ManifestRequest => One(folder.ManifestOf(HeightIn(payload))),
        ChunkRequest => Chunk(payload),
        BlocksRequest => folder.BlocksOf(HeightIn(payload)),
        _ => null,
    };

    private SnapshotList List()
    {
        var newest = decided(); // a store that began anew may have snapshots of what it has not decided again yet
        return new SnapshotList(newest, [.. folder.Heights.Where(height => height < newest).TakeLast(SnapshotList.CountMax)]);
    }

    private IEnumerable<ReadOnlyMemory<byte>> Chunk(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var (height, index) = (reader.Height(), reader.UInt32());
        if (!reader.IsWhole || index >= 1u << SnapshotManifest.DepthMax) throw new RpcException(StatusCode.InvalidArgument, "a height and a number wanted");
        return One(folder.ChunkOf(height, (int)index));
    }

    private static Height HeightIn(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var height = reader.Height();
        return reader.IsWhole ? height : throw new RpcException(StatusCode.InvalidArgument, "a height wanted");
    }

    private static IEnumerable<ReadOnlyMemory<byte>> One(byte[]? answer) => answer is null ? [] : [answer];
}
