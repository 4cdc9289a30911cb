using System.Collections.Concurrent;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using NeuroChain.Chain;

namespace NeuroChain.P2P.Tests;

/// <summary>A node that keeps what it hears.</summary>
internal sealed class TestPeer : IPeerHandler, IAsyncDisposable
{
    public static readonly GenesisHash Genesis = new(Hash256.Sha256([1]));

    private readonly ConcurrentQueue<(Address Peer, PeerLane Lane, string Text)> _messages = new();
    private readonly ConcurrentDictionary<Address, int> _connected = new();

    private readonly TaskCompletionSource _endedRequest = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TestPeer(
        int number, IReadOnlySet<Address> allowed, int port, GenesisHash? genesis, Func<PeerNetworkOptions, PeerNetworkOptions>? change)
    {
        Key = KeyOf(number);
        Identity = NodeIdentity.Create(Key, genesis ?? Genesis, TimeProvider.System);
        var options = new PeerNetworkOptions { Listen = new IPEndPoint(IPAddress.Loopback, port), Allowed = allowed };
        Network = new PeerNetwork(change?.Invoke(options) ?? options, Identity, this, TimeProvider.System, Loggers);
    }

    public PrivateKey Key { get; }

    public Address Address => Key.Address;

    public NodeIdentity Identity { get; }

    public PeerNetwork Network { get; }

    public RecordingLoggers Loggers { get; } = new();

    public PeerEndpoint Endpoint => new(Address, "127.0.0.1", Network.Port);

    public IReadOnlyList<(Address Peer, PeerLane Lane, string Text)> Messages => [.. _messages];

    /// <summary>Makes the handler of one lane wait, as a busy node would.</summary>
    public ConcurrentDictionary<PeerLane, Task> Busy { get; } = new();

    /// <summary>Done when the asker of a request that waits has left.</summary>
    public Task EndedRequest => _endedRequest.Task;

    public static PrivateKey KeyOf(int number) => PrivateKey.FromSeed(Hash256.Sha256([(byte)number]));

    public static HashSet<Address> Addresses(params int[] numbers) => [.. numbers.Select(n => KeyOf(n).Address)];

    public static async Task<TestPeer> StartAsync(
        int number,
        IReadOnlySet<Address> allowed,
        int port = 0,
        GenesisHash? genesis = null,
        Func<PeerNetworkOptions, PeerNetworkOptions>? change = null)
    {
        var peer = new TestPeer(number, allowed, port, genesis, change);
        await peer.Network.StartAsync(Eventually.Deadline);
        return peer;
    }

    /// <summary>Peers 1..count that all know and allow each other, connected.</summary>
    public static async Task<TestPeer[]> StartMeshAsync(int count, Func<PeerNetworkOptions, PeerNetworkOptions>? change = null)
    {
        var allowed = Addresses([.. Enumerable.Range(1, count)]);
        var peers = await Task.WhenAll(Enumerable.Range(1, count).Select(n => StartAsync(n, allowed, change: change)));
        foreach (var a in peers)
            foreach (var b in peers)
                a.Network.AddPeer(b.Endpoint);
        foreach (var a in peers)
            foreach (var b in peers)
                if (a != b)
                    await Eventually.HoldsAsync(() => a.IsConnectedTo(b), $"{a.Endpoint} is connected to {b.Endpoint}");
        return peers;
    }

    /// <summary>What the network told its handler, by turns of connected and disconnected.</summary>
    public bool IsConnectedTo(TestPeer other) => _connected.GetValueOrDefault(other.Address) == 1;

    public PeerStatus StatusOf(TestPeer other) => Network.Peers.Single(p => p.Address == other.Address);

    public bool Send(TestPeer to, PeerLane lane, string text) => Network.Send(to.Address, lane, Encoding.UTF8.GetBytes(text));

    public async Task<List<string>> AskAsync(TestPeer whom, string kind, string text, CancellationToken cancellationToken)
    {
        var answers = new List<string>();
        await foreach (var answer in Network.RequestAsync(whom.Address, kind, Encoding.UTF8.GetBytes(text), cancellationToken))
            answers.Add(Encoding.UTF8.GetString(answer.Span));
        return answers;
    }

    public async ValueTask OnMessageAsync(Address peer, PeerLane lane, ReadOnlyMemory<byte> payload)
    {
        if (Busy.TryGetValue(lane, out var busy)) await busy;
        _messages.Enqueue((peer, lane, Encoding.UTF8.GetString(payload.Span)));
    }

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> OnRequestAsync(
        Address peer, string kind, ReadOnlyMemory<byte> payload, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case "count":
                for (var i = 0; i < int.Parse(Encoding.UTF8.GetString(payload.Span)); i++) yield return Encoding.UTF8.GetBytes($"{i}");
                break;
            case "who":
                yield return Encoding.UTF8.GetBytes(peer.ToString());
                break;
            case "megabytes":
                for (var i = 0; i < int.Parse(Encoding.UTF8.GetString(payload.Span)); i++) yield return new byte[1 << 20];
                break;
            case "wait":
                yield return Array.Empty<byte>();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellationToken);
                }
                finally
                {
                    _endedRequest.TrySetResult();
                }

                break;
            default: throw new RpcException(StatusCode.NotFound, $"no {kind} here");
        }
    }

    public void OnPeerConnected(Address peer) => _connected.AddOrUpdate(peer, 1, (_, n) => n + 1);

    public void OnPeerDisconnected(Address peer) => _connected.AddOrUpdate(peer, -1, (_, n) => n - 1);

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        Identity.Dispose();
        Loggers.Dispose();
    }
}
