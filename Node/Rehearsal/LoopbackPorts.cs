using System.Net;
using System.Net.Sockets;

namespace NeuroChain.Node;

/// <summary>Ports of loopback that nobody listens on.</summary>
internal static class LoopbackPorts
{
    // Below 32768, where Linux takes the ports of outgoing connections from: one of those may be in use by the time that a node binds it.
    private const int First = 12_000, Last = 32_000;

    private static readonly HashSet<int> Taken = [];

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, Last);
            lock (Taken)
                if (Taken.Add(port) && IsFree(port))
                    return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
