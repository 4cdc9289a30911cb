using System.Collections.Immutable;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.Node.V1;
using NeuroChain.P2P;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>A validator of the rehearsal: a process of this program, and the three endpoints through which it alone sees Ethereum.</summary>
internal sealed class RehearsalNode : IAsyncDisposable
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    private readonly string _log;
    private readonly CancellationToken _cancelled;
    private TestnetProcess? _process;

    public RehearsalNode(string name, NodeHome home, HomeKeys keys, NodeOptions options, ImmutableArray<LyingProxy> proxies, CancellationToken cancelled)
    {
        (Name, Home, Keys, Options, Proxies, _cancelled) = (name, home, keys, options, proxies, cancelled);
        _log = System.IO.Path.Combine(home.Path, "output.log");
        Client = new NodeClient(options.Api);
        Bridge = new BridgeClient(Client);
    }

    public string Name { get; }

    public NodeHome Home { get; }

    public HomeKeys Keys { get; }

    public NodeOptions Options { get; }

    public ImmutableArray<LyingProxy> Proxies { get; }

    public NodeClient Client { get; }

    public BridgeClient Bridge { get; }

    public Address Validator => Keys.Validator!.Address;

    public bool IsRunning => _process is { HasExited: false };

    public void Start()
    {
        _process?.Dispose();
        _process = TestnetProcess.Start(Name, _log, "start", "--home", Home.Path, "--until-stdin-closes");
    }

    public async Task StopAsync()
    {
        if (_process is not null) await _process.StopAsync(StopPatience).ConfigureAwait(false);
    }

    /// <summary>Ends it as a loss of power does.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Stops it, forgets all that it ever saw of Ethereum, and starts it: what an operator does after a watch has halted for good.</summary>
    public async Task WatchAnewAsync()
    {
        await StopAsync().ConfigureAwait(false);
        Directory.Delete(Home.EthereumFolder, recursive: true);
        Start();
    }

    /// <summary>Lets a watch that stands go on from where it is: what an operator does who knows that it may.</summary>
    public async Task ResumeWatchAsync()
    {
        await StopAsync().ConfigureAwait(false);
        using (var resume = TestnetProcess.Start("resume", Home.In("resume.log"), "db", "resume-ethereum", "--home", Home.Path))
            RehearsalFault.Compare(0, await resume.EndAsync(_cancelled).ConfigureAwait(false), "exit code of db resume-ethereum");
        Start();
    }

    /// <summary>Height of its newest block; null where it does not answer.</summary>
    public async Task<ulong?> HeightAsync()
    {
        if (_process is { HasExited: true }) throw new RehearsalFault($"{Name} ended by itself: {LastWords()}");
        try
        {
            return (await Client.StatusAsync(_cancelled).ConfigureAwait(false)).Height;
        }
        catch (RpcException)
        {
            return null;
        }
    }

    public async Task<Amount> BalanceAsync(Address account)
    {
        var answer = await Client.AccountAsync(account, _cancelled).ConfigureAwait(false);
        return Amount.TryFromBytes(answer.Balance.Span, out var balance) ? balance : throw new RehearsalFault("the node's balance is no amount");
    }

    public Task<GetBridgeStatusResponse> StatusAsync() => Bridge.StatusAsync(_cancelled);

    /// <summary>What it wrote since a place of its log.</summary>
    public string LogSince(long place)
    {
        using var file = new FileStream(Home.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(place, SeekOrigin.Begin);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    public long LogPlace() => new FileInfo(Home.LogFile).Length;

    /// <summary>An operation of the validator: no fee and no nonce. Waits until it is in a block.</summary>
    /// <exception cref="RehearsalFault">The chain refused it; the message has its name for it.</exception>
    public async Task<ulong> OperateAsync(Action<TransactionBody> fill)
    {
        var genesis = await Client.GenesisAsync(_cancelled).ConfigureAwait(false);
        var body = new TransactionBody { Genesis = genesis.Hash.Value.ToByteString() };
        fill(body);
        var hash = await Client.SubmitAsync(Transaction.Sign(body, Keys.Validator!), _cancelled).ConfigureAwait(false);
        var placed = await Client.WaitAsync(hash, RehearsalWorld.Patience, _cancelled).ConfigureAwait(false);
        if (placed.Code != 0) throw new RehearsalFault($"refused in block {placed.Height}: {placed.Reason}");
        return placed.Height;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _process?.Dispose();
        Client.Dispose();
        foreach (var proxy in Proxies) await proxy.DisposeAsync().ConfigureAwait(false);
    }

    private string LastWords() => File.Exists(_log) && File.ReadLines(_log).LastOrDefault() is { } last ? last : "it said nothing";
}
