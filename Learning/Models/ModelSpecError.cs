namespace NeuroChain.Learning;

/// <summary>Why a model spec is refused.</summary>
public enum ModelSpecError
{
    None,
    TooLong,
    NotJson,
    WrongType,
    UnknownField,
    MissingField,
    DuplicateField,
    UnknownVersion,
    UnknownLayer,
    UnknownLoss,
    NoLayers,
    TooManyLayers,
    DimensionOutOfRange,
    PaddingNotBelowKernel,
    KernelLargerThanInput,
    WindowLargerThanInput,
    DenseNeedsFlatInput,
    LayerNeedsImageInput,
    LastLayerNotDense,
    TooFewClasses,
    TooManyParameters,
    TooManyActivations,
    TooMuchWork,
}
