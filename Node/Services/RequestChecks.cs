using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Fields of requests: read, or refused with INVALID_ARGUMENT and the field's name.</summary>
internal static class RequestChecks
{
    public static Hash256 RequireHash(this ByteString bytes, string field) =>
        Hash256.TryFromBytes(bytes.Span, out var hash) ? hash : throw Bad($"{field}: {Hash256.Size} bytes wanted, {bytes.Length} given");

    public static Address RequireAddress(this ByteString bytes, string field) =>
        Address.TryFromBytes(bytes.Span, out var address) ? address : throw Bad($"{field}: {Address.Size} bytes wanted, {bytes.Length} given");

    public static RpcException Bad(string message) => new(StatusCode.InvalidArgument, message);

    public static RpcException NotFound(string message) => new(StatusCode.NotFound, message);

    public static ByteString ToByteString(this Hash256 hash) => ByteString.CopyFrom(hash.ToArray());

    public static ByteString ToByteString(this Address address) => ByteString.CopyFrom(address.ToArray());

    public static ByteString ToByteString(this Amount amount) => ByteString.CopyFrom(amount.ToArray());
}
