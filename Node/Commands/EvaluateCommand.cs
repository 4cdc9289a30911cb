using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>neurochain evaluate: the evaluator process; a validator starts it and talks to it over standard input and output.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders") { Description = "Data set folders", Arity = ArgumentArity.ZeroOrMore };
        var threads = new Option<int>("--threads") { Description = "Threads", DefaultValueFactory = _ => 1 };
        var path = new Option<string>("--path") { Description = "auto, scalar, 256 or 512", DefaultValueFactory = _ => EvaluationPath.Auto };
        var command = new Command("evaluate", "Evaluate checkpoints for a validator (started by it)") { folders, threads, path };
        command.SetAction((parsed, cancellationToken) =>
        {
            if (!EvaluationPath.TryParse(parsed.GetValue(path)!, out var kernels)) throw new OperatorException("--path: auto, scalar, 256 or 512");
            return RunAsync(parsed.GetValue(folders)!, new EngineOptions(parsed.GetValue(threads), kernels), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string[] folders, EngineOptions engine, CancellationToken cancellationToken)
    {
        var evaluator = new Evaluator(DatasetFolders.Load(folders), engine);
        using var input = Console.OpenStandardInput();
        using var output = Console.OpenStandardOutput();
        await EvaluatorFraming.WriteAsync(output, [], cancellationToken).ConfigureAwait(false); // ready: from here on time counts
        while (await EvaluatorFraming.ReadAsync(input, cancellationToken).ConfigureAwait(false) is { } message)
        {
            var report = EvaluationRequest.Decode(message) is { } request ? evaluator.Evaluate(request) : null;
            await EvaluatorFraming.WriteAsync(output, report?.Encode() ?? [], cancellationToken).ConfigureAwait(false);
        }

        return 0;
    }
}
