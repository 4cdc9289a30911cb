namespace NeuroChain.EndToEnd;

/// <summary>A test on a network: where it fails, the ends of the logs are shown.</summary>
public abstract class NetworkTest(NetworkFixture network, ITestOutputHelper output) : IDisposable
{
    private const int LinesShown = 30;

    protected NetworkFixture Network { get; } = network;

    protected ITestOutputHelper Output { get; } = output;

    protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed) Output.WriteLine(Network.Tails(LinesShown));
        GC.SuppressFinalize(this);
    }
}

/// <summary>Tests that leave the network as it was share one.</summary>
[CollectionDefinition]
public sealed class HealthyNetwork : ICollectionFixture<NetworkFixture>;
