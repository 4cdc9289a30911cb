using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NeuroChain.Simulation.Tests;

/// <summary>
/// The list of one-line faults is one that <c>tools/canaries</c> can still put into the tree, and what is shipped has none of them. That each
/// is killed takes a build of its own: the tool shows it.
/// </summary>
public sealed class CanaryTests
{
    private const string Switch = "NEUROCHAIN_CANARY";

    private static readonly string Root = FindRoot();
    private static readonly Mutant[] Mutants =
        JsonSerializer.Deserialize<Mutant[]>(File.ReadAllText(Path.Combine(Root, "tests/Canaries/mutants.json")), JsonSerializerOptions.Web)!;

    [Fact]
    public void EveryFaultFitsItsLine() => Assert.All(Mutants, mutant =>
    {
        var text = File.ReadAllText(Path.Combine(Root, mutant.File));
        var first = text.IndexOf(mutant.Old, StringComparison.Ordinal);
        Assert.True(first >= 0, $"{mutant.Name}: its text is not in {mutant.File} any more: {mutant.Old}");
        Assert.True(text.LastIndexOf(mutant.Old, StringComparison.Ordinal) == first, $"{mutant.Name}: its text stands more than once in {mutant.File}");
        Assert.NotEqual(mutant.Old, mutant.New);
    });

    [Fact]
    public void ThereAreAtLeastFifteenWithNamesOfTheirOwn()
    {
        Assert.True(Mutants.Length >= 15, $"{Mutants.Length} are too few");
        Assert.Equal(Mutants.Length, Mutants.Select(mutant => mutant.Name).Distinct().Count());
    }

    /// <summary>Only the faults of lines are listed: whatever a release is built of, and no test.</summary>
    [Fact]
    public void EveryFaultIsOneOfTheProgram() => Assert.All(Mutants, mutant => Assert.DoesNotContain("tests/", mutant.File));

    [Fact]
    public void EveryFaultNamesAKillerThatExists() => Assert.All(Mutants, mutant =>
    {
        Assert.True(mutant.Simulate is not null || mutant.Test is not null, $"{mutant.Name}: nothing is recorded that kills it");
        Assert.True(mutant.Simulate is null != mutant.NoRun is null, $"{mutant.Name}: either a run shows it, or it is said why none does");
        if (mutant.Simulate is { } simulate)
        {
            Assert.True(RunArguments.TryParse(simulate.Split(' '), out var arguments, out var fault), $"{mutant.Name}: {fault}");
            if (arguments.Scenario is { } scenario) Assert.NotNull(AllScenarios.Find(scenario));
        }

        if (mutant.Test is not { } test) return;
        var parts = test.Split('.'); // NeuroChain.Ledger.Tests.EvidenceTests.AFaultCountsOnce
        Assert.Equal(5, parts.Length);
        var files = Directory.GetFiles(Path.Combine(Root, $"tests/{parts[1]}.{parts[2]}"), "*.cs", SearchOption.AllDirectories);
        Assert.Single(files, file => Path.GetFileName(file) == parts[3] + ".cs");
        Assert.Contains(files, file => File.ReadAllText(file).Contains($" {parts[4]}(", StringComparison.Ordinal)); // its own, or of the contract that it is held to
    });

    [Fact]
    public void NothingThatIsShippedKnowsTheSwitch()
    {
        var shipped = Directory.GetFiles(AppContext.BaseDirectory, "NeuroChain.*.dll").Where(IsOfTheProgram).ToList();
        Assert.Contains(shipped, file => Path.GetFileName(file) == "NeuroChain.Node.dll");
        Assert.True(shipped.Count >= 6, $"only {string.Join(", ", shipped.Select(Path.GetFileName))} were found");
        Assert.All(shipped, file => Assert.False(Mentions(file, Switch), $"{Path.GetFileName(file)} knows the switch"));
        Assert.All(shipped, file => Assert.False(Mentions(file, "Canary"), $"{Path.GetFileName(file)} knows the class"));
        Assert.True(Mentions(typeof(CanaryTests).Assembly.Location, Switch), "this very assembly does: so it would be seen");
        Assert.True(Mentions(typeof(CanaryTests).Assembly.Location, nameof(CanaryTests)), "and so would a name");
    }

    private static bool IsOfTheProgram(string file) => !Path.GetFileName(file).StartsWith("NeuroChain.Simulation", StringComparison.Ordinal);

    // Texts stand in an assembly in UTF-16, names in UTF-8.
    private static bool Mentions(string file, string word)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(file);
        return bytes.IndexOf(Encoding.Unicode.GetBytes(word)) >= 0 || bytes.IndexOf(Encoding.UTF8.GetBytes(word)) >= 0;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NeuroChain.sln")))
                return folder.FullName;
        throw new InvalidOperationException("the tests run outside of the repository");
    }

    private sealed record Mutant(string Name, string What, string File, string Old, string New, string? Simulate, string? Test, [property: JsonPropertyName("no_run")] string? NoRun);
}
