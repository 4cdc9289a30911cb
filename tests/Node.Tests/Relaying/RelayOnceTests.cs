using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node.Tests;

/// <summary>bridge relay --once, before a node that is busy or away.</summary>
[Collection(PageCollection.Name)]
public sealed class RelayOnceTests(PageFixture fixture) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("neurochain-relay-once-");
    private readonly HttpClient _http = EthereumEndpoint.CreateClient();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Delete(recursive: true);
    }

    /// <summary>A busy node is asked again, and only one that stays silent is given up.</summary>
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(RelayCommand.UnheardMax - 1, 0, RelayCommand.UnheardMax)]
    [InlineData(int.MaxValue, 1, RelayCommand.UnheardMax)]
    public async Task ItEndsWhenNothingIsLeftAndNotBecauseNobodyAnswers(int silences, int exitCode, int passes)
    {
        var key = PrivateKey.Generate();
        var ethereum = fixture.World.Ethereum;
        using var store = new SendingStore(new DiskFolder(_folder.FullName), ethereum.ChainId, key.Address);
        var account = new SendingAccount(key, ethereum.ChainId, new SendingEndpoint(new EndpointOptions("local", ethereum.Endpoint), _http), store, new SendingOptions());
        var chain = new BusyChain(silences);
        var relayer = new Relayer(chain, account, fixture.World.Vault.Address, RelayScope.Sets, () => RelayerTurns.Alone);
        var code = await RelayCommand.RunAsync(relayer, TimeSpan.Zero, isOnce: true, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal((exitCode, passes), (code, chain.Asked));
    }

    /// <summary>Has nothing for the vault, and does not answer at first.</summary>
    private sealed class BusyChain(int silences) : IRelayChain
    {
        public int Asked { get; private set; }

        public Task<ChainAnswer<RelayOffers>> OffersAsync(CancellationToken cancellation) =>
            Task.FromResult(Asked++ < silences ? ChainAnswer<RelayOffers>.Silent("the node does not answer in time") : new RelayOffers(0, [], []));

        public Task<ChainAnswer<ReadOnlyMemory<byte>>> CallOfAsync(RelayItem item, CancellationToken cancellation) => throw new InvalidOperationException("there is nothing to bring");
    }
}
