using NeuroChain.Chain;
using NeuroChain.Learning;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The processes of a test network.</summary>
internal sealed class LocalNetwork : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly string _root;
    private readonly List<TestnetProcess> _processes = [];
    private readonly HashSet<TestnetProcess> _reported = [];
    private readonly List<NodeOptions> _options;

    public LocalNetwork(string root)
    {
        _root = root;
        _options = [.. Enumerable.Range(0, TestnetHomes.Count(root)).Select(i => NodeOptions.Load(Home(i).ConfigFile))];
    }

    public int Validators => _options.Count;

    public IReadOnlyList<string> Apis => [.. _options.Select(options => options.Api)];

    public GenesisDocument Genesis => Home(0).LoadGenesis();

    public NodeHome Home(int index) => new(TestnetHomes.NodeFolder(_root, index));

    public string LogOf(string name) => Path.Combine(_root, name, "output.log");

    /// <summary>Starts nodes and trainers, which wait for their nodes, and waits until the APIs answer.</summary>
    /// <exception cref="OperatorException">A node does not come up; the message has its last words.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Validators; i++)
            _processes.Add(TestnetProcess.Start($"node{i}", LogOf($"node{i}"), "start", "--home", Home(i).Path, "--until-stdin-closes"));
        for (var i = 0; i < Validators; i++)
            _processes.Add(TestnetProcess.Start($"trainer{i}", LogOf($"trainer{i}"), "train", "--home", TestnetHomes.TrainerFolder(_root, i), "--until-stdin-closes"));
        Console.WriteLine($"starting {Validators} nodes and their trainers");
        for (var i = 0; i < Validators; i++) await WaitForApiAsync(i, cancellationToken).ConfigureAwait(false);
    }

    public TestnetBoard CreateBoard(Dataset test)
    {
        var board = new TestnetBoard(Apis, Genesis, test);
        for (var i = 0; i < Validators; i++)
            if (KeystoreAddress(Home(i).In(_options[i].ValidatorKey!)) is { } validator)
                board.Name(validator, $"node{i}");
        return board;
    }

    /// <summary>Processes that ended by themselves since the last time.</summary>
    public IReadOnlyList<TestnetProcess> TakeFallen()
    {
        var fallen = _processes.Where(process => process.HasExited && _reported.Add(process)).ToList();
        return fallen;
    }

    /// <summary>Stops all, trainers first; whether every one stopped in good order.</summary>
    public async Task<bool> StopAsync()
    {
        var trainers = _processes.Where(process => process.Name.StartsWith("trainer", StringComparison.Ordinal)).ToList();
        var nodes = _processes.Except(trainers).ToList();
        var stopped = await Task.WhenAll(trainers.Select(process => process.StopAsync(TimeSpan.FromSeconds(10)))).ConfigureAwait(false);
        var stoppedNodes = await Task.WhenAll(nodes.Select(process => process.StopAsync(TimeSpan.FromSeconds(20)))).ConfigureAwait(false);
        foreach (var process in nodes.Where(process => process.ExitCode != 0)) Console.WriteLine($"{process.Name} ended with {process.ExitCode}: see {LogOf(process.Name)}");
        return stopped.All(s => s) && stoppedNodes.All(s => s) && nodes.All(process => process.ExitCode == 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (_processes.Exists(process => !process.HasExited)) await StopAsync().ConfigureAwait(false);
        foreach (var process in _processes) process.Dispose();
        _processes.Clear();
    }

    private async Task WaitForApiAsync(int index, CancellationToken cancellationToken)
    {
        using var client = new NodeClient(_options[index].Api);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartPatience);
        while (true)
        {
            if (_processes[index].HasExited) throw new OperatorException($"node{index} ended: {LastWords(index)}");
            try
            {
                await client.StatusAsync(limit.Token).ConfigureAwait(false);
                return;
            }
            catch (RpcException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new OperatorException($"node{index} does not answer after {StartPatience.TotalSeconds:F0} s: see {LogOf($"node{index}")}");
            }
        }
    }

    private string LastWords(int index)
    {
        var lines = File.Exists(LogOf($"node{index}")) ? File.ReadAllLines(LogOf($"node{index}")) : [];
        return lines.Length > 0 ? lines[^1] : "it said nothing";
    }

    private static Address? KeystoreAddress(string file) => Keystore.TryReadAddressUnverified(File.ReadAllBytes(file), out var address) ? address : null;
}
