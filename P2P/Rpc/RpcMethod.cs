using Google.Protobuf;
using Google.Protobuf.Reflection;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// A method of a protobuf service with its message types in the type system. Made from the generated descriptor, which also
/// says which sides stream, so that client and server cannot disagree about the shape of a call.
/// </summary>
public sealed class RpcMethod<TRequest, TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <exception cref="InvariantException">The service has no such method, or its messages are others.</exception>
    public RpcMethod(ServiceDescriptor service, string name)
    {
        var method = service.FindMethodByName(name);
        Invariant.Check(method is not null, $"{service.FullName} has a method {name} in its proto");
        Invariant.Check(method.InputType.ClrType == typeof(TRequest), $"{method.FullName} takes {method.InputType.FullName}");
        Invariant.Check(method.OutputType.ClrType == typeof(TResponse), $"{method.FullName} returns {method.OutputType.FullName}");
        Descriptor = method;
        Path = $"/{service.FullName}/{name}";
        RequestParser = (MessageParser<TRequest>)method.InputType.Parser;
        ResponseParser = (MessageParser<TResponse>)method.OutputType.Parser;
    }

    public MethodDescriptor Descriptor { get; }

    /// <summary>"/package.Service/Method": the path of the HTTP/2 request.</summary>
    public string Path { get; }

    internal MessageParser<TRequest> RequestParser { get; }

    internal MessageParser<TResponse> ResponseParser { get; }

    internal void RequireKind(bool clientStreams, bool serverStreams)
    {
        Invariant.Check(Descriptor.IsClientStreaming == clientStreams, $"{Descriptor.FullName} streams requests as its proto says");
        Invariant.Check(Descriptor.IsServerStreaming == serverStreams, $"{Descriptor.FullName} streams responses as its proto says");
    }

    public override string ToString() => Path;
}
