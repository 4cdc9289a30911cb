namespace NeuroChain.Learning;

/// <summary>
/// Why a candidate is invalid. Of several faults all validators name the same one: a parameter's first, then the first sample's.
/// </summary>
public enum EvaluationFault
{
    None,

    /// <summary>The bytes are no checkpoint of this model; <see cref="CheckpointError"/> says why.</summary>
    MalformedCheckpoint,
    NonFiniteParameter,
    NonFiniteLogit,
    NonFiniteLoss,
}
