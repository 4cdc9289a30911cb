namespace NeuroChain.Learning;

/// <param name="Threads">Workers, the caller included; the result does not depend on it.</param>
/// <param name="Path">Null for the fastest that the processor has; the result does not depend on it.</param>
public sealed record EngineOptions(int Threads = 1, KernelPath? Path = null)
{
    public const int ThreadsMax = 256;

    public static readonly EngineOptions Default = new();

    /// <summary>Counts what is computed; null counts nothing.</summary>
    public WorkMeter? Meter { get; init; }
}
