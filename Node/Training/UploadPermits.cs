using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>
/// What the owner of a blob signs for a place to upload it, and that each signature opens one upload: at one node, for a short while, and only where it
/// is newer than the one before it. Whoever listens on the line cannot take the owner's place with what it heard.
/// </summary>
/// <param name="genesis">The chain.</param>
/// <param name="node">This node's identity on the network.</param>
/// <param name="time">This node's clock.</param>
/// <remarks>What was taken is forgotten when its time is over: from then on it is refused for that. Not safe for several threads at a time.</remarks>
internal sealed class UploadPermits(GenesisHash genesis, Address node, TimeProvider time)
{
    /// <summary>How far the clocks of a trainer and of a node may be apart, with what the message takes.</summary>
    public static readonly TimeSpan Validity = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(Address Signer, BlobHash Blob), ulong> _last = [];

    /// <summary>What is signed.</summary>
    /// <param name="genesis">The chain.</param>
    /// <param name="node">The node that is to take the blob.</param>
    /// <param name="blob">The blob.</param>
    /// <param name="timeMs">When it was signed, Unix time in milliseconds.</param>
    public static Hash256 Digest(GenesisHash genesis, Address node, BlobHash blob, ulong timeMs) =>
        new TaggedContent(Domain.Upload, new ByteWriter().Hash(genesis.Value).Address(node).Hash(blob.Value).UInt64(timeMs).ToArray()).Digest;

    /// <summary>Who signed the first message of an upload; null where nobody did.</summary>
    /// <exception cref="RpcException">The signature is none for this upload.</exception>
    public Address? SignerOf(UploadChunk first, BlobHash blob)
    {
        if (first.Signature.IsEmpty) return null;
        var signer = first.Signer.RequireAddress("signer");
        if (!Signature.TryFromBytes(first.Signature.Span, out var signature) || !signature.IsBy(signer, Digest(genesis, node, blob, first.TimeMs)))
            throw Refusal($"signature: it is not {signer}'s for this blob, time and node {node} on this chain");
        var now = Now();
        if (Math.Max(now, first.TimeMs) - Math.Min(now, first.TimeMs) > (ulong)Validity.TotalMilliseconds)
            throw Refusal($"time_ms: {first.TimeMs} is more than {Validity.TotalMinutes:F0} minutes away from this node's clock, {now}");
        return signer;
    }

    /// <summary>Takes the permit of a signer who has a place because of it: no other upload is opened by the same or an older one.</summary>
    /// <exception cref="RpcException">One was opened by it already.</exception>
    public void Spend(Address signer, BlobHash blob, ulong timeMs)
    {
        if (_last.TryGetValue((signer, blob), out var last) && timeMs <= last)
            throw Refusal($"time_ms: an upload of this blob was opened with {last} already, sign for a later time");
        var over = Now() - (ulong)Validity.TotalMilliseconds;
        foreach (var (key, then) in _last.ToArray())
            if (then < over)
                _last.Remove(key);
        _last[(signer, blob)] = timeMs;
    }

    private ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();

    private static RpcException Refusal(string why) => new(StatusCode.PermissionDenied, why);
}
