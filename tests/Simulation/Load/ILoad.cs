namespace NeuroChain.Simulation;

/// <summary>Somebody who uses the chain: asks for things as time goes by.</summary>
public interface ILoad
{
    /// <summary>Does one thing; the virtual milliseconds until the next, null when it wants nothing more.</summary>
    ulong? Step(Cluster cluster);
}
