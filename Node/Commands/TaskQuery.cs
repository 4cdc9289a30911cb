using System.CommandLine;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Node.V1;

namespace NeuroChain.Node;

/// <summary>neurochain query task: the tasks of a chain, where each stands, and whose private losses are being computed again.</summary>
internal static class TaskQuery
{
    public static Command Create()
    {
        var (node, name) = (CommonOptions.Node(), new Argument<string?>("task") { Description = "Its name, or its id: 0x and 64 digits; all where it is left out", DefaultValueFactory = _ => null });
        var command = new Command("task", "What is learned, and how far it is") { node, name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = new NodeClient(parsed.GetValue(node)!);
            var all = await new TrainingClient(client.Channel).TasksAsync(cancellationToken).ConfigureAwait(false);
            var wanted = parsed.GetValue(name);
            var told = all.Where(task => wanted is null || task.Name == wanted || Hex.Encode(task.Id.Span) == wanted).ToList();
            if (told.Count == 0) throw new OperatorException($"task: one of {string.Join(", ", all.Select(task => task.Name))}, not {wanted}");
            foreach (var (at, task) in told.Index())
            {
                if (at > 0) Console.WriteLine();
                foreach (var (field, value) in Lines(task)) Console.WriteLine($"{field,-13} {value}");
            }

            return 0;
        });
        return command;
    }

    internal static IEnumerable<(string Field, string Value)> Lines(TrainingTask task)
    {
        yield return ("task", $"{task.Name} {Hex.Encode(task.Id.Span)}");
        if (!task.Parent.IsEmpty)
        {
            yield return ("forked from", $"{Hex.Encode(task.Parent.Span)} at height {task.Forked}");
            yield return ("grown from", $"model {Hex.Encode(task.ParentModel.Span)}");
            yield return ("bar", $"{LossText.Mean(task.BarLossSum, task.BarSamples)} nats: gains below it are paid");
        }

        yield return ("state", task.Closed ? "closed: it takes no commits" : task.Phase);
        yield return ("round", Number(task.TrainingRound));
        yield return ("candidates", Number(task.Candidates));
        yield return ("improvements", Number(task.Certified));
        yield return ("best model", Hex.Encode(task.BestModel.Span));
        yield return ("loss", task.BestLossSum == 0 ? "not measured yet" : $"{LossText.Mean(task.BestLossSum, task.Samples)} nats on {task.Samples} samples");
        yield return ("asks for", string.Create(CultureInfo.InvariantCulture, $"{task.RequiredGainMillionths / 10_000.0:0.####} % of the loss, {task.ZThousandths / 1_000.0:0.###} standard errors"));
        yield return ("training set", Hex.Encode(task.TrainingSet.Span));
        yield return ("re-check", task.RecheckRound == 0 ? "none" : $"of round {task.RecheckRound}: {task.RecheckTargets} validators, {task.RecheckAnswers} answers so far");
        yield return ("at height", Number(task.Height));
    }

    private static string Number(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
