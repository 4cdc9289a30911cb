namespace NeuroChain.Benchmarks;

/// <summary>Says what takes its time; on standard error, so that the result stands alone.</summary>
internal static class Progress
{
    public static void Say(string text) => Console.Error.WriteLine($"  {text}");
}
