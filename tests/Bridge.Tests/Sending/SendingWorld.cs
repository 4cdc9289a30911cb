using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>An account of a fresh key on a local Ethereum, with ether unless a test wants it poor.</summary>
internal sealed class SendingWorld : IDisposable
{
    public const ulong Gwei = 1_000_000_000;

    private static ulong _keys = 5_000;

    private readonly LocalEthereum _ethereum;
    private readonly HttpClient _http = EthereumEndpoint.CreateClient();
    private SendingStore _store;

    private SendingWorld(LocalEthereum ethereum, SendingOptions options)
    {
        (_ethereum, Options) = (ethereum, options);
        Key = PrivateKey.FromSeed(Words.Of(Interlocked.Increment(ref _keys)));
        Endpoint = new SendingEndpoint(new EndpointOptions("local", ethereum.Endpoint) { Patience = TimeSpan.FromMinutes(2) }, _http);
        _store = new SendingStore(Folder, ethereum.ChainId, Key.Address);
        Account = NewAccount();
    }

    public PrivateKey Key { get; }

    public MemoryFolder Folder { get; } = new();

    public SendingEndpoint Endpoint { get; }

    public SendingOptions Options { get; }

    public SendingAccount Account { get; private set; }

    public Address Address => Key.Address;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<SendingWorld> OnAsync(LocalEthereum ethereum, ulong ether = 10, SendingOptions? options = null)
    {
        var world = new SendingWorld(ethereum, options ?? new SendingOptions { Confirmations = 1, ReplaceAfterBlocks = 3 });
        await world.FundAsync(ether * Amount.UnitsPerNtk);
        return world;
    }

    public Task FundAsync(UInt128 wei) => _ethereum.CallAsync("anvil_setBalance", Address.ToString(), new UInt256(wei).ToString());

    public async Task<UInt128> BalanceAsync() => LocalEthereum.Number(await _ethereum.CallAsync("eth_getBalance", Address.ToString(), "latest"));

    public SendingWish.Send Call(string purpose, Address to, byte[] data) => new(purpose, new EthereumCall(Address, to, data));

    public Task<SendingReport> StepAsync(SendingWish? wish = null) => Account.StepAsync(wish ?? new SendingWish.GoOn(), Cancelled);

    /// <summary>Steps until it is settled; a block comes with each step where the node does not mine by itself.</summary>
    public async Task<SendingReport.Settled> SettleAsync(SendingWish wish)
    {
        for (var i = 0; i < 40; i++)
            if (await StepAsync(Account.Open is null ? wish : new SendingWish.GoOn()) is SendingReport.Settled settled)
                return settled;
        Assert.Fail($"not settled: {await StepAsync()}");
        return null!;
    }

    /// <summary>As after a crash: what is noted is all that is left.</summary>
    public void Restart(SeededStream? crash = null)
    {
        if (crash is null) _store.Dispose();
        else Folder.Crash(crash);
        _store = new SendingStore(Folder, _ethereum.ChainId, Key.Address);
        Account = NewAccount();
    }

    public static string Quantity(UInt128 number) => "0x" + number.ToString("x", CultureInfo.InvariantCulture);

    public void Dispose() => _http.Dispose();

    private SendingAccount NewAccount() => new(Key, _ethereum.ChainId, Endpoint, _store, Options);
}
