namespace NeuroChain.Learning;

/// <summary>Why bytes are no delta, or a delta does not fit a data set.</summary>
public enum DatasetDeltaError
{
    None,

    /// <summary>Bytes are missing, left over, or promise more than there is.</summary>
    Malformed,

    /// <summary>It neither adds nor removes, or its samples have no pixels.</summary>
    Empty,

    /// <summary>Hashes do not ascend: a sample is named twice, or the order is another than the one accepted.</summary>
    NotAscending,

    /// <summary>It was made for another set.</summary>
    OtherBase,

    /// <summary>Its samples have another size than the set's.</summary>
    OtherShape,

    /// <summary>A label is not below the set's number of classes.</summary>
    LabelOutOfRange,

    /// <summary>A sample that it removes is not in the set.</summary>
    UnknownSample,

    /// <summary>A sample that it adds is in the set already.</summary>
    SampleRepeated,

    /// <summary>The set would have too many samples or bytes, or none.</summary>
    TooLarge,
}
