using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;
using NeuroChain.EndToEnd;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>How nodes come to know where others are, over sockets and without any chain.</summary>
public sealed class PeerExchangeTests : IDisposable
{
    private static readonly GenesisHash Genesis = new(Hash256.Sha256([7]));

    private readonly string _folder = Directory.CreateTempSubdirectory("neurochain-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>
    /// What its guide said when they connected was of a node that did not vote in the asker's old state. Once it does, nobody but the guide can say
    /// where it is, and the next question of the minute may come after the guide is cut off.
    /// </summary>
    [Fact]
    public async Task WhoMayConnectSinceItWasSpokenOfIsAskedForAgain()
    {
        await using var guide = new Talker(_folder, 1, [2, 3]);
        await using var newcomer = new Talker(_folder, 2, [1]);
        await using var elected = new Talker(_folder, 3, [1, 2]);
        await guide.StartAsync();
        await elected.StartAsync(guide);
        await RunningNetwork.EventuallyAsync(() => guide.Knows(elected), "the guide knows it");
        await newcomer.StartAsync(guide);
        await RunningNetwork.EventuallyAsync(() => newcomer.Asked > 0, "it has heard of all");
        Assert.False(newcomer.Knows(elected));

        newcomer.Allow(1, 3);
        await Eventually.HoldsAsync(() => newcomer.Network.IsConnected(elected.Address), "it found the other, sooner than by the question of the minute", TimeSpan.FromSeconds(30));
        newcomer.Allow(3);
        await RunningNetwork.EventuallyAsync(() => !newcomer.Network.IsConnected(guide.Address), "it needs the guide no more");
        Assert.True(newcomer.Network.IsConnected(elected.Address));
    }

    /// <summary>Anybody on the local network may say anything of where a node is.</summary>
    [Fact]
    public async Task AnUnsignedWordMovesANodeNoMoreOftenThanItsOwn()
    {
        var time = new StoppedTime();
        await using var node = new Talker(_folder, 1, [2, 3], time);
        PeerEndpoint At(int number, int port) => new(Talker.KeyOf(number).Address, "127.0.0.1", port);
        int? PortOf(int number) => node.Network.Peers.FirstOrDefault(peer => peer.Address == Talker.KeyOf(number).Address)?.Endpoint?.Port;
        node.Exchange.Hint(At(2, 1));
        for (var i = 0; i < 10; i++)
        {
            node.Exchange.Hint(At(2, 2 + (i % 2)));
            Assert.Equal(1, PortOf(2));
            time.Now += PeerBook.BetweenMoves / 10 - TimeSpan.FromTicks(1);
        }

        node.Exchange.Hint(At(3, 4)); // of another one it is the first
        Assert.Equal(4, PortOf(3));
        node.Exchange.Hint(At(4, 5)); // who may not connect
        Assert.Null(PortOf(4));
        time.Now += TimeSpan.FromTicks(10);
        node.Exchange.Hint(At(2, 2));
        Assert.Equal(2, PortOf(2));
    }

    private sealed class StoppedTime : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }

    private sealed class Talker : IPeerHandler, IAsyncDisposable
    {
        private readonly NodeIdentity _identity;
        private readonly PeerExchange _exchange;
        private readonly NodeOptions _options;
        private int _asked;

        public Talker(string folder, int number, int[] allowed, TimeProvider? time = null)
        {
            var key = KeyOf(number);
            Address = key.Address;
            _options = new NodeOptions { P2p = $"127.0.0.1:{FreePorts.Take(1)[0]}" };
            _identity = NodeIdentity.Create(key, Genesis, TimeProvider.System);
            Network = new PeerNetwork(new PeerNetworkOptions { Listen = _options.P2PEndpoint, Allowed = Addresses(allowed) }, _identity, this, TimeProvider.System, NullLoggerFactory.Instance);
            _exchange = new PeerExchange(Network, _options, key, Genesis, new PeerBookFile(Path.Combine(folder, $"peers{number}")), time ?? TimeProvider.System, NullLogger.Instance);
        }

        public Address Address { get; }

        public PeerNetwork Network { get; }

        /// <summary>How often what a peer knows was asked for and came.</summary>
        public int Asked => _asked;

        public PeerEndpoint Endpoint => new(Address, "127.0.0.1", _options.P2PEndpoint.Port);

        public PeerExchange Exchange => _exchange;

        public static PrivateKey KeyOf(int number) => TrainedChain.Key(4_000 + number);

        public async Task StartAsync(Talker? guide = null)
        {
            _exchange.Start();
            await Network.StartAsync(TestContext.Current.CancellationToken);
            if (guide is not null) Network.AddPeer(guide.Endpoint);
        }

        public bool Knows(Talker other) => Network.Peers.Any(peer => peer.Address == other.Address && peer.Endpoint is not null);

        public void Allow(params int[] others)
        {
            Network.SetAllowed(Addresses(others));
            _exchange.AllowedChanged();
        }

        public ValueTask OnMessageAsync(Address peer, PeerLane lane, ReadOnlyMemory<byte> payload) => ValueTask.CompletedTask;

        public async IAsyncEnumerable<ReadOnlyMemory<byte>> OnRequestAsync(Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            Assert.Equal(PeerExchange.Request, kind);
            yield return _exchange.Answer(peer, payload.Span);
        }

        public void OnPeerConnected(Address peer) => _ = AskAsync(peer);

        public void OnPeerDisconnected(Address peer) { }

        public async ValueTask DisposeAsync()
        {
            await _exchange.DisposeAsync();
            await Network.DisposeAsync();
            _identity.Dispose();
        }

        private async Task AskAsync(Address peer)
        {
            await _exchange.Connected(peer);
            Interlocked.Increment(ref _asked);
        }

        private static HashSet<Address> Addresses(int[] numbers) => [.. numbers.Select(number => KeyOf(number).Address)];
    }
}
