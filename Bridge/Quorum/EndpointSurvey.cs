using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What an endpoint says of itself and of the chain's end.</summary>
/// <param name="ChainId">eth_chainId.</param>
/// <param name="Genesis">Hash of its block 0.</param>
/// <param name="Latest">Its newest block.</param>
/// <param name="Finalized">Its newest final one.</param>
public sealed record EndpointSurvey(ulong ChainId, Hash256 Genesis, EthereumBlockId Latest, EthereumBlockId Finalized)
{
    // The final block is asked for first: one that comes in between makes the newest one newer, and final never looks newer than it.
    internal static async Task<Answered<EndpointSurvey>> AskAsync(EthereumEndpoint endpoint, CancellationToken cancellation)
    {
        var id = await endpoint.ChainIdAsync(cancellation);
        if (id.Fault != EndpointFault.None) return id.As<EndpointSurvey>();
        var genesis = await endpoint.HeaderAsync(0UL, cancellation);
        if (genesis.Fault != EndpointFault.None) return genesis.As<EndpointSurvey>();
        var finalized = await endpoint.HeaderAsync(EthereumTag.Finalized, cancellation);
        if (finalized.Fault != EndpointFault.None) return finalized.As<EndpointSurvey>();
        var latest = await endpoint.HeaderAsync(EthereumTag.Latest, cancellation);
        return latest.Fault == EndpointFault.None ? new EndpointSurvey(id.Value, genesis.Value!.Id.Hash, latest.Value!.Id, finalized.Value!.Id) : latest.As<EndpointSurvey>();
    }
}

/// <summary>Why an endpoint is not counted in a round.</summary>
public enum EndpointRefusal
{
    None,

    /// <summary>It did not answer, or not in a form that can be read.</summary>
    Silent,

    OtherChainId,
    OtherGenesis,

    /// <summary>Finalized is the newest block or beyond it: it does not know what is final, and anything it names can still be undone.</summary>
    FinalizedIsLatest,

    /// <summary>Finalized is far behind the newest block that a quorum knows: it is stuck.</summary>
    FinalizedLags,

    /// <summary>Finalized is below what the same endpoint called final before.</summary>
    FinalizedMovedBackwards,

    /// <summary>The number is one that it called final before, under another hash.</summary>
    FinalizedChanged,

    /// <summary>Finalized is below what is scanned already: it has nothing to say about what comes.</summary>
    BehindCursor,
}

/// <summary>Why a quorum gives no value.</summary>
public enum QuorumFault
{
    None,

    /// <summary>Fewer endpoints than required answer and may be counted.</summary>
    BelowQuorum,

    /// <summary>Enough answer, and no required number of them the same.</summary>
    NoAgreement,

    /// <summary>The required number names the same block, and the fields of none of them hash to it: a fork added a field that is not known here.</summary>
    UnknownHeaderLayout,
}
