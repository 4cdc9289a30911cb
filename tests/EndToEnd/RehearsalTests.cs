using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NeuroChain.Ledger.Tests;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>The rehearsal as an operator runs it: a few quick cases always, all of them on demand.</summary>
public sealed partial class RehearsalTests
{
    private static bool IsLong => Environment.GetEnvironmentVariable("NEUROCHAIN_LONG_TESTS") == "1";

    /// <summary>
    /// The page is written where NEUROCHAIN_RESULTS names a folder:
    /// NEUROCHAIN_LONG_TESTS=1 NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/EndToEnd --filter AllCasesHold
    /// </summary>
    [Fact]
    public async Task AllCasesHoldInLessThanTenMinutes()
    {
        if (!IsLong) Assert.Skip("some minutes of real time: with NEUROCHAIN_LONG_TESTS=1");
        string[] page = Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is { Length: > 0 } folder ? ["--page", Path.Combine(folder, "rehearsal.md")] : [];
        var result = await RunAsync(["--json", .. page], TimeSpan.FromMinutes(20));
        Assert.True(result.ExitCode == 0, result.ToString());
        var cases = Cases(result.Output);
        for (var i = 1; i <= 25; i++) Assert.Contains(cases, one => Text(one, "case") == $"F{i}");
        Assert.All(cases, one => Assert.Equal("held", Text(one, "verdict")));
        Assert.InRange(cases.Sum(one => one["seconds"]!.GetValue<double>()), 0, 600);
    }

    [Fact]
    public async Task AFewCasesHold()
    {
        var result = await RunAsync(["--json", "--case", "M1", "--case", "F8", "--case", "f14", "--case", "F22"], TimeSpan.FromMinutes(5));
        Assert.True(result.ExitCode == 0, result.ToString());
        var cases = Cases(result.Output);
        Assert.Equal(["M1 held", "F8 held", "F14 held", "F22 held"], cases.Select(one => $"{Text(one, "case")} {Text(one, "verdict")}"));
        Assert.Contains("AlreadyReleased", Text(cases[2], "seen"), StringComparison.Ordinal);
        Assert.Contains("an inner node: ClaimInnerNode", Text(cases[3], "seen"), StringComparison.Ordinal);
    }

    /// <summary>Each failure is rehearsed, and besides has a test of its name that always runs: so that the output of the tests names all of them.</summary>
    [Fact]
    public void EveryFailureIsRehearsedAndHasATestOfItsName()
    {
        var wanted = Enumerable.Range(1, 25).Select(number => string.Create(CultureInfo.InvariantCulture, $"F{number}"));
        Assert.Equal(wanted, RehearsalCases.All().Select(one => one.Number).Where(number => number[0] == 'F').OrderBy(number => int.Parse(number.AsSpan(1), CultureInfo.InvariantCulture)));
        var named = RepositoryFiles.In("tests", "*Tests.cs").SelectMany(file => NamedTest().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value)).ToHashSet();
        Assert.Empty(wanted.Except(named));
    }

    [Fact]
    public async Task WhatIsMissingOrMisspelledIsSaidInOneLine()
    {
        var misspelled = await ChildProcess.RunNeurochainAsync(["bridge", "rehearse", "--case", "F26"]);
        Assert.Equal(2, misspelled.ExitCode);
        Assert.EndsWith("not F26\n", misspelled.Errors, StringComparison.Ordinal);
        var missing = await ChildProcess.RunNeurochainAsync(["bridge", "rehearse", "--anvil", "/nowhere/anvil"]);
        Assert.Equal((2, "neurochain: --anvil: there is no /nowhere/anvil\n"), (missing.ExitCode, missing.Errors));
    }

    private static async Task<CommandResult> RunAsync(string[] words, TimeSpan patience)
    {
        using var process = ChildProcess.StartNeurochain(["bridge", "rehearse", .. words]);
        return new CommandResult(await process.WaitAsync(patience), process.Output, process.Errors);
    }

    [GeneratedRegex(@"public (?:async Task|void) (F\d+)(?=_|[A-Z])")]
    private static partial Regex NamedTest();

    private static JsonObject[] Cases(string output) => [.. JsonNode.Parse(output)!["cases"]!.AsArray().Select(one => one!.AsObject())];

    private static string Text(JsonObject one, string name) => one[name]!.GetValue<string>();
}
