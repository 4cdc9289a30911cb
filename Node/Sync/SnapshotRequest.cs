using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What peers are asked for on the way to a snapshot.</summary>
public enum SnapshotPart
{
    /// <summary>Which snapshots there are.</summary>
    List,

    /// <summary>Header, certificate and set of a height.</summary>
    Header,
    Manifest,
    Chunk,

    /// <summary>The blocks around the height.</summary>
    Blocks,
}

/// <summary>Something to ask a peer for.</summary>
/// <param name="Peer">Whom.</param>
/// <param name="Attempt">Names the request: no two of a node's life have the same.</param>
/// <param name="Part">What for.</param>
/// <param name="Height">Of what; genesis for the list.</param>
/// <param name="Index">Of a chunk.</param>
internal sealed record SnapshotRequest(Address Peer, ulong Attempt, SnapshotPart Part, Height Height, int Index = 0)
{
    /// <summary>Bytes of the whole answer.</summary>
    public int BytesMax => Part switch
    {
        SnapshotPart.List => SnapshotList.BytesMax,
        SnapshotPart.Header => LightBlock.SizeMax,
        SnapshotPart.Manifest => SnapshotManifest.BytesMax,
        SnapshotPart.Chunk => SnapshotChunk.BytesMax,
        _ => SnapshotBlocks.BytesMax,
    };

    /// <summary>How long to wait for all of it: as much as a slow link takes for so many bytes.</summary>
    public ulong PatienceMs => Part switch
    {
        SnapshotPart.Chunk => 30_000,
        SnapshotPart.Blocks => 60_000,
        _ => 5_000,
    };

    /// <summary>The name of the request between peers.</summary>
    public string Kind => Part switch
    {
        SnapshotPart.List => SnapshotAnswers.ListRequest,
        SnapshotPart.Header => SnapshotAnswers.HeaderRequest,
        SnapshotPart.Manifest => SnapshotAnswers.ManifestRequest,
        SnapshotPart.Chunk => SnapshotAnswers.ChunkRequest,
        _ => SnapshotAnswers.BlocksRequest,
    };

    /// <summary>What it carries.</summary>
    public byte[] Encode() => Part switch
    {
        SnapshotPart.List => [],
        SnapshotPart.Chunk => new ByteWriter().Height(Height).UInt32((uint)Index).ToArray(),
        _ => new ByteWriter().Height(Height).ToArray(),
    };
}

/// <summary>What a peer says that it has. Layout: height that it has decided 8 | heights of its snapshots 8 each, ascending.</summary>
internal sealed record SnapshotList(Height Decided, ImmutableArray<Height> Heights)
{
    /// <summary>Of many, the newest are told.</summary>
    public const int CountMax = 64;

    public const int BytesMax = 8 + (8 * CountMax);

    public byte[] Encode()
    {
        var writer = new ByteWriter().Height(Decided);
        foreach (var height in Heights) writer.Height(height);
        return writer.ToArray();
    }

    /// <summary>False where the heights do not ascend, or reach beyond what is decided: the state after one shows only in the next.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SnapshotList? list)
    {
        list = null;
        if (bytes.Length is < 8 or > BytesMax || bytes.Length % 8 != 0) return false;
        var reader = new ByteReader(bytes);
        var decided = reader.Height();
        var heights = ImmutableArray.CreateBuilder<Height>((bytes.Length / 8) - 1);
        var before = Height.Genesis;
        while (reader.Remaining > 0)
        {
            var height = reader.Height();
            if (height <= before || height >= decided) return false;
            heights.Add(before = height);
        }

        list = new SnapshotList(decided, heights.MoveToImmutable());
        return true;
    }
}
