using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

public sealed class LanDiscoveryTests
{
    [Fact]
    public async Task NodesOfOneChainFindEachOtherAndNoOthers()
    {
        var lan = new Lan();
        await using var first = new Node(lan, 1, "192.0.2.1");
        await using var second = new Node(lan, 2, "node-2.example"); // a name: others take the address that the datagram comes from
        await using var foreign = new Node(lan, 3, "192.0.2.3", new GenesisHash(Hash256.Sha256([9])));
        await Eventually.HoldsAsync(() => !first.Found.IsEmpty && !second.Found.IsEmpty, "they have found each other");
        Assert.Equal([new PeerEndpoint(TestPeer.KeyOf(2).Address, "10.0.0.2", 1002)], first.Found.Distinct());
        Assert.Equal([new PeerEndpoint(TestPeer.KeyOf(1).Address, "192.0.2.1", 1001)], second.Found.Distinct());
        Assert.Empty(foreign.Found);
    }

    [Fact]
    public async Task RubbishAndOtherServicesAreIgnored()
    {
        var lan = new Lan();
        await using var node = new Node(lan, 1, "192.0.2.1");
        var genesis = $"genesis={Convert.ToHexStringLower(TestPeer.Genesis.Value.ToArray().AsSpan(0, 8))}";
        var peer = TestPeer.KeyOf(2).Address;
        lan.Send(new byte[10_000]);
        lan.Send([1, 2, 3]);
        lan.Send(Response("x._printer._tcp.local", 1000, [$"node={peer}", genesis]));
        lan.Send(Response($"x.{LanDiscovery.ServiceName}", 0, [$"node={peer}", genesis]));
        lan.Send(Response($"x.{LanDiscovery.ServiceName}", 1000, ["node=0x12", genesis]));
        lan.Send(Response($"x.{LanDiscovery.ServiceName}", 1000, [$"node={TestPeer.KeyOf(1).Address}", genesis]));
        lan.Send(Response($"x.{LanDiscovery.ServiceName}", 1000, [genesis]));
        lan.Send(Response($"x.{LanDiscovery.ServiceName}", 1234, [$"node={peer}", genesis]));
        await Eventually.HoldsAsync(() => !node.Found.IsEmpty, "the last one is good");
        Assert.Equal([new PeerEndpoint(peer, "10.0.0.99", 1234)], node.Found);
    }

    private static byte[] Response(string name, ushort port, string[] says) =>
        new DnsMessage(true, [], [new DnsRecord.Service(name, port, "x.local"), new DnsRecord.Text(name, [.. says])]).Encode();

    private sealed class Node : IAsyncDisposable
    {
        private readonly LanDiscovery _discovery;

        public Node(Lan lan, int number, string host, GenesisHash? genesis = null)
        {
            var own = new PeerEndpoint(TestPeer.KeyOf(number).Address, host, 1000 + number);
            _discovery = new LanDiscovery(lan.Join(IPAddress.Parse($"10.0.0.{number}")), own, genesis ?? TestPeer.Genesis, Found.Enqueue, TimeProvider.System, NullLogger.Instance);
            _discovery.Start();
        }

        public ConcurrentQueue<PeerEndpoint> Found { get; } = new();

        public ValueTask DisposeAsync() => _discovery.DisposeAsync();
    }

    /// <summary>A network where everybody hears everything, itself included.</summary>
    private sealed class Lan
    {
        private readonly ConcurrentBag<Channel<(byte[], IPAddress)>> _members = [];

        public IDatagrams Join(IPAddress address)
        {
            var inbox = Channel.CreateUnbounded<(byte[], IPAddress)>();
            _members.Add(inbox);
            return new Member(this, address, inbox);
        }

        public void Send(byte[] datagram, IPAddress? from = null)
        {
            foreach (var member in _members) member.Writer.TryWrite((datagram, from ?? IPAddress.Parse("10.0.0.99")));
        }

        private sealed class Member(Lan lan, IPAddress address, Channel<(byte[], IPAddress)> inbox) : IDatagrams
        {
            public ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken)
            {
                lan.Send(datagram.ToArray(), address);
                return ValueTask.CompletedTask;
            }

            public async ValueTask<(int Length, IPAddress From)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
            {
                var (bytes, from) = await inbox.Reader.ReadAsync(cancellationToken);
                var length = Math.Min(bytes.Length, buffer.Length);
                bytes.AsSpan(0, length).CopyTo(buffer.Span);
                return (length, from);
            }

            public void Dispose() { }
        }
    }
}
