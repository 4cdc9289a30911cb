namespace NeuroChain.Gallery.Tests;

/// <summary>The folder that the solution is in, above the tests.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeuroChain.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no NeuroChain.sln above the tests");
        return folder;
    }
}
