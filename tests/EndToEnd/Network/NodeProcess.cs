using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Node;
using NeuroChain.Node.V1;

namespace NeuroChain.EndToEnd;

/// <summary>One node of a test network: its home, the process that runs it at the moment, and a client of its API.</summary>
/// <param name="name">For people.</param>
/// <param name="home">Its folder.</param>
/// <param name="options">What is in its config.json.</param>
/// <param name="keys">Its identities.</param>
/// <param name="within">What comes before the program on its command line.</param>
internal sealed class NodeProcess(string name, NodeHome home, NodeOptions options, HomeKeys keys, IReadOnlyList<string>? within = null) : IDisposable
{
    private ChildProcess? _process;

    public string Name { get; } = name;

    public NodeHome Home { get; } = home;

    /// <summary>host:port of the API.</summary>
    public string Api { get; } = options.Api;

    /// <summary>Null for an observer.</summary>
    public Address? Validator { get; } = keys.Validator?.Address;

    /// <summary>The identity on the network.</summary>
    public Address Identity { get; } = keys.Node.Address;

    public NodeClient Client { get; } = new(options.Api);

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>What the node has logged so far.</summary>
    public IReadOnlyList<string> Log
    {
        get
        {
            if (!File.Exists(Home.LogFile)) return [];
            using var file = new FileStream(Home.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    public IEnumerable<string> ErrorLines => Log.Where(line => line.Contains(" ERR ", StringComparison.Ordinal) || line.Contains(" CRT ", StringComparison.Ordinal));

    /// <param name="clockOffset">By how much its clock is to be wrong.</param>
    /// <param name="release">The program, where it is not this one.</param>
    public void Start(TimeSpan clockOffset = default, string release = "NeuroChain.Node")
    {
        Assert.False(IsRunning, $"{Name} runs already");
        _process?.Dispose();
        string[] arguments = ["start", "--home", Home.Path, "--until-stdin-closes"];
        if (clockOffset != default) arguments = [.. arguments, "--clock-offset", clockOffset.TotalMilliseconds.ToString(CultureInfo.InvariantCulture)];
        _process = ChildProcess.StartNeurochain(within ?? [], arguments, release);
    }

    /// <summary>Waits until the API answers.</summary>
    public Task WaitUntilUpAsync() => Eventually.HoldsAsync(
        async () =>
        {
            Assert.True(IsRunning, $"{Name} ended: {Tail(20)}");
            return (await StatusAsync()).Validators > 0;
        },
        $"{Name} answers");

    public Task<GetStatusResponse> StatusAsync() => Client.StatusAsync(TestContext.Current.CancellationToken);

    public async Task<ulong> HeightAsync() => (await StatusAsync()).Height;

    public Task ReachesAsync(ulong height, TimeSpan? limit = null) => Eventually.HoldsAsync(
        async () =>
        {
            Assert.True(IsRunning, $"{Name} ended: {Tail(20)}");
            return await HeightAsync() >= height;
        },
        $"{Name} reaches height {height}",
        limit);

    public Task<Node.V1.Block> BlockAsync(ulong height) => Client.BlockAsync(new GetBlockRequest { Height = height }, TestContext.Current.CancellationToken);

    /// <summary>SIGKILL, without waiting for what comes of it.</summary>
    public void Kill() => _process!.Kill();

    /// <summary>SIGSTOP: the process stands still, its connections stay, and its peers hear nothing.</summary>
    public void Pause() => _process!.Pause();

    /// <summary>SIGCONT.</summary>
    public void Resume() => _process!.Resume();

    /// <summary>Returns once the process is gone.</summary>
    public Task GoneAsync() => _process!.WaitAsync(Eventually.Limit);

    /// <summary>What it said on standard error.</summary>
    public string Errors => _process!.Errors;

    /// <summary>The exit code, once it has ended by itself.</summary>
    public Task<int> EndedAsync(TimeSpan patience) => _process!.WaitAsync(patience);

    /// <summary>SIGTERM; the exit code.</summary>
    public async Task<int> TerminateAsync(TimeSpan patience)
    {
        _process!.Terminate();
        return await _process.WaitAsync(patience);
    }

    /// <summary>Closes standard input, which ends a child of the test network; the exit code.</summary>
    public async Task<int> CloseInputAsync(TimeSpan patience)
    {
        _process!.CloseInput();
        return await _process.WaitAsync(patience);
    }

    /// <summary>The last lines of log and output, for a test that failed.</summary>
    public string Tail(int lines) => string.Join('\n', Log.TakeLast(lines)) + $"\n{_process?.Output}{_process?.Errors}";

    public void Dispose()
    {
        Client.Dispose();
        _process?.Dispose();
    }
}
