using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.Node;

namespace NeuroChain.Benchmarks;

/// <summary>Four validators on loopback, each a process of its own with its own disk, as an operator starts them.</summary>
internal sealed partial class BenchmarkNetwork : IDisposable
{
    private const int Count = 4;

    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    public BenchmarkNetwork(IReadOnlyList<Address> accounts)
    {
        var homes = Enumerable.Range(0, Count).Select(i => new NodeHome(Path.Combine(_folder.Path, $"node{i}"))).ToList();
        var ports = FreePorts(2 * Count);
        var options = homes.Select((_, i) => new NodeOptions
        {
            Api = $"127.0.0.1:{ports[2 * i]}",
            P2p = $"127.0.0.1:{ports[(2 * i) + 1]}",
            KeepBlocks = 128,
            ProofHeights = 128,
            LogLevel = "Warning",
        }).ToList();
        var keys = homes.Select((home, i) => HomeKeys.Make(home, options[i], ScryptCost.Light)).ToList();
        Genesis = BenchmarkChain.Genesis(accounts) with
        {
            TimeMs = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
            Parameters = new ChainParameters { BlockIntervalMs = 250, FeeMin = new Amount(1), Fees = new FeeParameters { BaseFeeMin = new Amount(1) } },
            Validators = [.. keys.Select(key => new GenesisValidator(key.Validator!.Address, key.Node.Address, 10))],
        };
        var json = Genesis.ToJson();
        for (var i = 0; i < Count; i++)
        {
            File.WriteAllBytes(homes[i].GenesisFile, json);
            (options[i] with { Peers = [.. keys.Select((key, k) => $"{key.Node.Address}@{options[k].P2p}")] }).Save(homes[i].ConfigFile);
        }

        Homes = homes;
        Clients = [.. options.Select(option => new NodeClient(option.Api))];
    }

    public GenesisDocument Genesis { get; }

    public IReadOnlyList<NodeHome> Homes { get; }

    public IReadOnlyList<NodeClient> Clients { get; }

    /// <summary>Starts all of them and waits for the first blocks.</summary>
    public async Task StartAsync()
    {
        foreach (var home in Homes)
        {
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                ArgumentList = { Path.Combine(AppContext.BaseDirectory, "NeuroChain.Node.dll"), "start", "--home", home.Path, "--until-stdin-closes" },
            };
            _processes.Add(Process.Start(start)!);
        }

        var deadline = Stopwatch.StartNew();
        while (await HeightAsync().ConfigureAwait(false) < 3)
        {
            if (deadline.Elapsed > TimeSpan.FromMinutes(1)) throw new OperatorException("the network makes no blocks");
            await Task.Delay(200).ConfigureAwait(false);
        }
    }

    /// <summary>Transactions in blocks so far.</summary>
    public async Task<ulong> CommittedAsync() => (await Clients[0].StatusAsync(CancellationToken.None).ConfigureAwait(false)).TransactionsTotal;

    /// <summary>Processor time of the four so far.</summary>
    public TimeSpan ProcessorTime() => _processes.Aggregate(TimeSpan.Zero, (sum, process) => sum + process.TotalProcessorTime);

    /// <summary>Most memory that one of them has held, in bytes.</summary>
    public long PeakMemoryBytes() => _processes.Max(process =>
    {
        var line = File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    });

    /// <summary>SIGSTOP: all of them stand still, and take no processor.</summary>
    public void Pause() => Signal(19);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Signal(18);

    /// <summary>Ends all of them in good order.</summary>
    public void Stop()
    {
        foreach (var process in _processes) process.StandardInput.Close();
        foreach (var process in _processes)
            if (!process.WaitForExit(TimeSpan.FromSeconds(30)))
                process.Kill();
    }

    public void Dispose()
    {
        foreach (var client in Clients) client.Dispose();
        foreach (var process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }

        _folder.Dispose();
    }

    private void Signal(int signal)
    {
        foreach (var process in _processes) Invariant.Check(SendSignal(process.Id, signal) == 0, "a child takes a signal");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int process, int signal);

    private async Task<ulong> HeightAsync()
    {
        try
        {
            return (await Clients[0].StatusAsync(CancellationToken.None).ConfigureAwait(false)).Height;
        }
        catch (P2P.RpcException)
        {
            return 0;
        }
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
