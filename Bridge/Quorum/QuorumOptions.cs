using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>How many endpoints must agree, and on which chain.</summary>
/// <param name="Endpoints">Asked: m.</param>
/// <param name="Required">Agreeing: q, more than half of them.</param>
/// <param name="ChainId">Ethereum's.</param>
/// <param name="Genesis">Hash of block 0: another network may use the same chain id.</param>
public sealed record QuorumOptions(int Endpoints, int Required, ulong ChainId, Hash256 Genesis)
{
    public const int EndpointsMin = 3, EndpointsMax = 16;

    /// <summary>
    /// Blocks between the newest block that q endpoints know and what an endpoint calls final. Two epochs are 64 to 96 blocks; the rest is for
    /// epochs that finalize late. Ethereum that does not finalize for longer is waited for.
    /// </summary>
    public ulong LagBlocksMax { get; init; } = 256;

    /// <summary>Fewer than three endpoints are taken: for a network that holds nothing of value.</summary>
    public bool IsLocalTestnet { get; init; }

    /// <exception cref="OperatorException">The numbers make no quorum.</exception>
    public void Check()
    {
        var least = IsLocalTestnet ? 1 : EndpointsMin;
        if (Endpoints < least || Endpoints > EndpointsMax)
            throw new OperatorException($"{Endpoints} Ethereum endpoints are configured: {least} to {EndpointsMax} of different operators are needed, since one that lies must be outvoted");
        if (Required * 2 <= Endpoints || Required > Endpoints)
            throw new OperatorException($"{Required} of {Endpoints} Ethereum endpoints are no quorum: more than half must agree, and no more than there are can");
        if (Genesis.IsZero) throw new OperatorException("the hash of Ethereum's genesis block is missing");
    }

    /// <exception cref="OperatorException">These are not the quorum's endpoints, or not as many operators'.</exception>
    public void Check(IReadOnlyCollection<EthereumEndpoint> endpoints)
    {
        if (endpoints.Count != Endpoints) throw new OperatorException($"{endpoints.Count} Ethereum endpoints are configured for a quorum of {Endpoints}");
        if (endpoints.DistinctBy(endpoint => endpoint.Name).Count() != Endpoints) throw new OperatorException("two Ethereum endpoints have the same name");
        // One host is one operator, whatever its paths and ports are.
        if (!IsLocalTestnet && endpoints.DistinctBy(endpoint => endpoint.Host, StringComparer.OrdinalIgnoreCase).Count() != Endpoints)
            throw new OperatorException("two Ethereum endpoints are on one host: whoever owns it would have two voices");
    }
}
