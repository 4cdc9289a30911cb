namespace NeuroChain.Chain;

/// <summary>Where the samples of an evaluation come from.</summary>
public enum SampleSource : byte
{
    /// <summary>A data set that anybody can read: the weakest.</summary>
    PublicHoldOut = 1,

    /// <summary>Samples that a program makes from their numbers; nobody stores them.</summary>
    Generator = 2,
}
