using System.Net;
using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>Where the nodes of a test network live and how they reach each other; here: all on loopback, each other directly.</summary>
internal class NetworkLayout : IAsyncDisposable
{
    /// <summary>Whether this machine and this user can have it.</summary>
    public virtual bool IsAvailable => true;

    /// <summary>Before any node is placed.</summary>
    public virtual Task PrepareAsync(int nodes) => Task.CompletedTask;

    /// <summary>Where a node listens, as host:port.</summary>
    public virtual (string Api, string P2P) Place(int node)
    {
        var ports = FreePorts.Take(2);
        return ($"127.0.0.1:{ports[0]}", $"127.0.0.1:{ports[1]}");
    }

    /// <summary>What one node dials to reach another.</summary>
    /// <param name="from">The one.</param>
    /// <param name="to">The other.</param>
    /// <param name="listens">Where that one listens.</param>
    public virtual string Dial(int from, int to, string listens) => listens;

    /// <summary>What comes before the program on a node's command line.</summary>
    public virtual IReadOnlyList<string> Within(int node) => [];

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A proxy in each direction between each two nodes. What is wrong with a link does not depend on rights on the machine.</summary>
/// <param name="seed">For jitter and stalls.</param>
internal sealed class ProxiedLayout(ulong seed) : NetworkLayout
{
    private readonly Dictionary<(int From, int To), LinkProxy> _links = [];

    public LinkProxy this[int from, int to] => _links[(from, to)];

    public IEnumerable<(int From, int To)> Links => _links.Keys;

    public override string Dial(int from, int to, string listens)
    {
        if (from == to) return listens; // its own entry, which a node skips
        var draw = new SeededStream(Hash256.Sha256(new ByteWriter().UInt64(seed).Byte((byte)from).Byte((byte)to).ToArray()));
        var proxy = new LinkProxy(IPEndPoint.Parse(listens), draw);
        _links.Add((from, to), proxy);
        return proxy.Endpoint.ToString();
    }

    public void SetAll(LinkConditions conditions)
    {
        foreach (var link in _links.Values) link.Conditions = conditions;
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var link in _links.Values) await link.DisposeAsync();
        await base.DisposeAsync();
    }
}
