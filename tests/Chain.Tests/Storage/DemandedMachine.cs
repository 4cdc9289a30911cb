namespace NeuroChain.Chain.Tests;

/// <summary>
/// What some tests want of a machine: to mount a small disk, to make network namespaces. Where it is not to be had they skip; but where
/// NEUROCHAIN_DEMAND_MACHINE is set, because it was had a moment ago, skipping is a failure.
/// </summary>
internal static class DemandedMachine
{
    private static bool IsDemanded => Environment.GetEnvironmentVariable("NEUROCHAIN_DEMAND_MACHINE") == "1";

    /// <summary>Fails where the machine is demanded: for a test that goes on without what is missing.</summary>
    public static void Lacks(string what) => Assert.False(IsDemanded, $"NEUROCHAIN_DEMAND_MACHINE=1: {what}");

    /// <summary>Skips the test, or fails it where the machine is demanded.</summary>
    public static void SkipWithout(string what)
    {
        Lacks(what);
        Assert.Skip(what);
    }
}
