using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>Ports that nobody listens on.</summary>
internal static class FreePorts
{
    public static int[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => LoopbackPorts.Take())];
}
