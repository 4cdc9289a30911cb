using Google.Protobuf;
using Google.Protobuf.Reflection;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// A service of a .proto with a handler for each of its methods. Handlers are checked against the descriptor when they are
/// added, and the whole service when it is mapped: a forgotten method stops the node at start, not its first caller.
/// </summary>
public sealed class RpcService(ServiceDescriptor descriptor, int maxReceiveSizeBytes = RpcLimits.DefaultMaxReceiveSizeBytes)
{
    private readonly Dictionary<string, Registration> _methods = [];

    public ServiceDescriptor Descriptor { get; } = descriptor;

    internal IReadOnlyCollection<Registration> Methods => _methods.Values;

    /// <param name="name">Of the method in its service.</param>
    /// <param name="handler">Answers a request.</param>
    /// <param name="maxReceiveSizeBytes">Greatest request message of this method, where it differs from the service's.</param>
    public RpcService Unary<TRequest, TResponse>(string name, Func<TRequest, ServerCallContext, Task<TResponse>> handler, int? maxReceiveSizeBytes = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = Method<TRequest, TResponse>(name, clientStreams: false, serverStreams: false);
        return Add(name, method.Descriptor, maxReceiveSizeBytes, async call =>
        {
            var request = await call.ReadSingleAsync(method.RequestParser).ConfigureAwait(false);
            call.WriteLast(await handler(request, call.Context).ConfigureAwait(false));
        });
    }

    public RpcService ServerStreaming<TRequest, TResponse>(
        string name, Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = Method<TRequest, TResponse>(name, clientStreams: false, serverStreams: true);
        return Add(name, method.Descriptor, null, async call =>
        {
            var request = await call.ReadSingleAsync(method.RequestParser).ConfigureAwait(false);
            await handler(request, new Responses<TResponse>(call), call.Context).ConfigureAwait(false);
        });
    }

    /// <param name="name">The method's name in the .proto.</param>
    /// <param name="handler">Reads the requests and answers once.</param>
    /// <param name="maxReceiveSizeBytes">Greatest request message of this method, where it differs from the service's.</param>
    public RpcService ClientStreaming<TRequest, TResponse>(
        string name, Func<IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>> handler, int? maxReceiveSizeBytes = null)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = Method<TRequest, TResponse>(name, clientStreams: true, serverStreams: false);
        return Add(name, method.Descriptor, maxReceiveSizeBytes, async call =>
            call.WriteLast(await handler(new Requests<TRequest>(call, method.RequestParser), call.Context).ConfigureAwait(false)));
    }

    public RpcService Duplex<TRequest, TResponse>(
        string name, Func<IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task> handler)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = Method<TRequest, TResponse>(name, clientStreams: true, serverStreams: true);
        return Add(name, method.Descriptor, null, call =>
            handler(new Requests<TRequest>(call, method.RequestParser), new Responses<TResponse>(call), call.Context));
    }

    /// <exception cref="InvariantException">A method of the descriptor has no handler.</exception>
    internal void RequireComplete()
    {
        foreach (var method in Descriptor.Methods)
            Invariant.Check(_methods.ContainsKey(method.Name), $"every method of a mapped service has a handler, {method.FullName} too");
    }

    private RpcMethod<TRequest, TResponse> Method<TRequest, TResponse>(string name, bool clientStreams, bool serverStreams)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = new RpcMethod<TRequest, TResponse>(Descriptor, name);
        method.RequireKind(clientStreams, serverStreams);
        return method;
    }

    private RpcService Add(string name, MethodDescriptor method, int? maxReceive, Func<ServerCall, Task> handler)
    {
        var added = _methods.TryAdd(name, new Registration(method, maxReceive ?? maxReceiveSizeBytes, handler));
        Invariant.Check(added, $"{method.FullName} has one handler");
        return this;
    }

    internal sealed record Registration(MethodDescriptor Descriptor, int MaxReceiveSizeBytes, Func<ServerCall, Task> Handler)
    {
        public bool Streams => Descriptor.IsClientStreaming || Descriptor.IsServerStreaming;

        public string Path => $"/{Descriptor.Service.FullName}/{Descriptor.Name}";
    }

    private sealed class Requests<T>(ServerCall call, MessageParser<T> parser) : IAsyncStreamReader<T> where T : class, IMessage<T>
    {
        private T? _current;

        public T Current => _current ?? throw new InvalidOperationException("Current is read after MoveNext gave true");

        public async Task<bool> MoveNext(CancellationToken cancellationToken)
        {
            if (!cancellationToken.CanBeCanceled || cancellationToken == call.Ended)
            {
                _current = await call.ReadAsync(parser, call.Ended).ConfigureAwait(false);
            }
            else
            {
                using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, call.Ended);
                _current = await call.ReadAsync(parser, both.Token).ConfigureAwait(false);
            }

            return _current is not null;
        }
    }

    private sealed class Responses<T>(ServerCall call) : IServerStreamWriter<T> where T : class, IMessage<T>
    {
        public Task WriteAsync(T message, CancellationToken cancellationToken = default) => call.WriteAsync(message, cancellationToken);
    }
}
