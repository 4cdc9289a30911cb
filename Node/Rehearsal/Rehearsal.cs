using System.Collections.Immutable;
using System.Diagnostics;
using NeuroChain.Bridge;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Runs cases one after the other in one world, and makes another world after one that failed or left ruins.</summary>
/// <param name="folder">Where worlds are made, each in a folder of its own.</param>
/// <param name="anvil">The program; null for the installed one.</param>
/// <param name="ended">Takes each row as soon as it is known.</param>
internal sealed class Rehearsal(string folder, string? anvil, Action<RehearsalRow> ended)
{
    private int _worlds;

    /// <exception cref="OperatorException">No world can be made: anvil is missing, or a validator does not start.</exception>
    public async Task<ImmutableArray<RehearsalRow>> RunAsync(IEnumerable<RehearsalCase> cases, CancellationToken cancellation)
    {
        var rows = ImmutableArray.CreateBuilder<RehearsalRow>();
        RehearsalWorld? world = null;
        try
        {
            foreach (var one in cases)
            {
                var started = Stopwatch.GetTimestamp();
                world ??= await RehearsalWorld.StartAsync(Directory.CreateDirectory(Path.Combine(folder, $"world{_worlds++}")).FullName, anvil, cancellation).ConfigureAwait(false);
                var row = await RunAsync(one, world, started, cancellation).ConfigureAwait(false);
                rows.Add(row);
                ended(row);
                if (row.Verdict != RehearsalVerdict.Failed && !one.LeavesRuins) continue;
                await world.DisposeAsync().ConfigureAwait(false);
                world = null;
            }
        }
        finally
        {
            if (world is not null) await world.DisposeAsync().ConfigureAwait(false);
        }

        return rows.ToImmutable();
    }

    private static async Task<RehearsalRow> RunAsync(RehearsalCase one, RehearsalWorld world, long started, CancellationToken cancellation)
    {
        try
        {
            var seen = await one.RunAsync(world).ConfigureAwait(false);
            // Whatever was done: the books close after every case.
            if (!one.LeavesRuins) await RehearsalBooks.CheckAsync(world).ConfigureAwait(false);
            return new RehearsalRow(one, seen, RehearsalVerdict.Held, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception fault) when (fault is RehearsalFault or RpcException or OperatorException or RpcRefusedException or HttpRequestException or InvalidOperationException && !cancellation.IsCancellationRequested)
        {
            return new RehearsalRow(one, fault.Message, RehearsalVerdict.Failed, Stopwatch.GetElapsedTime(started));
        }
    }
}
