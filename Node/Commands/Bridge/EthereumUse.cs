using System.CommandLine;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Options of commands that ask a node of Ethereum, and of those that send transactions there.</summary>
internal sealed class EthereumUse
{
    private readonly Option<string> _endpoint = new("--ethereum") { Description = "JSON-RPC of a node of Ethereum: https, or http of this machine; @FILE where the address is a secret", Required = true };
    private readonly Option<string?> _state = new("--state") { Description = "Folder that remembers what was sent (default: \"ethereum\" beside the key file)" };
    private readonly Option<decimal> _tip = new("--tip-gwei") { Description = "Tip for each gas", DefaultValueFactory = _ => 1 };
    private readonly Option<decimal> _cap = new("--fee-cap-gwei") { Description = "The most for each gas: above it nothing is sent", DefaultValueFactory = _ => 100 };
    private readonly Option<ulong> _confirmations = new("--confirmations") { Description = "Blocks until a transaction counts as done", DefaultValueFactory = _ => 2 };
    private readonly Option<ulong> _replace = new("--replace-after") { Description = "Blocks without inclusion after which fees are raised", DefaultValueFactory = _ => 10 };
    private readonly Option<int> _poll = new("--poll") { Description = "Seconds from one look to the next", DefaultValueFactory = _ => 4 };

    public Option<string> Key { get; } = CommonOptions.Key();

    public Option<string?> Password { get; } = CommonOptions.PasswordFile();

    /// <summary>For questions alone.</summary>
    public void AddEndpointTo(Command command) => command.Add(_endpoint);

    /// <summary>For transactions: with a key, fees and patience.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _endpoint, Key, Password, _state, _tip, _cap, _confirmations, _replace, _poll }) command.Add(option);
    }

    public SendingEndpoint Endpoint(ParseResult parsed, HttpClient http)
    {
        var text = parsed.GetValue(_endpoint)!;
        return new SendingEndpoint(text.StartsWith('@') ? RelaySettings.EndpointInFile(text[1..], "--ethereum") : RelaySettings.EndpointOf(text, "--ethereum"), http);
    }

    public TimeSpan Poll(ParseResult parsed) =>
        parsed.GetValue(_poll) is >= 1 and <= 3_600 and var seconds ? TimeSpan.FromSeconds(seconds) : throw new OperatorException("--poll: a number of seconds from 1 to 3600");

    /// <summary>An account that sends, until it is disposed of.</summary>
    /// <exception cref="OperatorException">The key cannot be opened, or another process sends with it.</exception>
    public Sender Open(ParseResult parsed, ulong chainId)
    {
        var (tip, cap) = (parsed.GetValue(_tip), parsed.GetValue(_cap));
        if (tip <= 0 || cap is <= 0 or > 1_000_000) throw new OperatorException("--tip-gwei, --fee-cap-gwei: numbers above 0, the cap at most 1000000");
        var options = new SendingOptions
        {
            TipWei = RelaySettings.Wei(tip),
            FeeCapWei = RelaySettings.Wei(cap),
            Confirmations = parsed.GetValue(_confirmations),
            ReplaceAfterBlocks = parsed.GetValue(_replace),
        };
        options.Check();
        var file = Path.GetFullPath(parsed.GetValue(Key)!);
        var key = CommonOptions.LoadKey(file, parsed.GetValue(Password));
        var http = EthereumEndpoint.CreateClient();
        try
        {
            var store = new SendingStore(new DiskFolder(parsed.GetValue(_state) ?? Path.Combine(Path.GetDirectoryName(file)!, "ethereum")), chainId, key.Address);
            return new Sender(new SendingAccount(key, chainId, Endpoint(parsed, http), store, options), store, http, Poll(parsed));
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }
}

/// <summary>An account with all that it holds, and the pace at which a command steps it.</summary>
internal sealed class Sender(SendingAccount account, SendingStore store, HttpClient http, TimeSpan poll) : IDisposable
{
    public SendingAccount Account => account;

    public TimeSpan Poll => poll;

    /// <summary>Ends what an earlier call left open; says what it was, null where nothing was.</summary>
    public async Task<SendingReport.Settled?> FinishOpenAsync(Action<string> say, CancellationToken cancellationToken)
    {
        if (account.Open is not { } open) return null;
        say($"goes on with what an earlier call began: {open.Purpose}, nonce {open.Nonce}");
        return await FollowAsync(new SendingWish.GoOn(), say, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a call and waits until it is done; what it says on the way is said once.</summary>
    /// <exception cref="OperatorException">It would revert, reverted, or another transaction has its nonce.</exception>
    public async Task<SendingReport.Settled> SendAsync(string purpose, Address to, byte[] data, Action<string> say, CancellationToken cancellationToken)
    {
        var settled = await FollowAsync(new SendingWish.Send(purpose, new EthereumCall(account.Address, to, data)), say, cancellationToken).ConfigureAwait(false);
        return settled.IsDone ? settled : throw new OperatorException(settled.ToString());
    }

    public void Dispose()
    {
        store.Dispose();
        http.Dispose();
    }

    private async Task<SendingReport.Settled> FollowAsync(SendingWish wish, Action<string> say, CancellationToken cancellationToken)
    {
        var said = "";
        while (true)
        {
            var report = await account.StepAsync(account.Open is null ? wish : new SendingWish.GoOn(), cancellationToken).ConfigureAwait(false);
            if (report is SendingReport.WouldRevert or SendingReport.Lost) throw new OperatorException(report.ToString()!);
            if (report.ToString() is { } text && text != said) say(said = text);
            if (report is SendingReport.Settled settled) return settled;
            await Task.Delay(poll, cancellationToken).ConfigureAwait(false);
        }
    }
}
