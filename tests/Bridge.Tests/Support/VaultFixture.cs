namespace NeuroChain.Bridge.Tests;

/// <summary>One Ethereum and one vault for the tests of a class; each test begins where the fixture ended.</summary>
public sealed class VaultFixture : IAsyncLifetime
{
    private LocalEthereum? _ethereum;

    internal VaultWorld World { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _ethereum = await LocalEthereum.StartAsync(TestContext.Current.CancellationToken);
        World = await VaultWorld.DeployAsync(_ethereum);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ethereum is not null) await _ethereum.DisposeAsync();
    }
}

/// <summary>A test with a vault of its own: what it does is undone after it.</summary>
public abstract class VaultTest(VaultFixture fixture) : IClassFixture<VaultFixture>, IAsyncLifetime
{
    private string _snapshot = "";

    internal VaultWorld World { get; } = fixture.World.Anew();

    internal LocalEthereum Ethereum => World.Ethereum;

    internal Contract Vault => World.Vault;

    internal SideChain Chain => World.Chain;

    public async ValueTask InitializeAsync() => _snapshot = await Ethereum.SnapshotAsync();

    public async ValueTask DisposeAsync()
    {
        await Ethereum.RevertAsync(_snapshot);
        GC.SuppressFinalize(this);
    }
}
