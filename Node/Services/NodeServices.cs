using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>What the API's services may reach of their node.</summary>
/// <param name="Runtime">The node.</param>
/// <param name="Chain">Decided blocks.</param>
/// <param name="Blobs">Checkpoints.</param>
/// <param name="Signal">Tells of new blocks.</param>
/// <param name="Signer">The validator's key; null for an observer.</param>
/// <param name="Node">The node's identity on the network.</param>
internal sealed record NodeServices(NodeRuntime Runtime, ChainStore Chain, IBlobStore Blobs, BlockSignal Signal, ISigner? Signer, Address Node)
{
    public Address? Validator => Signer?.Address;

    public EngineHost Host => Runtime.Host;

    public HostView View => Runtime.Host.Current;

    /// <summary>For proofs; empty, and without cost, on a chain without a bridge.</summary>
    public BridgeRange Leaves { get; } = new();

    /// <summary>Which blobs a client may bring.</summary>
    public WantedBlobs Wanted { get; } = new(height => Chain.Get(height)?.Block);
}

/// <summary>The services of the API, with health and reflection.</summary>
internal static class ApiServices
{
    public static IReadOnlyList<RpcService> Create(NodeServices node, HealthStatus health)
    {
        RpcService[] services =
        [
            new ChainService(node).Create(),
            new AccountService(node).Create(),
            new TransactionService(node).Create(),
            new TrainingService(node).Create(),
            new DatasetService(node).Create(),
            new ProofService(node).Create(),
            new ValidatorService(node).Create(),
            new BridgeService(node).Create(),
            new ClaimsService(node).Create(),
        ];
        foreach (var service in services) health.Set(service.Descriptor.FullName, true);
        var healthService = health.CreateService();
        var reflection = new ServerReflection([.. services.Append(healthService).Select(s => s.Descriptor)]);
        return [.. services, healthService, .. reflection.CreateServices()];
    }
}
