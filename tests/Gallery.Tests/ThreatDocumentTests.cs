using System.Text.RegularExpressions;

namespace NeuroChain.Gallery.Tests;

/// <summary>What docs/protocol/threats.md names as shown is there to be run.</summary>
public sealed partial class ThreatDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "protocol", "threats.md"));

    private static readonly string[] Rows = [.. Lines.Where(line => line.StartsWith("| T", StringComparison.Ordinal))];

    [Fact]
    public void EveryThreatHasARowWithADefenceOrASentenceOnWhyItStaysOpen()
    {
        Assert.Equal(Enumerable.Range(1, 30).Select(number => $"T{number}"), Rows.Select(row => row.Split('|')[1].Trim()));
        Assert.All(Rows, row => Assert.Contains(row.Split('|')[4..6], cell => cell.Trim().Length > 0));
    }

    [Fact]
    public void EveryNamedTestExists()
    {
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).ToLookup(Path.GetFileNameWithoutExtension);
        var named = Lines.SelectMany(line => TestName().Matches(line)).Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value)).Distinct().ToList();
        Assert.True(named.Count >= 30);
        Assert.All(named, test => Assert.Contains(sources[test.Class], file => File.ReadAllText(file).Contains($" {test.Method}(", StringComparison.Ordinal)));
    }

    /// <summary>A class may lose the one test that was meant, and nobody would see it.</summary>
    [Fact]
    public void NoTestIsNamedWithoutItsMethod() => Assert.Empty(Lines.SelectMany(line => ClassAlone().Matches(line)).Select(match => match.Value));

    [Fact]
    public void EveryAttackOfTheGalleryIsNamed() =>
        Assert.All(AllAttacks.Of(), attack => Assert.Contains(Rows, row => row.Contains($"`{attack.Name}`", StringComparison.Ordinal)));

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests)\\.([A-Za-z0-9]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex("\\b[A-Z][A-Za-z]+Tests\\b(?!\\.[A-Z])")]
    private static partial Regex ClassAlone();
}
