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
        var pages = string.Concat(RepositoryFiles.In("docs/protocol", "*.md").Select(File.ReadAllText));
        Assert.All(Listed, name => Assert.Contains($"`{name}`", pages, StringComparison.Ordinal));
    }

    [Fact]
    public void TheLedgerSaysEachAndNoOther()
    {
        var said = RepositoryFiles.In("Ledger", "*.cs").SelectMany(file => Emitted().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct();
        Assert.Equal(Listed.Order(StringComparer.Ordinal), said.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("Emit\\(\\s*\"([a-z_.]+)\"")]
    private static partial Regex Emitted();
}
