using System.CommandLine;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>neurochain testnet: validators on loopback, each a process of its own with a trainer, learning a real data set.</summary>
internal static class TestnetCommand
{
    public static Command Create()
    {
        var home = new Option<string?>("--home") { Description = "Folder of the network; one that is there goes on. Default: a fresh folder" };
        var validators = new Option<int>("--validators") { Description = "How many (1 to 16)", DefaultValueFactory = _ => 4 };
        var blocks = new Option<ulong?>("--blocks") { Description = "Stop after this height and print a summary" };
        var basePort = new Option<int>("--base-port") { Description = "First port; each node takes ten", DefaultValueFactory = _ => 27000 };
        var command = new Command("testnet", "Run a local network of validators and trainers") { home, validators, blocks, basePort };
        command.SetAction((parsed, cancellationToken) =>
        {
            var count = parsed.GetValue(validators);
            var port = parsed.GetValue(basePort);
            if (count is < 1 or > 16) throw new OperatorException("--validators: a number from 1 to 16");
            if (port < 1024 || port + (10 * count) > 65_535) throw new OperatorException("--base-port: a port above 1023 with ten per validator above it");
            var folder = Path.GetFullPath(parsed.GetValue(home) ?? Directory.CreateTempSubdirectory("neurochain-testnet-").FullName);
            return RunAsync(folder, count, port, parsed.GetValue(blocks), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(string folder, int validators, int basePort, ulong? blocks, CancellationToken cancellationToken)
    {
        Console.WriteLine($"network in {folder}");
        if (!IdxFolder.IsThere(TestnetHomes.DatasetFolder))
            throw new OperatorException("the data set is missing: install Debian's package dataset-fashion-mnist (./setup.sh does it)");
        if (TestnetHomes.Count(folder) == 0)
        {
            Console.WriteLine($"making {validators} validators and their trainers, hashing 70,000 images");
            TestnetHomes.Make(folder, validators, basePort);
        }

        var network = new LocalNetwork(folder);
        await using (network.ConfigureAwait(false))
        {
            await network.StartAsync(cancellationToken).ConfigureAwait(false);
            using var board = network.CreateBoard(IdxFolder.Load(TestnetHomes.DatasetFolder).Test);
            Console.WriteLine($"API of the nodes: {string.Join(", ", network.Apis)}");
            try
            {
                await WatchAsync(board, network, blocks, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                Console.WriteLine("stopping");
            }

            var passed = blocks is null || await TestnetSummary.PrintAsync(board, network, new Height(blocks.Value), CancellationToken.None).ConfigureAwait(false);
            var clean = await network.StopAsync().ConfigureAwait(false);
            return passed && clean ? 0 : 1;
        }
    }

    private static async Task WatchAsync(TestnetBoard board, LocalNetwork network, ulong? blocks, CancellationToken cancellationToken)
    {
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await second.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            await board.TickAsync(cancellationToken).ConfigureAwait(false);
            foreach (var fallen in network.TakeFallen()) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {fallen.Name} ended with {fallen.ExitCode}: see {network.LogOf(fallen.Name)}"));
            if (blocks is not { } wanted) continue;
            // One block beyond: its header has the state after the last one that was asked for.
            var statuses = await board.StatusesAsync(cancellationToken).ConfigureAwait(false);
            if (statuses.All(s => s is not null && s.Height > wanted)) return;
        }
    }
}
