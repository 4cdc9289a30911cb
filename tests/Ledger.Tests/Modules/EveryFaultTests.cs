using System.Text.RegularExpressions;

namespace NeuroChain.Ledger.Tests;

/// <summary>Each reason for which anything is refused anywhere in the program is expected by a test, by its name.</summary>
public sealed partial class EveryFaultTests
{
    private static readonly string[] Folders = ["Chain", "Ledger", "Consensus", "P2P", "Learning", "Bridge", "Node"];

    // Two million holders of a token take minutes and gigabytes to make.
    private static readonly HashSet<string> Untried = ["SnapshotFault.TooManyHolders"];

    [Fact]
    public void NoReasonIsForgotten()
    {
        var expected = RepositoryFiles.In("tests", "*.cs").SelectMany(file => Value().Matches(File.ReadAllText(file))).Select(match => match.Value).ToHashSet();
        var faults = Folders.SelectMany(folder => RepositoryFiles.In(folder, "*.cs")).SelectMany(file => Enums().Matches(Comments().Replace(File.ReadAllText(file), ""))).ToList();
        Assert.True(faults.Count >= 30, $"only {faults.Count} kinds of reasons were found");
        var names = faults.SelectMany(declared => Name().Matches(declared.Groups[2].Value).Select(value => $"{declared.Groups[1].Value}.{value.Groups[1].Value}"))
            .Where(name => !name.EndsWith(".None", StringComparison.Ordinal)).ToList();
        string[] forgotten = [.. names.Where(name => !expected.Contains(name) && !Untried.Contains(name))];
        Assert.Empty(forgotten);
        Assert.All(Untried, name => Assert.Contains(name, names));
    }

    [GeneratedRegex(@"\benum (\w*(?:Fault|Rejection|Refusal))\b[^{]*\{([^}]*)\}")]
    private static partial Regex Enums();

    [GeneratedRegex(@"//.*")]
    private static partial Regex Comments();

    [GeneratedRegex(@"(\w+)\s*(?:=\s*\w+\s*)?(?:,|$)", RegexOptions.Multiline)]
    private static partial Regex Name();

    [GeneratedRegex(@"\b\w+(?:Fault|Rejection|Refusal)\.\w+")]
    private static partial Regex Value();
}
