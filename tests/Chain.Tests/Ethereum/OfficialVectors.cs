using System.Text.Json;

namespace NeuroChain.Chain.Tests;

/// <summary>
/// The vectors of the repository ethereum/tests, read where a folder shared/vectors/ethereum is beside or above the program; they are no part
/// of the tree.
/// </summary>
internal static class OfficialVectors
{
    private static readonly string? Folder = Find();

    /// <summary>A file of them; the test is skipped where they are not there.</summary>
    public static JsonElement Read(string file)
    {
        Assert.SkipUnless(Folder is not null, "the official vectors of Ethereum are not here: shared/vectors/ethereum");
        return JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder!, file))).RootElement;
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "shared", "vectors", "ethereum") is var vectors && Directory.Exists(vectors))
                return vectors;
        return null;
    }
}
