namespace NeuroChain.Learning;

/// <summary>Why bytes are not a checkpoint of the expected model.</summary>
public enum CheckpointError
{
    None,
    TooShort,
    HeaderTooLong,
    HeaderNotJson,
    Metadata,
    DuplicateTensor,
    UnknownTensor,
    MissingTensor,
    TensorOrder,
    WrongDataType,
    WrongShape,
    WrongOffsets,
    WrongLength,
    NotCanonical,
    NonFiniteValue,
}
