using System.CommandLine;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>neurochain train: learns a task and offers what it learned, until it is told to stop.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var home = new Option<string>("--home") { Description = "Folder of the trainer, with trainer.json", Required = true };
        var untilInputEnds = CommonOptions.UntilInputEnds();
        var command = new Command("train", "Train on a task of a chain until SIGINT or SIGTERM") { home, untilInputEnds };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new TrainerHome(parsed.GetValue(home)!), parsed.GetValue(untilInputEnds) ? ParentWatch.UntilInputEnds(cancellationToken) : cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(TrainerHome home, CancellationToken cancellationToken)
    {
        var settings = TrainerSettings.Load(home.SettingsFile);
        var key = home.LoadKey(settings);
        TrainerPriority.LowerThisProcess();
        TrainerPriority.GoFirstWhereMemoryRunsOut();
        using var loop = new TrainerLoop(home, settings, key, () => IdxFolder.Load(settings.Dataset).Training, Console.Out);
        await loop.RunAsync(cancellationToken).ConfigureAwait(false);
        Console.WriteLine("trainer: stopped");
        return 0;
    }
}
