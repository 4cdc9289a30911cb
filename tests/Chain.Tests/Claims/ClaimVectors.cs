using System.Text.Json;

namespace NeuroChain.Chain.Tests;

/// <summary>
/// What other implementations made of the same inputs: tests/vectors/claims/trees.json by @openzeppelin/merkle-tree 1.0.8, claims.json by ethers 6.
/// Amounts and times are decimal text.
/// </summary>
internal static class ClaimVectors
{
    public static List<JsonElement> Read(string name)
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeuroChain.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the tests run inside the repository");
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "tests", "vectors", "claims", $"{name}.json")));
        return [.. document.RootElement.EnumerateArray().Select(row => row.Clone())];
    }

    public static Address Address(this JsonElement row, string name) => Chain.Address.TryParse(row.GetProperty(name).GetString(), out var address) ? address : throw new InvalidDataException(name);

    public static Hash256 Hash(this JsonElement row, string name) => Of(row.GetProperty(name));

    public static Hash256 Of(JsonElement hash) => Hash256.TryParse(hash.GetString(), out var read) ? read : throw new InvalidDataException(hash.GetRawText());

    public static Amount Units(this JsonElement row, string name) => new(UInt128.Parse(row.GetProperty(name).GetString()!, System.Globalization.CultureInfo.InvariantCulture));
}
