using NeuroChain.Chain;

namespace NeuroChain.Simulation.Tests;

public sealed class ReportTests
{
    [Fact]
    public void PiecesTogetherSayWhatOneRunSays()
    {
        var whole = Totals(1, 6);
        var merged = Read(Totals(4, 6));
        merged.Merge(Read(Totals(1, 3)));
        Assert.Equal(Json(whole), Json(merged).Replace(Ranges(4, 6), "").Replace(Ranges(1, 3), Ranges(1, 6)));
        Assert.NotEqual(whole.EventHash, Totals(1, 5).EventHash);
        Assert.Equal(6, merged.Sums["seeds"]);
        Assert.Equal(12, merged.Groups["faults"]["machines_died"]);
        Assert.Equal(1_006, merged.Maxima["first_decision_after_healing_of_all_ms"]);

        static string Json(RunTotals totals) => string.Concat(totals.ToJson().Where(c => !char.IsWhiteSpace(c)));
        static string Ranges(int first, int last) => $$"""{"first":{{first}},"last":{{last}},"real_signatures":false}""" + (first == 1 && last == 3 ? "," : "");
    }

    [Fact]
    public void PiecesThatDoNotFitAreRefused()
    {
        Assert.Contains("have some in common", Assert.Throws<OperatorException>(() => Totals(1, 3).Merge(Totals(3, 4))).Message);
        Assert.Contains("different commits", Assert.Throws<OperatorException>(() => Totals(1, 3).Merge(Totals(4, 5, "other"))).Message);
        foreach (var text in new[] { "", "{", "[]", "{}", """{"machine":3}""" })
            Assert.StartsWith("a.json is no report", Assert.Throws<OperatorException>(() => RunTotals.Parse("a.json", text)).Message);
    }

    [Fact]
    public void FilesAreMergedByOneCommand()
    {
        var folder = Directory.CreateTempSubdirectory();
        string[] files = [.. new[] { "a.json", "b.json", "all.json", "all.md" }.Select(name => Path.Combine(folder.FullName, name))];
        File.WriteAllText(files[0], Totals(1, 3).ToJson());
        File.WriteAllText(files[1], Totals(4, 6).ToJson());
        using var told = new StringWriter();
        Assert.True(RunArguments.TryParse(["--merge", files[0], files[1], "--json", files[2], "--markdown", files[3]], out var arguments, out _));
        Assert.Equal(0, ReportFiles.Merge(arguments, told));
        Assert.Contains("6 seeds", told.ToString());
        Assert.Equal(6, RunTotals.Parse("all", File.ReadAllText(files[2])).Sums["seeds"]);
        var page = File.ReadAllText(files[3]);
        Assert.Contains("**0 violations**", page);
        Assert.Contains("--seeds 4..6", page);
        Assert.Contains("| machines died | 12 |", page);
        Assert.Equal(2, ReportFiles.Merge(arguments with { Merge = [files[0], files[0]] }, told));
        Assert.Equal(2, ReportFiles.Merge(arguments with { Merge = [files[0], "not there"] }, told));
        var failed = Totals(7, 7);
        failed.AddFailure(7, "as it must", "./neurochain simulate --seeds 7");
        File.WriteAllText(files[1], failed.ToJson());
        Assert.Equal(1, ReportFiles.Merge(arguments, told));
        Assert.Contains("Failed: seed 7: as it must", File.ReadAllText(files[3]));
        folder.Delete(recursive: true);
    }

    /// <summary>Who reads a report can repeat it, and a seed that is another run counts beside the first.</summary>
    [Fact]
    public void AReportSaysWhatWasChosen()
    {
        var report = new RunReport(new RunArguments { First = 1, Last = 3, Loads = LoadMix.Training, Evaluator = EvaluatorKind.Real });
        var totals = Read(report.Totals());
        Assert.Contains("./neurochain simulate --seeds 1..3 --loads training --evaluator real --threads", RunPage.Of(totals));
        totals.Merge(new RunReport(new RunArguments { First = 1, Last = 3 }).Totals());
        Assert.Equal(2, totals.Ranges.Count);
        Assert.Throws<OperatorException>(() => totals.Merge(report.Totals()));
    }

    [Fact]
    public void AReportSaysWhenHeightsWereDecidedAndWhatNeverCameAbout()
    {
        var totals = Totals(1, 3);
        totals.Add(Result(4) with { Byzantine = "equivocator+twins" });
        totals.Add(Result(6) with { Byzantine = "amnesiac", Faults = Did("amnesiac") });
        var page = RunPage.Of(totals);
        Assert.Contains("48 of the heights were decided in the time of faults, 112 after", page);
        Assert.Contains("| evidence.counted.wrong-leader | 0 |", page);
        Assert.Contains("| amnesiac | 1 |", page);
        Assert.Contains("| twins | 1 |", page);
        Assert.DoesNotContain("| equivocator |", page); // it was to be one, and came to nothing

        static Tally Did(string name)
        {
            var tally = new Tally();
            tally.Add($"did_{name}");
            return tally;
        }
    }

    private static RunTotals Read(RunTotals totals) => RunTotals.Parse("a piece", totals.ToJson());

    private static RunTotals Totals(ulong first, ulong last, string commit = "abc")
    {
        var totals = new RunTotals { Commit = commit };
        totals.Ranges.Add(new SeedRange(first, last, false));
        for (var seed = first; seed <= last; seed++) totals.Add(Result(seed));
        return totals;
    }

    private static SimulationResult Result(ulong seed)
    {
        var (faults, done) = (new Tally(), new Tally());
        faults.Add("machines_died", 2);
        done.Add("training.certified", (long)seed);
        return new SimulationResult
        {
            Seed = seed,
            Validators = seed % 2 == 0 ? 4 : 10,
            Byzantine = "",
            Height = new Height(10 * seed),
            HeightAtHealing = new Height(3 * seed),
            Rounds = 11 * seed,
            Convicted = 0,
            Punished = 0,
            Crashes = 2,
            Partitions = 1,
            FullDisks = 0,
            BadSectors = 0,
            Messages = 100,
            Events = 1_000,
            FirstDecisionMs = 1_000 + seed,
            HasRest = false,
            Loads = "training",
            Faults = faults,
            Done = done,
            EventHash = Hash256.Sha256([(byte)seed]),
        };
    }
}
