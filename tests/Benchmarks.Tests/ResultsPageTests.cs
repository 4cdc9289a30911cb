using System.Text.RegularExpressions;
using NeuroChain.Ledger.Tests;

namespace NeuroChain.Benchmarks.Tests;

/// <summary>The page of results says what its files say, and each of them of which program it is.</summary>
public sealed partial class ResultsPageTests
{
    private static readonly string[] Files = RepositoryFiles.In("docs/results/benchmarks", "*.json");

    public static TheoryData<string> Names => [.. Files.Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void EachResultNamesTheCommitThatWasMeasured(string name)
    {
        var result = BenchmarkResult.Parse(File.ReadAllText(Files.Single(file => Path.GetFileName(file) == name)));
        Assert.Matches(Commit(), result.Commit ?? "");
        Assert.Equal(Math.Round(result.Figure / result.Limit, 2), result.Ratio, 0.01); // of rounded numbers
    }

    [Fact]
    public void ThePageIsMadeOfThem()
    {
        var page = RepositoryFiles.In("docs/results", "benchmarks.md").Single();
        Assert.Equal(ResultsPage.Of(Path.GetDirectoryName(Files[0])!), File.ReadAllText(page));
    }

    [GeneratedRegex("^[0-9a-f]{12}$")]
    private static partial Regex Commit();
}
