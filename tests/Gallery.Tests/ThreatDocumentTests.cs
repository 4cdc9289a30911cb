using System.Text.RegularExpressions;

namespace NeuroChain.Gallery.Tests;

/// <summary>What docs/protocol/threats.md names as shown is there to be run.</summary>
public sealed partial class ThreatDocumentTests
{
    private static readonly string Root = FindRoot();

    private static readonly string[] Rows = [.. File.ReadAllLines(Path.Combine(Root, "docs", "protocol", "threats.md")).Where(line => line.StartsWith("| T", StringComparison.Ordinal))];

    [Fact]
    public void EveryThreatHasARowWithADefenceOrASentenceOnWhyItStaysOpen()
    {
        Assert.Equal(Enumerable.Range(1, 30).Select(number => $"T{number}"), Rows.Select(row => row.Split('|')[1].Trim()));
        Assert.All(Rows, row => Assert.Contains(row.Split('|')[4..6], cell => cell.Trim().Length > 0));
    }

    [Fact]
    public void EveryNamedTestExists()
    {
        var sources = Directory.GetFiles(Path.Combine(Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).ToLookup(Path.GetFileNameWithoutExtension);
        var named = Rows.SelectMany(row => TestName().Matches(row)).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        Assert.True(named.Count >= 30);
        Assert.All(named, test => Assert.Contains(sources[test.Class], file => File.ReadAllText(file).Contains($" {test.Method}(", StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryAttackOfTheGalleryIsNamed() =>
        Assert.All(AllAttacks.Of(), attack => Assert.Contains(Rows, row => row.Contains($"`{attack.Name}`", StringComparison.Ordinal)));

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests)\\.([A-Za-z0-9]+)`")]
    private static partial Regex TestName();

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "NeuroChain.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("no NeuroChain.sln above the tests");
        return folder;
    }
}
