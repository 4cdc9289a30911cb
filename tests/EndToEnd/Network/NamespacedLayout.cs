using System.Globalization;

namespace NeuroChain.EndToEnd;

/// <summary>
/// Each node in a network namespace of its own, with an address of its own, on one bridge: a partition is the kernel's, below TCP, where no
/// packet passes and nobody is told. Needs root and ip; the API is reached over the bridge, which no partition touches.
/// </summary>
internal sealed class NamespacedLayout : NetworkLayout
{
    private const int ApiPort = 26657;
    private const int PeerPort = 26656;
    private const string Mark = "nce2e";

    private static readonly Lazy<Task<bool>> CanBeMade = new(TryAsync);

    private readonly int _run = Environment.ProcessId;
    private int _nodes;

    public override bool IsAvailable => CanBeMade.Value.GetAwaiter().GetResult();

    // Interfaces have up to 15 characters, a process number up to seven digits.
    private string Bridge => $"nc{_run}br";

    public override async Task PrepareAsync(int nodes)
    {
        await SweepAsync();
        await IpAsync("link", "add", Bridge, "type", "bridge");
        await IpAsync("address", "add", $"{AddressOf(253)}/24", "dev", Bridge);
        await IpAsync("link", "set", Bridge, "up");
        for (var i = 0; i < nodes; i++)
        {
            _nodes = i + 1;
            var (space, outside, inside) = (NameOf(i), $"nc{_run}v{i}", $"nc{_run}w{i}");
            await IpAsync("netns", "add", space);
            await IpAsync("link", "add", outside, "type", "veth", "peer", "name", inside);
            await IpAsync("link", "set", inside, "netns", space);
            await IpAsync("link", "set", outside, "master", Bridge, "up");
            await IpAsync("-n", space, "address", "add", $"{AddressOf(i)}/24", "dev", inside);
            await IpAsync("-n", space, "link", "set", inside, "up");
            await IpAsync("-n", space, "link", "set", "lo", "up");
            await IpAsync("-n", space, "route", "add", "224.0.0.0/4", "dev", inside); // a host has its default route for that
        }
    }

    public override (string Api, string P2P) Place(int node) => ($"{AddressOf(node)}:{ApiPort}", $"{AddressOf(node)}:{PeerPort}");

    public override IReadOnlyList<string> Within(int node) => ["ip", "netns", "exec", NameOf(node)];

    /// <summary>No packet of the one reaches the other any more; those the other way do.</summary>
    public Task BlockAsync(int from, int to) => IpAsync("-n", NameOf(from), "route", "add", "blackhole", $"{AddressOf(to)}/32");

    public Task UnblockAsync(int from, int to) => IpAsync("-n", NameOf(from), "route", "del", "blackhole", $"{AddressOf(to)}/32");

    public override async ValueTask DisposeAsync()
    {
        for (var i = 0; i < _nodes; i++) await TryIpAsync("netns", "del", NameOf(i)); // and the veth with it
        if (_nodes > 0) await TryIpAsync("link", "del", Bridge);
        await base.DisposeAsync();
    }

    private static async Task<bool> TryAsync()
    {
        if (!File.Exists("/usr/sbin/ip") && !File.Exists("/sbin/ip") && !File.Exists("/usr/bin/ip")) return false;
        var probe = $"{Mark}-{Environment.ProcessId}-probe";
        var isMade = await TryIpAsync("netns", "add", probe) && await TryIpAsync("-n", probe, "link", "add", "nc0probe", "type", "bridge")
            && await TryIpAsync("-n", probe, "route", "add", "blackhole", "203.0.113.1/32");
        await TryIpAsync("netns", "del", probe);
        return isMade;
    }

    // What a run left that was killed.
    private static async Task SweepAsync()
    {
        using var list = ChildProcess.Start("ip", ["netns", "list"]);
        await list.WaitAsync(Eventually.Limit);
        foreach (var name in list.Output.Split('\n').Select(line => line.Split(' ')[0]).Where(name => name.StartsWith(Mark + "-", StringComparison.Ordinal)))
        {
            var run = name.Split('-')[1];
            if (Directory.Exists($"/proc/{run}")) continue;
            await TryIpAsync("netns", "del", name);
            await TryIpAsync("link", "del", $"nc{run}br");
        }
    }

    private static async Task<bool> TryIpAsync(params string[] arguments)
    {
        using var ip = ChildProcess.Start("ip", arguments);
        return await ip.WaitAsync(Eventually.Limit) == 0;
    }

    private static async Task IpAsync(params string[] arguments)
    {
        using var ip = ChildProcess.Start("ip", arguments);
        Assert.True(await ip.WaitAsync(Eventually.Limit) == 0, $"ip {string.Join(' ', arguments)}: {ip.Errors}");
    }

    // Two runs on one machine have subnets of their own.
    private string AddressOf(int host) => string.Create(CultureInfo.InvariantCulture, $"10.{200 + (_run / 250 % 50)}.{_run % 250}.{host + 1}");

    private string NameOf(int node) => $"{Mark}-{_run}-{node}";
}
