using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NeuroChain.Simulation;

/// <summary>What is asked on the command line.</summary>
public sealed record RunArguments
{
    public const string Usage =
        "usage: neurochain simulate [--seeds A..B] [--nodes N] [--loads drawn|none|governance|training|all|sealed] [--liars drawn|few|many] [--evaluator stub|real] [--threads N] [--real-signatures] [--repeat] [--scenario NAME] [--scenarios FILE...] [--merge FILE...] [--json FILE] [--markdown FILE] [--commit ID]";

    private const int NodesMax = 100;
    private const int ThreadsMax = 256;

    public ulong First { get; init; } = 1;

    public ulong Last { get; init; } = 20;

    /// <summary>Validators in every run; drawn from 4, 7 and 10 where it is null.</summary>
    public int? Nodes { get; init; }

    /// <summary>What is done on the chain.</summary>
    public LoadMix Loads { get; init; }

    /// <summary>How many break the rules.</summary>
    public LiarMix Liars { get; init; }

    /// <summary>Who says what losses a checkpoint has.</summary>
    public EvaluatorKind Evaluator { get; init; }

    /// <summary>Seeds that run side by side, each in one thread.</summary>
    public int Threads { get; init; } = 1;

    public bool RealSignatures { get; init; }

    /// <summary>Every seed twice: the second run must be the first.</summary>
    public bool Repeat { get; init; }

    /// <summary>A story to run instead of seeds.</summary>
    public string? Scenario { get; init; }

    /// <summary>Reports of pieces to put together instead of running anything.</summary>
    public ImmutableArray<string> Merge { get; init; } = [];

    public string? JsonFile { get; init; }

    /// <summary>Reports of scenarios to make a page of instead of running anything.</summary>
    public ImmutableArray<string> Scenarios { get; init; } = [];

    /// <summary>The report as a page for people.</summary>
    public string? PageFile { get; init; }

    /// <summary>What is run, for the report.</summary>
    public string? Commit { get; init; }

    public static bool TryParse(IReadOnlyList<string> args, [NotNullWhen(true)] out RunArguments? arguments, out string fault)
    {
        arguments = null;
        var read = new RunArguments();
        for (var i = 0; i < args.Count; i++)
        {
            fault = $"{args[i]}: not known";
            var next = i + 1 < args.Count ? args[i + 1] : "";
            switch (args[i])
            {
                case "--real-signatures":
                    read = read with { RealSignatures = true };
                    continue;
                case "--repeat":
                    read = read with { Repeat = true };
                    continue;
                case "--seeds" when TrySeeds(next, out var first, out var last):
                    read = read with { First = first, Last = last };
                    break;
                case "--nodes" when TryCount(next, NodesMax, out var nodes):
                    read = read with { Nodes = nodes };
                    break;
                case "--loads" when TryWord<LoadMix>(next, out var loads):
                    read = read with { Loads = loads };
                    break;
                case "--liars" when TryWord<LiarMix>(next, out var liars):
                    read = read with { Liars = liars };
                    break;
                case "--evaluator" when TryWord<EvaluatorKind>(next, out var evaluator):
                    read = read with { Evaluator = evaluator };
                    break;
                case "--merge" when FilesFrom(args, i + 1) is { Length: > 0 } files:
                    read = read with { Merge = files };
                    i += files.Length;
                    continue;
                case "--scenarios" when FilesFrom(args, i + 1) is { Length: > 0 } files:
                    read = read with { Scenarios = files };
                    i += files.Length;
                    continue;
                case "--markdown" when next.Length > 0:
                    read = read with { PageFile = next };
                    break;
                case "--threads" when TryCount(next, ThreadsMax, out var threads):
                    read = read with { Threads = threads };
                    break;
                case "--scenario" when next.Length > 0:
                    read = read with { Scenario = next };
                    break;
                case "--json" when next.Length > 0:
                    read = read with { JsonFile = next };
                    break;
                case "--commit" when next.Length > 0:
                    read = read with { Commit = next };
                    break;
                case "--seeds" or "--nodes" or "--loads" or "--liars" or "--evaluator" or "--threads" or "--scenario" or "--scenarios" or "--merge" or "--json" or "--markdown" or "--commit":
                    fault = $"{args[i]}: \"{next}\" is not its form (seeds A..B with A not above B, or one number; nodes up to {NodesMax}; threads up to {ThreadsMax}; of loads, liars and evaluator one of those below)";
                    return false;
                default:
                    return false;
            }

            i++;
        }

        fault = "--loads sealed: its losses are drawn; without --evaluator real";
        if (read is { Loads: LoadMix.Sealed, Evaluator: EvaluatorKind.Real }) return false;
        fault = "";
        arguments = read;
        return true;
    }

    /// <summary>The one command that runs this seed again.</summary>
    public string Command(ulong seed) => $"./neurochain simulate --seeds {seed}{Choices}{(RealSignatures ? " --real-signatures" : "")}";

    /// <summary>What makes another run of a seed than the seed alone, as it is written on the command line.</summary>
    public string Choices =>
        (Nodes is { } nodes ? $" --nodes {nodes}" : "") + (Loads == LoadMix.Drawn ? "" : $" --loads {Word(Loads)}")
        + (Liars == LiarMix.Drawn ? "" : $" --liars {Word(Liars)}") + (Evaluator == EvaluatorKind.Stub ? "" : $" --evaluator {Word(Evaluator)}");

    private static ImmutableArray<string> FilesFrom(IReadOnlyList<string> args, int first) =>
        [.. args.Skip(first).TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal))];

    private static bool TrySeeds(string text, out ulong first, out ulong last)
    {
        var parts = text.Split("..");
        last = 0;
        return ulong.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && parts.Length <= 2
            && ulong.TryParse(parts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && first <= last
            && last < ulong.MaxValue;
    }

    // As it is written, and no number in its place.
    private static bool TryWord<T>(string text, out T word)
        where T : struct, Enum
    {
        word = Enum.GetValues<T>().FirstOrDefault(value => Word(value) == text);
        return Word(word) == text;
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static bool TryCount(string text, int most, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0 && count <= most;
}
