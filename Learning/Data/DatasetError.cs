namespace NeuroChain.Learning;

/// <summary>Why bytes are not a dataset.</summary>
public enum DatasetError
{
    None,
    NotGzip,
    Truncated,
    TrailingBytes,
    WrongMagic,
    DimensionOutOfRange,
    TooLarge,
    CountsDiffer,
    LabelOutOfRange,
}
