using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Ledger;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>The commands of ./neurochain, and the one place where a failure becomes a line and an exit code: 0 done, 1 failed, 2 change something, 3 a bug or a broken disk.</summary>
public static class CommandLine
{
    /// <summary>How long a command may take to stop in good order after SIGINT or SIGTERM; a test network stops all its processes in it.</summary>
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(30);

    /// <param name="args">The words of the command line.</param>
    /// <param name="rules">What the program knows beyond the rules of genesis, where it is not this release.</param>
    public static async Task<int> RunAsync(string[] args, ChainRules? rules = null)
    {
        rules ??= ChainRules.OfThisRelease;
        var root = new RootCommand("NeuroChain: a permissioned blockchain whose scarce resource is learning")
        {
            InitCommand.Create(),
            GenesisCommand.Create(),
            StartCommand.Create(rules),
            SignerCommand.Create(),
            TestnetCommand.Create(),
            KeyCommand.Create(),
            TransactionCommand.Create(),
            QueryCommand.Create(),
            ValidatorCommand.Create(),
            DatasetCommand.Create(),
            BridgeCommand.Create(),
            VerifyCommand.Create(),
            DatabaseCommand.Create(rules),
            DatabaseCommand.CreateVerify("verify-db"),
            SnapshotCommand.Create(rules),
            InspectCommand.Create(rules),
            EvaluateCommand.Create(),
            TrainCommand.Create(),
        };
        try
        {
            var parsed = root.Parse(args);
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = StopPatience }).ConfigureAwait(false);
        }
        catch (OperatorException wrong)
        {
            return Fail(2, wrong.Message);
        }
        catch (RpcException refused)
        {
            return Fail(1, refused.StatusCode == StatusCode.Unavailable ? $"no node answers: {refused.Status.Message}" : refused.Status.ToString());
        }
        catch (Exception failure) when (failure is InvariantException or StoreFailedException)
        {
            return Fail(3, failure.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail(1, "stopped");
        }
    }

    private static int Fail(int code, string message)
    {
        Console.Error.WriteLine($"neurochain: {message.ReplaceLineEndings(" ")}");
        return code;
    }
}
