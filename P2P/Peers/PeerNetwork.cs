using System.Runtime.CompilerServices;
using Google.Protobuf;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NeuroChain.Chain;
using NeuroChain.P2P.V1;

namespace NeuroChain.P2P;

/// <summary>
/// The network of the nodes: every node dials every other, sends over the connections that it opened and receives over those
/// that others opened. Delivery is at most once; order holds per peer and lane while a link lasts. Safe from any thread.
/// </summary>
public sealed partial class PeerNetwork : IAsyncDisposable
{
    private readonly PeerNetworkOptions _options;
    private readonly NodeIdentity _identity;
    private readonly IPeerHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly PeerTls _tls;
    private readonly InboundConnections _inbound;

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, PeerSession> _sessions = [];
    private readonly Dictionary<Address, PeerEndpoint> _endpoints = [];
    private readonly Dictionary<Address, PeerLink> _links = [];
    private readonly Dictionary<Address, Task> _closing = [];
    private readonly PeerScores _scores;
    private readonly long _created;
    private readonly ITimer _bansEnd;
    private volatile PeerLink[] _linkSnapshot = [];
    private RpcServer? _server;
    private bool _disposed;

    public PeerNetwork(
        PeerNetworkOptions options, NodeIdentity identity, IPeerHandler handler, TimeProvider time, ILoggerFactory loggers)
    {
        _options = options;
        _identity = identity;
        _handler = handler;
        _time = time;
        _loggers = loggers;
        _logger = loggers.CreateLogger("NeuroChain.P2P");
        _tls = new PeerTls(identity, time);
        _inbound = new InboundConnections(_tls, Heard);
        _scores = new PeerScores(options.FirstBan, options.LongestBan);
        _created = time.GetTimestamp();
        _bansEnd = time.CreateTimer(_ => UpdateBans(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var peer in options.Peers)
            if (peer.Address != identity.Address)
                _endpoints[peer.Address] = peer;
        _inbound.SetAllowed(options.Allowed ?? _endpoints.Keys.ToHashSet());
    }

    /// <summary>The port that peers reach this node at, once started.</summary>
    public int Port => _server?.Port ?? _options.Listen.Port;

    /// <summary>Everybody whom this node dials or hears from, by address.</summary>
    public IReadOnlyList<PeerStatus> Peers
    {
        get
        {
            lock (_gate)
            {
                var addresses = _endpoints.Keys.Union(_inbound.Addresses()).Order();
                return [.. addresses.Select(StatusOf_NeedsLock)];
            }
        }
    }

    /// <summary>Listens, and begins to dial; does not wait for anybody to answer.</summary>
    /// <exception cref="OperatorException">The endpoint cannot be listened on.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Invariant.Check(_server is null, "a network starts once");
        var handshakes = new PendingHandshakes(_options.HandshakesPerSource, _time, _logger);
        var calls = new InboundCalls(_options, SessionOf, _inbound, Report, _handler, _time, _logger);
        var server = new RpcServerOptions
        {
            Endpoint = _options.Listen,
            Name = "P2P",
            StreamWindowBytes = 1024 * 1024,
            KeepAliveDelay = _options.KeepAliveDelay,
            KeepAliveTimeout = _options.KeepAliveTimeout,
            DropSlowReaders = false,
            Time = _time,
            ConfigureListener = listen =>
            {
                listen.Use(next => connection => handshakes.RunAsync(connection, next));
                _tls.UseOn(listen, _inbound.IsAllowed);
                listen.Use(next => connection => _inbound.RunAsync(connection, next));
            },
        };
        _server = await RpcServer.StartAsync(server, [calls.CreateService()], _loggers, cancellationToken).ConfigureAwait(false);
        lock (_gate) UpdateLinks_NeedsLock();
    }

    /// <summary>Queues the message for every connected peer. The bytes must not change afterwards.</summary>
    public void Broadcast(PeerLane lane, ReadOnlyMemory<byte> payload)
    {
        RequireFits(lane, payload);
        foreach (var link in _linkSnapshot) link.Session.Queue(lane).TryAdd(payload);
    }

    /// <summary>
    /// Queues the message for one peer; false where it is not connected or its gossip queue is full. True promises no delivery.
    /// The bytes must not change afterwards.
    /// </summary>
    public bool Send(Address peer, PeerLane lane, ReadOnlyMemory<byte> payload)
    {
        RequireFits(lane, payload);
        return LinkTo(peer) is { } link && link.Session.Queue(lane).TryAdd(payload);
    }

    /// <summary>Asks one peer; its answers come as it sends them. Leaving the loop early ends the request.</summary>
    /// <param name="peer">Whom to ask.</param>
    /// <param name="kind">What for: at most 64 ASCII letters, digits, dots, dashes or slashes.</param>
    /// <param name="payload">At most <see cref="PeerNetworkOptions.MaxRequestBytes"/>.</param>
    /// <param name="cancellationToken">Ends the request. There is no other time limit: the peer may be slow on purpose.</param>
    /// <exception cref="RpcException">UNAVAILABLE where the peer is away or was lost; else the status that its node gave.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> RequestAsync(
        Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Invariant.Check(PeerMethods.IsKind(kind), "kinds of requests are short names");
        Invariant.Check(payload.Length <= _options.MaxRequestBytes, "a request fits what peers take");
        var link = LinkTo(peer) ?? throw new RpcException(StatusCode.Unavailable, $"peer {peer.ToShortString()} is not known");
        var request = new RequestFrame { Kind = kind, Payload = UnsafeByteOperations.UnsafeWrap(payload) };
        await foreach (var response in link.RequestAsync(request, cancellationToken).ConfigureAwait(false))
            yield return response.Payload.Memory;
    }

    /// <summary>Adds a peer, or learns that it moved. It is dialled if it is allowed.</summary>
    public void AddPeer(PeerEndpoint peer)
    {
        if (peer.Address == _identity.Address) return;
        lock (_gate)
        {
            _endpoints[peer.Address] = peer;
            UpdateLinks_NeedsLock();
        }
    }

    /// <summary>Whether the peer is on the list, banned for a while or not.</summary>
    public bool IsAllowed(Address peer) => _inbound.IsListed(peer);

    /// <summary>Whether a link to the peer is up: what is sent to it leaves.</summary>
    public bool IsConnected(Address peer) => LinkTo(peer)?.Connected ?? false;

    /// <summary>Who may be connected from now on. Others are cut off, both ways; those who may again are dialled.</summary>
    public void SetAllowed(IReadOnlySet<Address> allowed)
    {
        _inbound.SetAllowed(allowed.ToHashSet());
        lock (_gate) UpdateLinks_NeedsLock();
    }

    /// <summary>
    /// The peer did what no honest one does. Enough of it within a short time, and it is cut off both ways for a while, the next time for
    /// twice as long; then it is dialled again.
    /// </summary>
    public void Report(Address peer, PeerFault fault)
    {
        lock (_gate)
            if (!_scores.Report(peer, fault, Now()))
                return;
        Banned(_logger, peer, fault);
        UpdateBans();
    }

    public async ValueTask DisposeAsync()
    {
        Task[] closing;
        lock (_gate)
        {
            if (_disposed) return;
            _disposed = true;
            UpdateLinks_NeedsLock();
            closing = [.. _closing.Values];
        }

        await _bansEnd.DisposeAsync().ConfigureAwait(false);

        await Task.WhenAll(closing).ConfigureAwait(false);
        if (_server is not null) await _server.DisposeAsync().ConfigureAwait(false);
        foreach (var session in _sessions.Values) session.Dispose();
    }

    private void RequireFits(PeerLane lane, ReadOnlyMemory<byte> payload) =>
        Invariant.Check(payload.Length <= _options.Lane(lane).MaxMessageBytes, "peers disconnect who sends more than the lane takes");

    private TimeSpan Now() => _time.GetElapsedTime(_created);

    private void UpdateBans()
    {
        lock (_gate)
        {
            if (_disposed) return;
            var now = Now();
            _inbound.SetBanned(_scores.Banned(now));
            UpdateLinks_NeedsLock();
            if (_scores.UntilNextEnd(now) is { } end) _bansEnd.Change(end, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Makes the links what endpoints, allow-list and life of this object say that they should be.</summary>
    private void UpdateLinks_NeedsLock()
    {
        foreach (var link in _links.Values.ToList())
        {
            var address = link.Endpoint.Address;
            if (!_disposed && _inbound.IsAllowed(address) && _endpoints[address] == link.Endpoint) continue;
            _links.Remove(address);
            _closing[address] = link.DisposeAsync().AsTask();
        }

        foreach (var endpoint in _endpoints.Values)
        {
            var address = endpoint.Address;
            if (_disposed || _server is null || !_inbound.IsAllowed(address) || _links.ContainsKey(address)) continue;
            var predecessor = _closing.GetValueOrDefault(address, Task.CompletedTask);
            _links[address] = new PeerLink(endpoint, Session_NeedsLock(address), _options, _tls, _handler, _time, _logger, predecessor);
        }

        _linkSnapshot = [.. _links.Values];
    }

    private PeerSession SessionOf(Address peer)
    {
        lock (_gate) return Session_NeedsLock(peer);
    }

    private PeerSession Session_NeedsLock(Address peer)
    {
        if (!_sessions.TryGetValue(peer, out var session)) _sessions[peer] = session = new PeerSession(_options, _time);
        return session;
    }

    private PeerLink? LinkTo(Address peer)
    {
        lock (_gate) return _links.GetValueOrDefault(peer);
    }

    private void Heard(Address peer) => LinkTo(peer)?.Wake();

    private PeerStatus StatusOf_NeedsLock(Address peer)
    {
        var link = _links.GetValueOrDefault(peer);
        var session = Session_NeedsLock(peer);
        return new PeerStatus(
            peer,
            _endpoints.GetValueOrDefault(peer),
            link?.Connected ?? false,
            _inbound.Count(peer),
            link?.LastError,
            session.Queue(PeerLane.Consensus).Status,
            session.Queue(PeerLane.Gossip).Status,
            _inbound.IsBanned(peer));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Banned {Peer} for a while: {Fault}")]
    private static partial void Banned(ILogger logger, Address peer, PeerFault fault);
}
