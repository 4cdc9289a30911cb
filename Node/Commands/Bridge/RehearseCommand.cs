using System.Collections.Immutable;
using System.CommandLine;
using NeuroChain.Bridge;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>neurochain bridge rehearse: a whole migration and its failure cases, with an Ethereum and four validators on this machine.</summary>
internal static class RehearseCommand
{
    public static Command Create()
    {
        var anvil = new Option<string?>("--anvil") { Description = "The local Ethereum's program (default: the one that ./setup.sh installs)" };
        var only = new Option<string[]>("--case") { Description = "Run this one alone: M1 to M7, F1 to F25. May be given more than once" };
        var home = new Option<string?>("--home") { Description = "Folder for the validators and their logs (default: a fresh one, removed where all holds)" };
        var page = new Option<string?>("--page") { Description = "Write the table to this file as Markdown too" };
        var json = new Option<bool>("--json") { Description = "Print the table as JSON when all is done" };
        var command = new Command("rehearse", "Rehearse a whole migration and all failure cases on a local Ethereum, with four validators") { anvil, only, home, page, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var cases = Chosen(parsed.GetValue(only) ?? []);
            var program = parsed.GetValue(anvil);
            if (program is not null && !File.Exists(program)) throw new OperatorException($"--anvil: there is no {program}");
            program ??= AnvilProcess.Find();
            var given = parsed.GetValue(home);
            var folder = Path.GetFullPath(given ?? Directory.CreateTempSubdirectory("neurochain-rehearsal-").FullName);
            if (Directory.Exists(Path.Combine(folder, "world0"))) throw new OperatorException($"--home: {folder} has an earlier rehearsal");
            var isJson = parsed.GetValue(json);
            if (!isJson) Console.WriteLine($"four validators below {folder}\n{RehearsalTable.Head}");
            var rows = await new Rehearsal(folder, program, row =>
            {
                if (!isJson) Console.WriteLine(RehearsalTable.Text(row));
            }).RunAsync(cases, cancellationToken).ConfigureAwait(false);
            if (isJson) BridgeText.Print(RehearsalTable.Json(rows));
            else Console.WriteLine(RehearsalTable.Summary(rows));
            if (parsed.GetValue(page) is { } file) await File.WriteAllTextAsync(file, RehearsalTable.Markdown(rows), cancellationToken).ConfigureAwait(false);
            var holds = rows.All(row => row.Verdict != RehearsalVerdict.Failed);
            if (!holds) Console.Error.WriteLine($"the validators' logs are below {folder}");
            else if (given is null) Directory.Delete(folder, recursive: true);
            return holds ? 0 : 1;
        });
        return command;
    }

    private static ImmutableArray<RehearsalCase> Chosen(string[] numbers)
    {
        var all = RehearsalCases.All();
        foreach (var number in numbers)
            if (!all.Any(one => IsNamed(one, number)))
                throw new OperatorException($"--case: one of {string.Join(", ", all.Select(one => one.Number))}, not {number}");
        return numbers.Length == 0 ? all : [.. all.Where(one => numbers.Any(number => IsNamed(one, number)))];
    }

    private static bool IsNamed(RehearsalCase one, string number) => string.Equals(one.Number, number, StringComparison.OrdinalIgnoreCase);
}
