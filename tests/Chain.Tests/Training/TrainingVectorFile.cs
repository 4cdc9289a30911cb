using System.Text.Json;

namespace NeuroChain.Chain.Tests;

/// <summary>A file of tests/vectors/training: a list of cases that were made by exact arithmetic elsewhere.</summary>
internal static class TrainingVectorFile
{
    /// <summary>From the folder of the tests up to the repository.</summary>
    public static List<JsonElement> Read(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeuroChain.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run inside the repository");
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tests", "vectors", "training", $"{name}.json")));
        return [.. document.RootElement.EnumerateArray().Select(row => row.Clone())];
    }
}
