using System.Globalization;
using System.Text.RegularExpressions;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Consensus.Tests;

/// <summary>docs/protocol/consensus.md tells of each line of the paper's Algorithm 1 what is done, and names the tests that show it.</summary>
public sealed partial class DocumentedRulesTests
{
    private const int FirstLine = 11, LastLine = 67;

    private static readonly string[] Rows = [.. File.ReadAllLines(RepositoryFiles.In("docs/protocol", "consensus.md").Single()).Where(line => Lines().IsMatch(line))];

    [Fact]
    public void EveryLineHasItsRow()
    {
        var told = Rows.Select(row => Lines().Match(row)).SelectMany(lines => Enumerable.Range(Number(lines, 1), Number(lines, 2) - Number(lines, 1) + 1)).Order();
        Assert.Equal(Enumerable.Range(FirstLine, LastLine - FirstLine + 1), told);
    }

    [Fact]
    public void EveryRowNamesTestsThatExist() => Assert.All(Rows, row =>
    {
        var named = TestName().Matches(row);
        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.Contains($" {test.Groups[2].Value}(", File.ReadAllText(RepositoryFiles.In("tests/Consensus.Tests", $"{test.Groups[1].Value}.cs").Single()), StringComparison.Ordinal));
    });

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("^\\| ([0-9]+)-([0-9]+) \\|")]
    private static partial Regex Lines();

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests)\\.([A-Za-z0-9]+)`")]
    private static partial Regex TestName();
}
