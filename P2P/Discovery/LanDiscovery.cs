using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>Datagrams to and from everybody on the local network.</summary>
public interface IDatagrams : IDisposable
{
    ValueTask SendAsync(ReadOnlyMemory<byte> datagram, CancellationToken cancellationToken);

    /// <summary>One datagram, cut to the buffer, and who sent it.</summary>
    ValueTask<(int Length, IPAddress From)> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);
}

/// <summary>
/// Finds nodes of the same chain on the local network by DNS service discovery over multicast (RFC 6762, 6763): asks at the start and each
/// minute, and answers who asks. What it finds is a hint that nobody signed: the handshake shows who is there.
/// </summary>
public sealed partial class LanDiscovery : IAsyncDisposable
{
    public const string ServiceName = "_neurochain._tcp.local";

    private const int GenesisBytes = 8;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    // RFC 6762, 6: the same record at most once a second. Who asks meanwhile gets the next one.
    private static readonly TimeSpan AnswerPause = TimeSpan.FromSeconds(1);

    private readonly IDatagrams _datagrams;
    private readonly PeerEndpoint _own;
    private readonly string _genesis;
    private readonly Action<PeerEndpoint> _found;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _asked = new(0, 1);
    private Task _loops = Task.CompletedTask;

    /// <param name="datagrams">Of the local network; disposed with this.</param>
    /// <param name="own">Where this node is reached; a host that is no IP address is left for others to see from the datagram.</param>
    /// <param name="genesis">Of the chain.</param>
    /// <param name="found">Is told of each node that answers, again with each answer.</param>
    /// <param name="time">For the period.</param>
    /// <param name="logger">Of the network.</param>
    public LanDiscovery(IDatagrams datagrams, PeerEndpoint own, GenesisHash genesis, Action<PeerEndpoint> found, TimeProvider time, ILogger logger)
    {
        _datagrams = datagrams;
        _own = own;
        _genesis = Convert.ToHexStringLower(genesis.Value.ToArray().AsSpan(0, GenesisBytes));
        _found = found;
        _time = time;
        _logger = logger;
    }

    public void Start() => _loops = Task.WhenAll(AskAsync(_stop.Token), ListenAsync(_stop.Token), AnswerAsync(_stop.Token));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(false);
        _datagrams.Dispose();
        _asked.Dispose();
        _stop.Dispose();
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        var question = new DnsMessage(false, [ServiceName], []).Encode();
        using var timer = new PeriodicTimer(Period, _time);
        try
        {
            do await SendAsync(question, cancellationToken).ConfigureAwait(false);
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[DnsMessage.BytesMax];
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var (length, from) = await _datagrams.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (!DnsMessage.TryDecode(buffer.AsSpan(0, length), out var message)) continue; // anybody may send anything here
                if (message.IsResponse) Read(message, from);
                else if (message.Questions.Contains(ServiceName, StringComparer.OrdinalIgnoreCase) && _asked.CurrentCount == 0) _asked.Release();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException failure)
            {
                Failed(_logger, failure.Message);
                await Task.Delay(AnswerPause, _time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        var answer = Answer().Encode();
        try
        {
            while (true)
            {
                await _asked.WaitAsync(cancellationToken).ConfigureAwait(false);
                await SendAsync(answer, cancellationToken).ConfigureAwait(false);
                await Task.Delay(AnswerPause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async Task SendAsync(byte[] datagram, CancellationToken cancellationToken)
    {
        try
        {
            await _datagrams.SendAsync(datagram, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            Failed(_logger, failure.Message);
        }
    }

    private DnsMessage Answer()
    {
        var name = Convert.ToHexStringLower(_own.Address.ToArray());
        var (instance, host) = ($"{name}.{ServiceName}", $"{name}.local");
        DnsRecord[] records =
        [
            new DnsRecord.Pointer(ServiceName, instance),
            new DnsRecord.Service(instance, (ushort)_own.Port, host),
            new DnsRecord.Text(instance, [$"node={_own.Address}", $"genesis={_genesis}"]),
        ];
        return new DnsMessage(true, [], IPAddress.TryParse(_own.Host, out var address) ? [.. records, new DnsRecord.Host(host, address)] : [.. records]);
    }

    private void Read(DnsMessage message, IPAddress from)
    {
        foreach (var service in message.Records.OfType<DnsRecord.Service>())
        {
            if (!service.Name.EndsWith("." + ServiceName, StringComparison.OrdinalIgnoreCase) || service.Port == 0) continue;
            var says = message.Records.OfType<DnsRecord.Text>().Where(text => text.Name == service.Name).SelectMany(text => text.Strings).ToList();
            if (!says.Contains($"genesis={_genesis}")) continue;
            var node = says.FirstOrDefault(s => s.StartsWith("node=", StringComparison.Ordinal))?["node=".Length..];
            if (!Address.TryParse(node, out var address) || address == _own.Address) continue;
            var ip = message.Records.OfType<DnsRecord.Host>().FirstOrDefault(host => host.Name == service.Target)?.Address ?? from;
            if (PeerEndpoint.TryParse(string.Create(CultureInfo.InvariantCulture, $"{address}@{new IPEndPoint(ip, service.Port)}"), out var endpoint)) _found(endpoint);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Discovery on the local network: {Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
