using System.CommandLine;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>neurochain start: runs a node until it is told to stop.</summary>
internal static class StartCommand
{
    public static Command Create(ChainRules rules)
    {
        var home = CommonOptions.Home();
        var untilInputEnds = CommonOptions.UntilInputEnds();
        var clockOffset = new Option<int>("--clock-offset") { Description = "Milliseconds by which this node's clock is to be wrong, for tests", Hidden = true };
        var newMemory = new Option<bool>("--new-signer-memory") { Description = "Let a key sign that has signed blocks and whose memory, data/signer, is lost for good. Once, and only when the chain is past whatever it may have signed" };
        var command = new Command("start", "Run a node until SIGINT or SIGTERM") { home, untilInputEnds, newMemory, clockOffset };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new NodeHome(parsed.GetValue(home)!),
            rules,
            parsed.GetValue(clockOffset) is not 0 and var offset ? new OffsetTime(TimeProvider.System, TimeSpan.FromMilliseconds(offset)) : TimeProvider.System,
            parsed.GetValue(newMemory),
            parsed.GetValue(untilInputEnds) ? ParentWatch.UntilInputEnds(cancellationToken) : cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(NodeHome home, ChainRules rules, TimeProvider time, bool mayForget, CancellationToken cancellationToken)
    {
        var level = Enum.Parse<LogLevel>(NodeOptions.Load(home.ConfigFile).LogLevel);
        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(level)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddProvider(new FileLoggerProvider(home.LogFile, level, TimeProvider.System)));
        NodeRuntime runtime;
        try
        {
            runtime = await NodeRuntime.StartAsync(home, loggers, time, rules, mayForget, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Console.WriteLine("stopped"); // told to stop before it was up: that is no failure either
            return 0;
        }

        await using (runtime.ConfigureAwait(false))
        {
            Console.WriteLine($"running at height {runtime.Host.Current.State.Height}, API {runtime.Api.Endpoint}, log {home.LogFile}");
            var stop = Task.Delay(System.Threading.Timeout.Infinite, cancellationToken);
            var ended = await Task.WhenAny(stop, runtime.Completion).ConfigureAwait(false);
            if (ended == runtime.Completion)
            {
                var logger = loggers.CreateLogger("NeuroChain.Node");
                logger.LogCritical(runtime.Completion.Exception?.InnerException, "the node stops: {Reason}", runtime.Completion.Exception?.InnerException?.Message);
                await runtime.Completion.ConfigureAwait(false); // throws what stopped it
            }
        }

        Console.WriteLine("stopped");
        return 0;
    }
}
