namespace NeuroChain.Ledger.Tests;

/// <summary>The repository that the tests were built in: what it says of itself is held against what it does.</summary>
internal static class RepositoryFiles
{
    public static string[] In(string folder, string pattern)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "NeuroChain.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the tests run outside their repository");
        return Directory.GetFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories);
    }
}
