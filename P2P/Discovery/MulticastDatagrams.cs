using System.Net;
using System.Net.Sockets;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>The multicast group of RFC 6762 over IPv4, on the interface that the system prefers. Others on this machine may use it too.</summary>
public sealed class MulticastDatagrams : IDatagrams
{
    private static readonly IPEndPoint Group = new(IPAddress.Parse("224.0.0.251"), 5353);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    /// <exception cref="OperatorException">The port is taken by a program that shares it with nobody, or there is no network.</exception>
    public MulticastDatagrams()
    {
        try
        {
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _socket.Bind(new IPEndPoint(IPAddress.Any, Group.Port));
            _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(Group.Address));
            _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, 255); // RFC 6762, 11
        }
        catch (SocketException failure)
        {
            _socket.Dispose();
            throw new OperatorException($"discovery on the local network does not start: {failure.Message}. Free UDP port {Group.Port}, or set discovery to false in config.json", failure);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken) =>
        _ = await _socket.SendToAsync(datagram, SocketFlags.None, Group, cancellationToken).ConfigureAwait(false);

    public async ValueTask<(int Length, IPAddress From)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), cancellationToken).ConfigureAwait(false);
        return (received.ReceivedBytes, ((IPEndPoint)received.RemoteEndPoint).Address);
    }

    public void Dispose() => _socket.Dispose();
}
