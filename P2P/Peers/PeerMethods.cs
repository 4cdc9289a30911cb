using Google.Protobuf.Reflection;
using NeuroChain.P2P.V1;

namespace NeuroChain.P2P;

/// <summary>neurochain.p2p.v1.PeerService, for both sides.</summary>
internal static class PeerMethods
{
    // A payload of any size has at most a tag and a length of five bytes before it; a request has its kind besides.
    public const int FrameOverheadBytes = 8;
    public const int RequestOverheadBytes = 128;

    private const int MaxKindLength = 64;

    public static readonly ServiceDescriptor Service = PeerReflection.Descriptor.FindTypeByName<ServiceDescriptor>("PeerService");

    public static readonly RpcMethod<Frame, Ack> Consensus = new(Service, nameof(Consensus));
    public static readonly RpcMethod<Frame, Ack> Gossip = new(Service, nameof(Gossip));
    public static readonly RpcMethod<RequestFrame, ResponseFrame> Request = new(Service, nameof(Request));

    public static RpcMethod<Frame, Ack> Lane(PeerLane lane) => lane == PeerLane.Consensus ? Consensus : Gossip;

    public static bool IsKind(string kind) =>
        kind.Length is > 0 and <= MaxKindLength && kind.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '/');
}
