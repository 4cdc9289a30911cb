using NeuroChain.Simulation;

// simulate --seeds A..B: runs every seed, says how far each came, and stops at the first that breaks a rule. --scenario NAME tells one story.
// --merge A B C puts the reports of pieces together, --scenarios A B C makes a page of those of scenarios.
if (!RunArguments.TryParse(args, out var arguments, out var fault))
{
    Console.Error.WriteLine(fault);
    Console.Error.WriteLine(RunArguments.Usage);
    return 2;
}

if (arguments.Scenario is { } name)
{
    if (AllScenarios.Find(name) is not { } scenario)
    {
        Console.Error.WriteLine($"--scenario {name}: not known; there are: {string.Join(", ", AllScenarios.Of().Select(known => known.Name))}");
        return 2;
    }

    return ScenarioRunner.Run(scenario, arguments, Console.Out);
}

if (arguments.Merge.Length > 0) return ReportFiles.Merge(arguments, Console.Out);

if (arguments.Scenarios.Length > 0) return ScenarioPage.Write(arguments, Console.Out);

var report = new SeedRunner(arguments, Console.Out).Run();
ReportFiles.Write(report.Totals(), arguments);
return report.Failures.Count == 0 ? 0 : 1;
