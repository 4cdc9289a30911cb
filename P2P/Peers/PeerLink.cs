using Microsoft.Extensions.Logging;
using NeuroChain.Chain;
using NeuroChain.P2P.V1;

namespace NeuroChain.P2P;

/// <summary>
/// The outgoing side to one peer: dials it, keeps both lanes open, and dials again when either is lost. The consensus lane has a
/// TCP connection of its own; gossip and requests share the other, so a vote never waits behind a checkpoint.
/// </summary>
internal sealed partial class PeerLink : IAsyncDisposable
{
    // Small messages of a burst leave together, but no burst waits for more than this to come together.
    private const int FlushBytes = 64 * 1024;

    private readonly PeerNetworkOptions _options;
    private readonly PeerTls _tls;
    private readonly IPeerHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Task _running;
    private volatile RpcChannel? _bulk;
    private volatile string? _lastError;

    /// <param name="endpoint">Whom to dial where.</param>
    /// <param name="session">The peer's queues, used by one link at a time.</param>
    /// <param name="options">Of the network.</param>
    /// <param name="tls">Makes the connections' TLS.</param>
    /// <param name="handler">Is told when the link is up and when it is lost.</param>
    /// <param name="time">For back-off and time limits.</param>
    /// <param name="logger">Of the network.</param>
    /// <param name="predecessor">The end of the peer's former link; this one begins after it.</param>
    public PeerLink(
        PeerEndpoint endpoint,
        PeerSession session,
        PeerNetworkOptions options,
        PeerTls tls,
        IPeerHandler handler,
        TimeProvider time,
        ILogger logger,
        Task predecessor)
    {
        Endpoint = endpoint;
        Session = session;
        _options = options;
        _tls = tls;
        _handler = handler;
        _time = time;
        _logger = logger;
        _running = Task.Run(async () =>
        {
            await predecessor.ConfigureAwait(false);
            await RunAsync().ConfigureAwait(false);
        });
    }

    public PeerEndpoint Endpoint { get; }

    public PeerSession Session { get; }

    public bool Connected => _bulk is not null;

    public string? LastError => _lastError;

    /// <summary>The peer was heard of: no reason to wait any longer before dialling.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0) _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two hints at the same time are one.
        }
    }

    /// <exception cref="RpcException">UNAVAILABLE while the peer is away; else the status that it gave.</exception>
    public IAsyncEnumerable<ResponseFrame> RequestAsync(RequestFrame request, CancellationToken cancellationToken)
    {
        var bulk = _bulk ?? throw new RpcException(StatusCode.Unavailable, $"peer {Endpoint.Address.ToShortString()} is not connected");
        return bulk.ServerStreaming(PeerMethods.Request, request, cancellationToken: cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var backoff = new Backoff(_options.ReconnectStep, _options.ReconnectMax);
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var started = _time.GetTimestamp();
            try
            {
                await RunOnceAsync().ConfigureAwait(false);
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(e);
            }

            // A peer that takes a connection only to close it is not reached: the count starts anew after a link that held.
            failures = _time.GetElapsedTime(started) > _options.ReconnectMax ? 1 : failures + 1;
            if (await WaitAsync(backoff.Delay(failures, Random.Shared.NextDouble())).ConfigureAwait(false)) failures = 0;
        }
    }

    /// <summary>True where a hint ended the wait.</summary>
    private async Task<bool> WaitAsync(TimeSpan delay)
    {
        try
        {
            // Even a hint does not make more than one try per step.
            var least = delay < _options.ReconnectStep ? delay : _options.ReconnectStep;
            await Task.Delay(least, _time, _stop.Token).ConfigureAwait(false);
            using var rest = new CancellationTokenSource(delay - least, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(rest.Token, _stop.Token);
            await _wake.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RunOnceAsync()
    {
        using var link = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        using var urgent = NewChannel();
        using var bulk = NewChannel();
        using var consensus = urgent.ClientStreaming(PeerMethods.Consensus, cancellationToken: link.Token);
        using var gossip = bulk.ClientStreaming(PeerMethods.Gossip, cancellationToken: link.Token);
        await AcceptedAsync(consensus, gossip).ConfigureAwait(false);

        foreach (var lane in Enum.GetValues<PeerLane>()) Session.Queue(lane).Open();
        _bulk = bulk;
        _lastError = null;
        LinkUp(_logger, Endpoint.Address, Endpoint.Host, Endpoint.Port);
        Tell(_handler.OnPeerConnected);
        Task[] parts =
        [
            PumpAsync(PeerLane.Consensus, consensus.RequestStream, link.Token),
            PumpAsync(PeerLane.Gossip, gossip.RequestStream, link.Token),
            consensus.ResponseAsync,
            gossip.ResponseAsync,
        ];
        try
        {
            var first = await Task.WhenAny(parts).ConfigureAwait(false);
            await first.ConfigureAwait(false);
            throw new RpcException(StatusCode.Unavailable, "the peer ended the stream");
        }
        finally
        {
            _bulk = null;
            foreach (var lane in Enum.GetValues<PeerLane>()) Session.Queue(lane).Close();
            await link.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Tell(_handler.OnPeerDisconnected);
        }
    }

    private async Task AcceptedAsync(AsyncClientStreamingCall<Frame, Ack> consensus, AsyncClientStreamingCall<Frame, Ack> gossip)
    {
        try
        {
            await Task.WhenAll(consensus.ResponseHeadersAsync, gossip.ResponseHeadersAsync)
                .WaitAsync(_options.ConnectTimeout, _time, _stop.Token)
                .ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new RpcException(new RpcStatus(StatusCode.Unavailable, "the peer did not accept the streams in time"), e);
        }
    }

    private async Task PumpAsync(PeerLane lane, IClientStreamWriter<Frame> stream, CancellationToken cancellationToken)
    {
        var queue = Session.Queue(lane);
        while (true)
        {
            await queue.WaitAsync(cancellationToken).ConfigureAwait(false);
            while (queue.TryTake(out var message))
            {
                var frame = new Frame { Payload = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(message) };
                if (stream.Buffer(frame) >= FlushBytes) await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private RpcChannel NewChannel() => new(Endpoint.ToUri(), new RpcChannelOptions
    {
        Tls = _tls.ForClient(Endpoint.Address),
        MaxReceiveSizeBytes = _options.MaxResponseBytes + PeerMethods.FrameOverheadBytes,
        ConnectTimeout = _options.ConnectTimeout,
        KeepAliveDelay = _options.KeepAliveDelay,
        KeepAliveTimeout = _options.KeepAliveTimeout,
        Time = _time,
    });

    private void Tell(Action<Address> what)
    {
        try
        {
            what(Endpoint.Address);
        }
        catch (Exception e)
        {
            HandlerFailed(_logger, Endpoint.Address, e);
        }
    }

    private void Report(Exception exception)
    {
        var text = exception is RpcException e ? e.Status.ToString() : exception.Message;
        if (exception is not RpcException) LinkFailed(_logger, Endpoint.Address, exception);
        // Once per reason: a peer that is down for a day is one line, not a hundred thousand.
        else if (text != _lastError) Unreachable(_logger, Endpoint.Address, Endpoint.Host, Endpoint.Port, text);
        _lastError = text;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Connected to {Peer} at {Host}:{Port}")]
    private static partial void LinkUp(ILogger logger, Address peer, string host, int port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No link to {Peer} at {Host}:{Port}: {Reason}")]
    private static partial void Unreachable(ILogger logger, Address peer, string host, int port, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The link to {Peer} failed unexpectedly")]
    private static partial void LinkFailed(ILogger logger, Address peer, Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The handler failed on a change of {Peer}")]
    private static partial void HandlerFailed(ILogger logger, Address peer, Exception exception);
}
