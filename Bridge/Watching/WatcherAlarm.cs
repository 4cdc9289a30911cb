namespace NeuroChain.Bridge;

/// <summary>What somebody should know of. None of them changes what is believed.</summary>
public enum WatcherAlarmKind
{
    /// <summary>An endpoint did not answer a question, or not in a form that can be read.</summary>
    EndpointFailed,

    /// <summary>An endpoint answered and is not counted in this round.</summary>
    EndpointRefused,

    /// <summary>An endpoint says other than the quorum, or other than what hashes prove: it is broken, or lies.</summary>
    Disagreement,

    /// <summary>Fewer endpoints than required may be counted: nothing is believed until there are enough again.</summary>
    BelowQuorum,

    /// <summary>Enough endpoints answer and not enough of them the same.</summary>
    NoAgreement,

    /// <summary>No endpoint that may be counted gave what can be proven: it is asked for again in the next pass.</summary>
    NotServed,

    /// <summary>A nonce of the vault is missing: what comes after the last event is scanned once more.</summary>
    Rescan,

    /// <summary>No endpoint proved the storage after a heartbeat's block, and it is given up.</summary>
    HeartbeatMissed,

    /// <summary>Nothing is asked any more until an operator has looked.</summary>
    Halted,
}

/// <param name="Kind">What happened.</param>
/// <param name="Endpoint">Place of the endpoint that it is about; null for none.</param>
/// <param name="Cause">A fixed word: the name of a fault, of a refusal, of what was disagreed on, or of a reason to halt.</param>
/// <param name="Detail">For whoever reads the log.</param>
public sealed record WatcherAlarm(WatcherAlarmKind Kind, int? Endpoint, string Cause, string Detail);
