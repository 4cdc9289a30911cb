using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NeuroChain.Bridge;
using NeuroChain.Bridge.Tests;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node.Tests;

/// <summary>A browser, an Ethereum with a vault, and the page between them. One for all tests of the page, which run one after the other.</summary>
public sealed class PageFixture : IAsyncLifetime
{
    private LocalEthereum? _ethereum;
    private RpcServer? _api;

    internal VaultWorld World { get; private set; } = null!;

    internal Contract Factory { get; private set; } = null!;

    internal PaperBridge Chain { get; private set; } = null!;

    internal BridgePage Page { get; private set; } = null!;

    /// <summary>Of the paper bridge, which the page asks.</summary>
    internal IPEndPoint Api => _api!.Endpoint;

    internal Chromium Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        var browser = Chromium.StartAsync(stop);
        _ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        World = await VaultWorld.DeployAsync(_ethereum);
        Factory = await Contract.DeployAsync(_ethereum, World.Owner, "DepositFactory", Bridge.AbiValue.Address(World.Vault.Address));
        Chain = new PaperBridge(World);
        var services = Chain.Create();
        _api = await RpcServer.StartAsync(new RpcServerOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Name = "the API" }, services, NullLoggerFactory.Instance, stop);
        var options = new BridgePageOptions { Listen = "127.0.0.1:0", DepositFactory = Factory.Address };
        Page = await BridgePage.StartAsync(options, _api.Endpoint, TimeProvider.System, NullLoggerFactory.Instance, stop);
        Browser = await browser;
    }

    public async ValueTask DisposeAsync()
    {
        if (Browser is not null) await Browser.DisposeAsync();
        if (Page is not null) await Page.DisposeAsync();
        if (_api is not null) await _api.DisposeAsync();
        if (_ethereum is not null) await _ethereum.DisposeAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class PageCollection : ICollectionFixture<PageFixture>
{
    public const string Name = "the page of the bridge";
}

/// <summary>A visit to the page with a wallet; what it did on Ethereum is undone after it, and the browser may not have complained.</summary>
[Collection(PageCollection.Name)]
public abstract class PageTest(PageFixture fixture) : IAsyncLifetime
{
    private string _snapshot = "";

    /// <summary>Holds 10,000 NTK and has allowed nothing.</summary>
    internal Address Visitor => World.Ethereum.Accounts[7];

    internal VaultWorld World { get; } = fixture.World.Anew();

    internal PaperBridge Chain { get; } = fixture.Chain;

    internal Contract Factory => fixture.Factory;

    internal Tab Tab { get; private set; } = null!;

    internal ScriptedWallet Wallet { get; private set; } = null!;

    protected Uri Address(string path) => new($"http://{fixture.Page.Endpoint}{path}");

    public async ValueTask InitializeAsync()
    {
        _snapshot = await World.Ethereum.SnapshotAsync();
        await World.Token.SendAsync(World.Owner, "transfer", Bridge.AbiValue.Address(Visitor), Bridge.AbiValue.Amount(Amount.FromNtk(10_000)));
        Tab = await fixture.Browser.OpenAsync(TestContext.Current.CancellationToken);
        Wallet = new ScriptedWallet(World.Ethereum, Visitor);
        await Wallet.InstallAsync(Tab);
        Chain.Begin(World);
    }

    public async ValueTask DisposeAsync()
    {
        await Tab.CloseAsync();
        Wallet.Dispose();
        await World.Ethereum.RevertAsync(_snapshot);
        Assert.Empty(Tab.Faults);
        GC.SuppressFinalize(this);
    }

    /// <summary>The page on moving NTK, with the wallet connected and everything asked for.</summary>
    protected async Task ConnectAsync()
    {
        await Tab.GoAsync(Address("/bridge"));
        await Tab.ClickAsync("#wallet button");
        await Tab.SeesAsync("#deposit-balance", "You have 10,000 NTK");
    }

    /// <summary>Fills the form and begins.</summary>
    protected async Task MoveAsync(string amount)
    {
        await Tab.TypeAsync("#deposit-amount", amount);
        await Tab.ClickAsync("#deposit-go");
    }
}
