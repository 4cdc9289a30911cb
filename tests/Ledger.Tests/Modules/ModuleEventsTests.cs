using System.Text.RegularExpressions;

namespace NeuroChain.Ledger.Tests;

/// <summary>What modules say has happened: listed by one of them, said by the code, explained in the protocol; none of the three alone.</summary>
public sealed partial class ModuleEventsTests
{
    private static readonly List<string> Listed = [.. LedgerModules.All.SelectMany(module => module.Events)];

    [Fact]
    public void EachEventIsOfOneModule() => Assert.Equal(Listed.Distinct(), Listed);

    [Fact]
    public void TheProtocolNamesEach()
    {
        var pages = string.Concat(Files("docs/protocol", "*.md").Select(File.ReadAllText));
        Assert.All(Listed, name => Assert.Contains($"`{name}`", pages, StringComparison.Ordinal));
    }

    [Fact]
    public void TheLedgerSaysEachAndNoOther()
    {
        var said = Files("Ledger", "*.cs").SelectMany(file => Emitted().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal(Listed.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("Emit\\(\\s*\"([a-z_.]+)\"")]
    private static partial Regex Emitted();

    private static string[] Files(string folder, string pattern)
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "NeuroChain.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the tests run outside their repository");
        return Directory.GetFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories);
    }
}
