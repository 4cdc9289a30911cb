using System.CommandLine;

namespace NeuroChain.Node;

/// <summary>neurochain evaluate: the evaluator process; a validator starts it and talks to it over standard input and output.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders") { Description = "Data set folders" };
        var threads = new Option<int>("--threads") { Description = "Threads", DefaultValueFactory = _ => 1 };
        var command = new Command("evaluate", "Evaluate checkpoints for a validator (started by it)") { folders, threads };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(folders)!, parsed.GetValue(threads), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string[] folders, int threads, CancellationToken cancellationToken)
    {
        var evaluator = new Evaluator(DatasetFolders.Load(folders), threads);
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        while (await EvaluatorFraming.ReadAsync(input, cancellationToken).ConfigureAwait(false) is { } message)
        {
            var results = EvaluationRequest.Decode(message) is { } request ? evaluator.Evaluate(request) : null;
            await EvaluatorFraming.WriteAsync(output, CheckpointLosses.Encode(results ?? []), cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }
}
