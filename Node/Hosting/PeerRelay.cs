using System.Runtime.CompilerServices;
using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Between the peer network and the engine: decodes what comes, encodes what goes, answers requests for blocks and blobs.</summary>
/// <param name="chain">Has the blocks that are asked for.</param>
/// <param name="blobs">The same of blobs.</param>
/// <param name="time">For the log.</param>
/// <param name="logger">Is told who sends what is no message.</param>
public sealed partial class PeerRelay(ChainStore chain, IBlobStore blobs, TimeProvider time, ILogger logger) : IPeerHandler
{
    /// <summary>Asks for decided blocks: first height 8 | last height 8; answered by one message per block: length 4, block, certificate.</summary>
    public const string BlocksRequest = "blocks";

    /// <summary>Asks for a blob's manifest: its hash 32.</summary>
    public const string ManifestRequest = "blob-manifest";

    /// <summary>Asks for a chunk: hash 32 | number 4.</summary>
    public const string ChunkRequest = "blob-chunk";

    // An answer ends with the block that reaches it: whoever asks goes on from there.
    private const int AnswerBytesMax = 16 * 1024 * 1024;

    // A peer of a later version may send a thousand of them in a second, and is not banned for it.
    private readonly SpokenOf _undecodable = new(TimeSpan.FromMinutes(1), time);

    /// <summary>Set once, before the network starts: relay and host know each other.</summary>
    public EngineHost? Host { get; set; }

    /// <summary>The same; it is told what peers do wrong.</summary>
    public PeerNetwork? Network { get; set; }

    /// <summary>The same; it answers where other nodes are.</summary>
    internal PeerExchange? Exchange { get; set; }

    /// <summary>The same; it answers who begins with a snapshot.</summary>
    internal SnapshotAnswers? Snapshots { get; set; }

    public async ValueTask OnMessageAsync(Address peer, PeerLane lane, ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > 0 && !PeerMessage.IsKnownKind(payload.Span[0]))
        {
            TellUndecodable(peer, payload.Length); // a later version of the program may say more than this one understands
            return;
        }

        if (payload.Length > PeerMessage.MostBytes(payload.Span) || !PeerMessage.TryDecode(payload.Span, out var message))
        {
            TellUndecodable(peer, payload.Length);
            Network!.Report(peer, PeerFault.Malformed);
            return;
        }

        EngineInput input = message is PeerMessage.TransactionsMessage transactions
            ? Host!.Intake.TakeAll(peer, transactions)
            : new EngineInput.MessageArrived(peer, message);
        await Host!.TellAsync(input, payload.Length).ConfigureAwait(false);
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> OnRequestAsync(
        Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        foreach (var answer in Answer(peer, kind, payload))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return answer;
        }
    }

    public void OnPeerConnected(Address peer)
    {
        _ = Host!.TellAsync(new EngineInput.PeerConnected(peer));
        _ = Exchange!.Connected(peer);
    }

    public void OnPeerDisconnected(Address peer) => _ = Host!.TellAsync(new EngineInput.PeerDisconnected(peer));

    public static byte[] EncodeBlocksRequest(Height from, Height to) => new ByteWriter().Height(from).Height(to).ToArray();

    public static byte[] EncodeChunkRequest(BlobHash blob, int index) => new ByteWriter().Hash(blob.Value).UInt32((uint)index).ToArray();

    /// <summary>A decided block as it is answered.</summary>
    public static byte[] EncodeBlock(CommittedBlock committed) =>
        new ByteWriter().LengthAndBytes(committed.Block.Bytes.Span).Bytes(committed.Certificate.Encode()).ToArray();

    /// <summary>False where the answer is no block and certificate.</summary>
    public static bool TryDecodeBlock(ReadOnlyMemory<byte> answer, out ReadOnlyMemory<byte> block, out ReadOnlyMemory<byte> certificate)
    {
        var reader = new ByteReader(answer.Span);
        var length = reader.LengthAndBytes(Limits.BlockBytesMax).Length;
        block = reader.Failed ? default : answer.Slice(4, length);
        certificate = reader.Failed ? default : answer[(4 + length)..];
        return !reader.Failed;
    }

    private IEnumerable<ReadOnlyMemory<byte>> Answer(Address peer, string kind, ReadOnlyMemory<byte> payload) => kind switch
    {
        BlocksRequest => Blocks(payload),
        ManifestRequest => Manifest(payload),
        ChunkRequest => Chunk(payload),
        PeerExchange.Request => [Exchange!.Answer(peer, payload.Span)],
        _ => Snapshots!.Answer(kind, payload.Span) ?? throw new RpcException(StatusCode.Unimplemented, "unknown kind of request"),
    };

    private IEnumerable<ReadOnlyMemory<byte>> Blocks(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length != 16) throw new RpcException(StatusCode.InvalidArgument, "two heights wanted");
        var reader = new ByteReader(payload.Span);
        var (from, to) = (reader.Height(), reader.Height());
        return Read();

        IEnumerable<ReadOnlyMemory<byte>> Read()
        {
            var (height, bytes) = (from, 0);
            for (ulong i = 0; i < SyncPlanner.RangeMax && bytes < AnswerBytesMax && height <= to && chain.Get(height) is { } committed; i++, height = height.Next())
            {
                var answer = EncodeBlock(committed);
                bytes += answer.Length;
                yield return answer;
            }
        }
    }

    private IEnumerable<ReadOnlyMemory<byte>> Manifest(ReadOnlyMemory<byte> payload)
    {
        if (!Hash256.TryFromBytes(payload.Span, out var hash)) throw new RpcException(StatusCode.InvalidArgument, "a hash wanted");
        return blobs.TryGetManifest(new BlobHash(hash), out var manifest) ? [manifest.Encode()] : [];
    }

    private IEnumerable<ReadOnlyMemory<byte>> Chunk(ReadOnlyMemory<byte> payload)
    {
        var reader = new ByteReader(payload.Span);
        var (hash, index) = (reader.Hash(), reader.UInt32());
        if (!reader.IsWhole || index >= BlobLimits.ChunksMax) throw new RpcException(StatusCode.InvalidArgument, "a hash and a number wanted");
        return blobs.ReadChunk(new BlobHash(hash), (int)index) is { } chunk ? [chunk] : [];
    }

    private void TellUndecodable(Address peer, int length)
    {
        if (_undecodable.IsNew(peer)) LogUndecodable(peer, length);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "peer {Peer} sent {Length} bytes that are no message; of more within a minute nothing is said")]
    private partial void LogUndecodable(Address peer, int length);
}
