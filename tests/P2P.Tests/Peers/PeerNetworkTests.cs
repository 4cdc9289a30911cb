using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

public sealed class PeerNetworkTests
{
    // The longest wait between two tries is 1.65 s; the rest is for a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static CancellationToken Limit => Eventually.Deadline;

    [Fact]
    public async Task FourPeersHearEachOtherInBothLanes()
    {
        var peers = await TestPeer.StartMeshAsync(4);
        foreach (var peer in peers)
        {
            peer.Network.Broadcast(PeerLane.Consensus, "vote"u8.ToArray());
            peer.Network.Broadcast(PeerLane.Gossip, "transaction"u8.ToArray());
        }

        foreach (var peer in peers)
        {
            await Eventually.HoldsAsync(() => peer.Messages.Count == 6, "each hears three others twice");
            var others = peers.Where(p => p != peer).Select(p => p.Address).ToList();
            var expected = others.Select(a => (a, PeerLane.Consensus, "vote"))
                .Concat(others.Select(a => (a, PeerLane.Gossip, "transaction")));
            Assert.Equal(expected.OrderBy(m => m), peer.Messages.OrderBy(m => m));
            Assert.Empty(peer.Loggers.Errors);
        }

        await DisposeAsync(peers);
    }

    [Fact]
    public async Task MessagesOfOneLaneArriveInOrder()
    {
        var peers = await TestPeer.StartMeshAsync(2);
        for (var i = 0; i < 2000; i++) Assert.True(peers[0].Send(peers[1], PeerLane.Gossip, $"{i}"));
        await Eventually.HoldsAsync(() => peers[1].Messages.Count == 2000, "all messages arrive");
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{i}"), peers[1].Messages.Select(m => m.Text));
        Assert.Equal(2000, peers[0].StatusOf(peers[1]).Gossip.Sent);
        Assert.Equal(2000, peers[1].StatusOf(peers[0]).Gossip.Received);
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task ABlockedGossipLaneHoldsUpNeitherConsensusNorRequests()
    {
        var peers = await TestPeer.StartMeshAsync(2);
        var release = new TaskCompletionSource();
        peers[1].Busy[PeerLane.Gossip] = release.Task;
        var filler = new string('x', 100_000);
        // Far more than the stream's window and the queue take.
        await Eventually.HoldsAsync(() => !peers[0].Send(peers[1], PeerLane.Gossip, filler), "the gossip queue is full");
        Assert.True(peers[0].StatusOf(peers[1]).Gossip.Dropped > 0);

        Assert.True(peers[0].Send(peers[1], PeerLane.Consensus, "vote"));
        await Eventually.HoldsAsync(() => peers[1].Messages.Any(m => m.Text == "vote"), "the vote overtakes");
        Assert.Equal(["0", "1"], await peers[0].AskAsync(peers[1], "count", "2", Limit));
        Assert.DoesNotContain(peers[1].Messages, m => m.Lane == PeerLane.Gossip);
        release.SetResult();
        await Eventually.HoldsAsync(() => peers[0].Send(peers[1], PeerLane.Gossip, "again"), "the queue drains");
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task ARequestIsAnsweredWithAStream()
    {
        var peers = await TestPeer.StartMeshAsync(2);
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), await peers[0].AskAsync(peers[1], "count", "500", Limit));
        Assert.Equal([peers[0].Address.ToString()], await peers[0].AskAsync(peers[1], "who", "", Limit));
        Assert.Equal(64, (await peers[0].AskAsync(peers[1], "megabytes", "64", Limit)).Count);
        var e = await Assert.ThrowsAsync<RpcException>(() => peers[0].AskAsync(peers[1], "unknown", "", Limit));
        Assert.Equal(new RpcStatus(StatusCode.NotFound, "no unknown here"), e.Status);
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task RequestsBeyondTheLimitAreRefusedUntilOthersEnd()
    {
        var peers = await TestPeer.StartMeshAsync(2, o => o with { MaxRequestsPerPeer = 1 });
        await using (var running = peers[0].Network.RequestAsync(peers[1].Address, "wait", default, Limit).GetAsyncEnumerator(Limit))
        {
            Assert.True(await running.MoveNextAsync());
            var e = await Assert.ThrowsAsync<RpcException>(() => peers[0].AskAsync(peers[1], "count", "1", Limit));
            Assert.Equal(StatusCode.ResourceExhausted, e.StatusCode);
        }

        // The end of the first takes a moment to get there.
        await peers[1].EndedRequest.WaitAsync(Limit);
        await Eventually.SucceedsAsync<RpcException>(() => peers[0].AskAsync(peers[1], "count", "1", Limit));
        await DisposeAsync(peers);
    }

    /// <summary>It is read before it is known how many others are open: what is too long is refused by its length alone.</summary>
    [Fact]
    public async Task ARequestThatIsLongerThanAnyIsRefused()
    {
        var longest = SignedEndpoint.Sign(new PeerEndpoint(TestPeer.KeyOf(1).Address, new string('a', 60) + "." + new string('b', 60) + ".org", 1), 1, TestPeer.KeyOf(1), TestPeer.Genesis).Encode();
        var most = new PeerNetworkOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) }.MaxRequestBytes;
        Assert.InRange(longest.Length + SignedEndpoint.HostBytesMax, 0, most / 8); // whatever its host
        await using var talker = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2), change: options => options with { MaxRequestBytes = 1 << 20 });
        await using var host = await TestPeer.StartAsync(2, TestPeer.Addresses(1, 2));
        talker.Network.AddPeer(host.Endpoint);
        await Eventually.HoldsAsync(() => talker.IsConnectedTo(host), "they are connected");
        Assert.Equal(["0", "1"], await talker.AskAsync(host, "count", "2".PadRight(most), Limit));
        foreach (var length in new[] { most + 256, 1 << 20 })
        {
            var refused = await Assert.ThrowsAsync<RpcException>(() => talker.AskAsync(host, "count", "2".PadRight(length), Limit));
            Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);
        }

        Assert.Equal(["0", "1"], await talker.AskAsync(host, "count", "2", Limit));
    }

    [Fact]
    public async Task APeerThatIsAwayTakesNothing()
    {
        await using var peer = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2));
        await using var other = await TestPeer.StartAsync(2, TestPeer.Addresses(1, 2));
        Assert.False(peer.Send(other, PeerLane.Consensus, "vote"));
        var e = await Assert.ThrowsAsync<RpcException>(() => peer.AskAsync(other, "count", "1", Limit));
        Assert.Equal(StatusCode.Unavailable, e.StatusCode);
    }

    [Fact]
    public async Task AStrangerIsRefused()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2));
        await using var stranger = await TestPeer.StartAsync(3, TestPeer.Addresses(1, 3));
        stranger.Network.AddPeer(host.Endpoint);
        await Eventually.HoldsAsync(() => stranger.StatusOf(host).LastError is not null, "the stranger is told no");
        Assert.StartsWith("Unavailable", stranger.StatusOf(host).LastError);
        Assert.False(stranger.IsConnectedTo(host));
        // The same node is welcome once it is on the list: nothing else was wrong.
        host.Network.SetAllowed(TestPeer.Addresses(1, 2, 3));
        await Eventually.HoldsAsync(() => stranger.IsConnectedTo(host), "the stranger became a peer");
        Assert.Equal(2, host.Network.Peers.Single(p => p.Address == stranger.Address).InboundConnections);
        host.Network.SetAllowed(TestPeer.Addresses(1, 2));
        await Eventually.HoldsAsync(() => !stranger.IsConnectedTo(host), "and a stranger again");
        await Eventually.HoldsAsync(() => host.Network.Peers.All(p => p.Address != stranger.Address), "nothing of it is left");
    }

    [Fact]
    public async Task ANodeOfAnotherChainIsRefused()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2));
        await using var other = await TestPeer.StartAsync(2, TestPeer.Addresses(1, 2), genesis: new GenesisHash(Hash256.Sha256([9])));
        other.Network.AddPeer(host.Endpoint);
        await Eventually.HoldsAsync(() => other.StatusOf(host).LastError is not null, "the link fails");
        Assert.False(other.IsConnectedTo(host));
    }

    [Fact]
    public async Task AnImpostorAtAPeersAddressGetsNoMessages()
    {
        await using var impostor = await TestPeer.StartAsync(3, TestPeer.Addresses(1, 2, 3));
        await using var victim = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2, 3));
        var claimed = new PeerEndpoint(TestPeer.KeyOf(2).Address, "127.0.0.1", impostor.Network.Port);
        victim.Network.AddPeer(claimed);
        await Eventually.HoldsAsync(() => victim.Network.Peers.Any(p => p.LastError is not null), "the certificate is of another");
        Assert.False(victim.Network.Send(claimed.Address, PeerLane.Consensus, "vote"u8.ToArray()));
    }

    [Fact]
    public async Task APeerStruckOffTheListIsCutOffAndMayReturn()
    {
        var peers = await TestPeer.StartMeshAsync(3);
        var everybody = TestPeer.Addresses(1, 2, 3);
        peers[0].Network.SetAllowed(TestPeer.Addresses(1, 2));
        await Eventually.HoldsAsync(() => !peers[0].IsConnectedTo(peers[2]) && !peers[2].IsConnectedTo(peers[0]), "both directions end");
        Assert.False(peers[0].Send(peers[2], PeerLane.Consensus, "vote"));
        await Eventually.HoldsAsync(() => peers[0].StatusOf(peers[2]).InboundConnections == 0, "its connections are closed");
        Assert.True(peers[0].IsConnectedTo(peers[1]));
        Assert.True(peers[2].IsConnectedTo(peers[1]));

        peers[0].Network.SetAllowed(everybody);
        await Eventually.HoldsAsync(() => peers[0].IsConnectedTo(peers[2]) && peers[2].IsConnectedTo(peers[0]), "both directions return");
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task ARestartedPeerIsBackWithinSeconds()
    {
        var peers = await TestPeer.StartMeshAsync(3);
        var port = peers[2].Network.Port;
        await peers[2].DisposeAsync();
        await Eventually.HoldsAsync(() => !peers[0].IsConnectedTo(peers[2]) && !peers[1].IsConnectedTo(peers[2]), "its absence is noticed");
        Assert.False(peers[0].Send(peers[2], PeerLane.Consensus, "lost"));
        await Eventually.HoldsAsync(() => peers[0].StatusOf(peers[2]).LastError is not null, "tries fail");

        await using var restarted = await TestPeer.StartAsync(3, TestPeer.Addresses(1, 2, 3), port);
        await Eventually.HoldsAsync(() => peers[..2].All(p => p.IsConnectedTo(restarted)), "others find it by dialling alone", Patience);
        foreach (var peer in peers[..2]) restarted.Network.AddPeer(peer.Endpoint);
        await Eventually.HoldsAsync(() => peers[..2].All(restarted.IsConnectedTo), "and it finds them", Patience);

        Assert.True(peers[0].Send(restarted, PeerLane.Consensus, "welcome"));
        await Eventually.HoldsAsync(() => restarted.Messages.Any(m => m.Text == "welcome"), "messages flow again");
        await DisposeAsync(peers[..2]);
    }

    [Fact]
    public async Task APeerThatMovedIsFoundAtItsNewEndpoint()
    {
        var peers = await TestPeer.StartMeshAsync(2);
        await peers[1].DisposeAsync();
        await using var moved = await TestPeer.StartAsync(2, TestPeer.Addresses(1, 2));
        peers[0].Network.AddPeer(moved.Endpoint);
        // The old link may take messages until its loss is noticed, so one is not enough.
        await Eventually.HoldsAsync(
            () => peers[0].Send(moved, PeerLane.Consensus, "found") && moved.Messages.Any(m => m.Text == "found"), "messages arrive");
        await peers[0].DisposeAsync();
    }

    [Fact]
    public async Task AFrameBeyondTheLaneIsRefusedUnreadAndItsSenderCutOff()
    {
        await using var host = await TestPeer.StartAsync(
            1, TestPeer.Addresses(1, 2), change: o => o with { Gossip = o.Gossip with { MaxMessageBytes = 1000 } });
        using var sender = NodeIdentity.Create(TestPeer.KeyOf(2), TestPeer.Genesis, TimeProvider.System);
        using var http = Dial(sender, host.Address);
        // The largest frame that the lane takes is still read, so the limit is what cuts the next one off.
        using var body = new StreamBody();
        var call = http.SendAsync(Post(host, "Gossip", body), HttpCompletionOption.ResponseHeadersRead, Limit);
        await body.WriteAsync(Frame(Payload(1000)), Limit);
        using var response = await call;
        await Eventually.HoldsAsync(() => host.Messages.Count == 1, "a frame at the limit is taken");
        Assert.Equal(1, host.Network.Peers.Single(p => p.Address == sender.Address).InboundConnections);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), int.MaxValue);
        await body.WriteAsync(prefix, Limit);
        await Eventually.HoldsAsync(() => host.Network.Peers.All(p => p.Address != sender.Address), "the connection is closed");
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(allocated < 1L << 30, "two gigabytes were announced and none set aside");
        Assert.Contains(host.Loggers.Lines, l => l.Contains("bad frame on the Gossip lane"));
        Assert.Single(host.Messages);
        Assert.Empty(host.Loggers.Errors);
    }

    [Fact]
    public async Task APeerThatBreaksTheRulesIsCutOffBothWaysForAWhile()
    {
        var peers = await TestPeer.StartMeshAsync(3, o => o with { FirstBan = TimeSpan.FromSeconds(5) });
        peers[0].Network.Report(peers[2].Address, PeerFault.WrongSignature);
        Assert.False(peers[0].StatusOf(peers[2]).IsBanned);
        peers[0].Network.Report(peers[2].Address, PeerFault.WrongSignature);
        Assert.True(peers[0].StatusOf(peers[2]).IsBanned);
        Assert.False(peers[0].Send(peers[2], PeerLane.Consensus, "vote"));
        await Eventually.HoldsAsync(() => !peers[0].IsConnectedTo(peers[2]) && !peers[2].IsConnectedTo(peers[0]), "both directions end");
        Assert.True(peers[0].IsConnectedTo(peers[1]));
        // Being allowed anew is no pardon.
        peers[0].Network.SetAllowed(TestPeer.Addresses(1, 2, 3));
        Assert.Contains(peers[0].Loggers.Lines, line => line.Contains("Banned", StringComparison.Ordinal));

        await Eventually.HoldsAsync(() => peers[0].IsConnectedTo(peers[2]) && peers[2].IsConnectedTo(peers[0]), "both directions return by themselves");
        Assert.False(peers[0].StatusOf(peers[2]).IsBanned);
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task AFastSenderIsReadMoreSlowlyAndLosesNothing()
    {
        var peers = await TestPeer.StartMeshAsync(2, o => o with { Gossip = o.Gossip with { MessagesPerSecond = 50 } });
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 150; i++) Assert.True(peers[0].Send(peers[1], PeerLane.Gossip, $"{i}"));
        Assert.True(peers[0].Send(peers[1], PeerLane.Consensus, "vote"));
        await Eventually.HoldsAsync(() => peers[1].Messages.Any(m => m.Text == "vote"), "the other lane is as fast as ever");
        await Eventually.HoldsAsync(() => peers[1].Messages.Count(m => m.Lane == PeerLane.Gossip) == 150, "all messages arrive");
        Assert.Equal(Enumerable.Range(0, 150).Select(i => $"{i}"), peers[1].Messages.Where(m => m.Lane == PeerLane.Gossip).Select(m => m.Text));
        // The first fifty are free, the others take two seconds but for the last waits.
        Assert.True(TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(1.9));
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task WhoAsksForMuchIsAnsweredMoreSlowlyAndGetsAllOfIt()
    {
        var peers = await TestPeer.StartMeshAsync(2, o => o with { AnswerBytesPerSecond = 30 });
        var started = TimeProvider.System.GetTimestamp();
        var answers = await peers[0].AskAsync(peers[1], "count", "40", Limit);
        Assert.Equal(40, answers.Count);
        // As many bytes as go in a second are free, the others take their time.
        Assert.True(TimeProvider.System.GetElapsedTime(started).TotalSeconds > ((answers.Sum(answer => answer.Length) - 30) / 30.0) - 0.1);
        await DisposeAsync(peers);
    }

    [Fact]
    public async Task ANewStreamTakesOverFromTheOldOne()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2));
        using var sender = NodeIdentity.Create(TestPeer.KeyOf(2), TestPeer.Genesis, TimeProvider.System);
        using var http = Dial(sender, host.Address);
        using var oldBody = new StreamBody();
        using var newBody = new StreamBody();
        using var oldResponse = await http.SendAsync(Post(host, "Consensus", oldBody), HttpCompletionOption.ResponseHeadersRead, Limit);
        using var newResponse = await http.SendAsync(Post(host, "Consensus", newBody), HttpCompletionOption.ResponseHeadersRead, Limit);
        await oldResponse.Content.ReadAsByteArrayAsync(Limit);
        Assert.Equal("10", oldResponse.TrailingHeaders.GetValues("grpc-status").Single());
        await newBody.WriteAsync(Frame(Payload(3)), Limit);
        await Eventually.HoldsAsync(() => host.Messages.Count == 1, "the new stream is read");
        Assert.Empty(host.Loggers.Errors);
    }

    [Fact]
    public async Task NoMoreThanFourConnectionsOfOnePeerAreKept()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2));
        using var sender = NodeIdentity.Create(TestPeer.KeyOf(2), TestPeer.Genesis, TimeProvider.System);
        var clients = new List<HttpClient>();
        for (var i = 0; i < 8; i++)
        {
            clients.Add(Dial(sender, host.Address));
            using var response = await clients[i].SendAsync(Post(host, "Nothing", new ByteArrayContent([])), Limit);
            Assert.Equal("12", response.Headers.GetValues("grpc-status").Single());
        }

        Assert.Equal(4, host.Network.Peers.Single(p => p.Address == sender.Address).InboundConnections);
        clients.ForEach(c => c.Dispose());
    }

    /// <summary>Strangers of one address take no more places than theirs, and peers of the others are let in meanwhile.</summary>
    [Fact]
    public async Task WhoOpensConnectionsAndSaysNothingHasFewOfThem()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2), change: o => o with { HandshakesPerSource = 4 });
        using var sender = NodeIdentity.Create(TestPeer.KeyOf(2), TestPeer.Genesis, TimeProvider.System);
        var flood = IPAddress.Parse("127.0.0.2");
        var silent = new List<Socket>();
        for (var i = 0; i < 5; i++) silent.Add(await ConnectAsync(host.Network.Port, flood, Limit));
        await Eventually.HoldsAsync(() => host.Loggers.Lines.Any(line => line.Contains("Refused connections of 127.0.0.2: 4 of it", StringComparison.Ordinal)), "the fifth is refused");
        Assert.Single(host.Loggers.Lines, line => line.Contains("Refused connections", StringComparison.Ordinal));

        using var elsewhere = Dial(sender, host.Address);
        using (await elsewhere.SendAsync(Post(host, "Nothing", new ByteArrayContent([])), Limit))
            Assert.Equal(1, host.Network.Peers.Single(p => p.Address == sender.Address).InboundConnections);

        silent.ForEach(socket => socket.Dispose());
        using var there = Dial(sender, host.Address, from: flood);
        await Eventually.SucceedsAsync<HttpRequestException>(async () => (await there.SendAsync(Post(host, "Nothing", new ByteArrayContent([])), Limit)).Dispose());
        Assert.Equal(2, host.Network.Peers.Single(p => p.Address == sender.Address).InboundConnections);
    }

    [Fact]
    public async Task ConnectionsOfPeersCountAgainstNoBoundOnStrangers()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2), change: o => o with { HandshakesPerSource = 1 });
        using var sender = NodeIdentity.Create(TestPeer.KeyOf(2), TestPeer.Genesis, TimeProvider.System);
        var clients = Enumerable.Range(0, 3).Select(_ => Dial(sender, host.Address)).ToList();
        foreach (var client in clients)
            using (await client.SendAsync(Post(host, "Nothing", new ByteArrayContent([])), Limit)) { }
        Assert.Equal(3, host.Network.Peers.Single(p => p.Address == sender.Address).InboundConnections);
        Assert.DoesNotContain(host.Loggers.Lines, line => line.Contains("Refused connections", StringComparison.Ordinal));
        clients.ForEach(client => client.Dispose());
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("::1", "::1")]
    public void AHostWithANetworkOfItsOwnIsOneSource(string address, string source) =>
        Assert.Equal(IPAddress.Parse(source), PendingHandshakes.SourceOf(IPAddress.Parse(address)));

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, false)]
    public async Task AnOldTlsOrNoCertificateGetsNoAnswer(SslProtocols protocol, bool withCertificate)
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1, 2));
        using var sender = NodeIdentity.Create(TestPeer.KeyOf(2), TestPeer.Genesis, TimeProvider.System);
        using var http = Dial(withCertificate ? sender : null, host.Address, protocol);
        await Assert.ThrowsAsync<HttpRequestException>(() => http.SendAsync(Post(host, "Nothing", new ByteArrayContent([])), Limit));
    }

    [Fact]
    public async Task ANetworkOnAPortInUseDoesNotStart()
    {
        await using var host = await TestPeer.StartAsync(1, TestPeer.Addresses(1));
        var e = await Assert.ThrowsAsync<OperatorException>(() => TestPeer.StartAsync(2, TestPeer.Addresses(1), host.Network.Port));
        Assert.Contains("for P2P", e.Message);
    }

    private static async Task DisposeAsync(IEnumerable<TestPeer> peers)
    {
        foreach (var peer in peers) await peer.DisposeAsync();
    }

    private static byte[] Payload(int length) => new V1.Frame { Payload = ByteString.CopyFrom(new byte[length]) }.ToByteArray();

    private static byte[] Frame(byte[] message)
    {
        var frame = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    private static HttpRequestMessage Post(TestPeer host, string method, HttpContent body)
    {
        body.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return new HttpRequestMessage(HttpMethod.Post, $"https://127.0.0.1:{host.Network.Port}/neurochain.p2p.v1.PeerService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
    }

    /// <summary>A client that is none of ours, with a peer's identity.</summary>
    private static HttpClient Dial(NodeIdentity? sender, Address expected, SslProtocols protocol = SslProtocols.Tls13, IPAddress? from = null)
    {
        var tls = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = protocol,
            ClientCertificateContext = sender is null ? null : SslStreamCertificateContext.Create(sender.Certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                PeerCertificate.TryVerify(
                    (X509Certificate2)certificate!, TestPeer.Genesis, TimeProvider.System.GetUtcNow(), out var address, out var _)
                && address == expected,
        };
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = tls };
        if (from is not null) handler.ConnectCallback = async (context, stop) => new NetworkStream(await ConnectAsync(context.DnsEndPoint.Port, from, stop), ownsSocket: true);
        return new HttpClient(handler);
    }

    /// <summary>A connection to a port of this machine that comes from one of its other addresses.</summary>
    private static async Task<Socket> ConnectAsync(int port, IPAddress from, CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
        return socket;
    }

    /// <summary>A request body that the test writes byte by byte.</summary>
    private sealed class StreamBody : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new();

        public async Task WriteAsync(byte[] bytes, CancellationToken cancellationToken)
        {
            var stream = await _stream.Task.WaitAsync(cancellationToken);
            await stream.WriteAsync(bytes, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.SetResult(stream);
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            _end.TrySetResult();
            base.Dispose(disposing);
        }
    }
}
