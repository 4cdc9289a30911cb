using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>Blocks to ask a peer for, both ends included.</summary>
/// <param name="Peer">Whom to ask.</param>
/// <param name="From">The first height.</param>
/// <param name="To">The last height.</param>
/// <param name="Attempt">Names the request: no two of a node's life have the same.</param>
public sealed record SyncRequest(Address Peer, Height From, Height To, ulong Attempt);

/// <summary>What a block is that came in an answer.</summary>
public enum SyncVerdict
{
    /// <summary>The next one of those that were asked for.</summary>
    Wanted,

    /// <summary>Of a request that is over: honest peers send them too.</summary>
    Late,

    /// <summary>One that was asked for, without those before it: no honest peer leaves blocks out.</summary>
    Gap,

    /// <summary>One that was not asked for, or that came before.</summary>
    Unasked,
}

/// <summary>What becomes of a request when its time is up.</summary>
public enum SyncWait
{
    /// <summary>It was over before.</summary>
    Over,

    /// <summary>Blocks come, and nobody else has the time: wait as long again.</summary>
    GoesOn,

    /// <summary>Others are asked for what did not come.</summary>
    GivenUp,
}
