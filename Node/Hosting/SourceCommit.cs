using System.Reflection;

namespace NeuroChain.Node;

/// <summary>What this program was built from, as the build wrote it into it: results name it.</summary>
internal static class SourceCommit
{
    private const int Digits = 12;

    /// <summary>The first digits of the commit. What was changed since and not committed does not show.</summary>
    public static string Name { get; } = Of(typeof(SourceCommit).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);

    // "0.1.0+5e1e54fe..."; where it was not built from a repository there is no second part.
    private static string Of(string? version) =>
        version is not null && version.IndexOf('+', StringComparison.Ordinal) is >= 0 and var plus && version.Length > plus + Digits ? version.Substring(plus + 1, Digits) : "unknown";
}
