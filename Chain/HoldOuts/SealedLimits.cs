namespace NeuroChain.Chain;

/// <summary>Bounds of sealed hold-outs. They are part of the protocol.</summary>
public static class SealedLimits
{
    /// <summary>Samples of one set: the shares of a full draw with their paths fit into one transaction.</summary>
    public const int SamplesMax = 4_096;

    public const int SamplesMin = 16;

    /// <summary>Sealed samples of one round, of all sets together.</summary>
    public const int DrawnMax = 256;

    public const int CustodiansMax = 8;

    public const int ClassesMax = 256;

    /// <summary>Sets of one task that are offered or in use at a time.</summary>
    public const int SetsMax = 8;

    /// <summary>Values of a sample: so a whole draw stays below 4 MiB.</summary>
    public const int PixelsMax = 16 * 1024;
}
