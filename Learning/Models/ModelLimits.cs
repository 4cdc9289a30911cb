namespace NeuroChain.Learning;

/// <summary>
/// What a model may cost. Every validator runs every candidate, so a spec that passes these bounds can be evaluated by a machine with
/// two cores and a few hundred megabytes of free memory.
/// </summary>
public static class ModelLimits
{
    public const int SpecBytesMax = 16 * 1024;
    public const int LayersMax = 64;
    public const int ChannelsMax = 1024;
    public const int SideMax = 1024;
    public const int KernelMax = 15;
    public const int WindowMax = 16;
    public const int UnitsMax = 65_536;
    public const int ClassesMax = 1024;
    public const int ParametersMax = 16 * 1024 * 1024;

    /// <summary>Values of all layers of one sample, zero borders included; an engine's worker holds 16 samples twice in training.</summary>
    public const long ActivationsMax = 1024 * 1024;

    /// <summary>Multiply-adds of one sample's forward pass.</summary>
    public const long MultiplyAddsMax = 1L << 28;
}
