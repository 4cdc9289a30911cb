using NeuroChain.Chain;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Four validators without trainers, each a process of its own, in a folder that is gone afterwards.</summary>
public class NetworkFixture : IAsyncLifetime
{
    public const int Validators = 4;

    private readonly uint _blockIntervalMs;
    private readonly TemporaryFolder _folder = new();
    private readonly List<NodeProcess> _nodes = [];
    private readonly List<NodeProcess> _strangers = [];
    private readonly List<string> _peers = [];

    // Fast, so that tests wait for blocks and not for the pause between them.
    public NetworkFixture() : this(250) { }

    protected NetworkFixture(uint blockIntervalMs) => _blockIntervalMs = blockIntervalMs;

    internal IReadOnlyList<NodeProcess> Nodes => _nodes;

    internal GenesisDocument Genesis { get; private set; } = null!;

    /// <summary>A key that the genesis gives 1000 NTK.</summary>
    internal PrivateKey Funded { get; } = PrivateKey.Generate();

    /// <summary>Its key file.</summary>
    internal string FundedKeyFile => _folder["funded.json"];

    internal string PasswordFile => _folder["password"];

    public async ValueTask InitializeAsync()
    {
        KeystoreFile.Save(FundedKeyFile, Funded, "correct horse", ScryptCost.Light);
        await File.WriteAllTextAsync(PasswordFile, "correct horse\n");
        MakeHomes();
        foreach (var node in _nodes) node.Start();
        await Task.WhenAll(_nodes.Select(node => node.WaitUntilUpAsync()));
    }

    public ValueTask DisposeAsync()
    {
        foreach (var node in _nodes.Concat(_strangers)) node.Dispose();
        try
        {
            foreach (var node in _nodes.Concat(_strangers)) Replay(node);
        }
        finally
        {
            _folder.Dispose();
        }

        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    // Whatever the tests did to them: each log that a node has left leads again to what it did.
    private static void Replay(NodeProcess node)
    {
        if (!Directory.Exists(node.Home.WalFolder)) return; // it was never started
        using var report = new StringWriter();
        if (InspectCommand.Replay(node.Home, null, report) != 0) throw new InvalidOperationException($"the logs of {node.Name} lead elsewhere:\n{report}");
    }

    /// <summary>Makes a node that knows genesis and peers, and that nobody knows.</summary>
    internal NodeProcess AddStranger()
    {
        var home = new NodeHome(_folder[$"stranger{_strangers.Count}"]);
        var options = NewOptions() with { Peers = [.. _peers], ValidatorKey = null };
        var keys = HomeKeys.Make(home, options, ScryptCost.Light);
        File.WriteAllBytes(home.GenesisFile, Genesis.ToJson());
        options.Save(home.ConfigFile);
        var stranger = new NodeProcess("stranger", home, options, keys);
        _strangers.Add(stranger);
        return stranger;
    }

    /// <summary>All of them are at this height or above.</summary>
    internal Task AllReachAsync(ulong height, TimeSpan? limit = null) => Task.WhenAll(_nodes.Select(node => node.ReachesAsync(height, limit)));

    internal async Task<ulong> HighestAsync() => (await Task.WhenAll(_nodes.Where(n => n.IsRunning).Select(node => node.HeightAsync()))).Max();

    /// <summary>The ends of all logs.</summary>
    internal string Tails(int lines) => string.Join('\n', _nodes.Concat(_strangers).Select(node => $"--- {node.Name}\n{node.Tail(lines)}"));

    private void MakeHomes()
    {
        var homes = Enumerable.Range(0, Validators).Select(i => new NodeHome(_folder[$"node{i}"])).ToList();
        var options = homes.Select(_ => NewOptions()).ToList();
        var keys = homes.Select((home, i) => HomeKeys.Make(home, options[i], ScryptCost.Light)).ToList();
        _peers.AddRange(keys.Select((key, i) => $"{key.Node.Address}@{options[i].P2p}"));
        Genesis = new GenesisDocument
        {
            ChainName = "end-to-end",
            TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Parameters = new ChainParameters { BlockIntervalMs = _blockIntervalMs, Governance = new GovernanceParameters { VotingBlocks = 200, DelayBlocks = 2 } },
            Validators = [.. keys.Select(key => new GenesisValidator(key.Validator!.Address, key.Node.Address, 10))],
            Allocations = [new GenesisAllocation(Funded.Address, Amount.FromNtk(1000))],
        };
        for (var i = 0; i < Validators; i++)
        {
            File.WriteAllBytes(homes[i].GenesisFile, Genesis.ToJson());
            var whole = options[i] with { Peers = [.. _peers] };
            whole.Save(homes[i].ConfigFile);
            _nodes.Add(new NodeProcess($"node{i}", homes[i], whole, keys[i]));
        }
    }

    private static NodeOptions NewOptions()
    {
        var ports = FreePorts.Take(2);
        return new NodeOptions { Api = $"127.0.0.1:{ports[0]}", P2p = $"127.0.0.1:{ports[1]}" };
    }
}

/// <summary>Hardly a pause between two blocks: whenever it is hit, votes are on their way.</summary>
public sealed class RestlessNetworkFixture() : NetworkFixture(10);
