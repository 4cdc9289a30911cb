using System.Globalization;
using System.Text;
using NeuroChain.Node;

namespace NeuroChain.EndToEnd;

/// <summary>The table of a run, for the project's records.</summary>
internal static class KillReport
{
    /// <summary>Writes kill-all.md into the folder that NEUROCHAIN_RESULTS names; nothing where it names none.</summary>
    public static void Write(IReadOnlyList<KillRow> rows, NetworkFixture network, ulong height, int seed)
    {
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_RESULTS") is not { Length: > 0 } folder) return;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # All validators killed at once, {rows.Count} times

            Four validators, each a process of its own, on one machine with {Environment.ProcessorCount} cores; block interval {network.Genesis.Parameters.BlockIntervalMs} ms.
            At a random moment all four get SIGKILL together; every fourth time they get it again while they recover. Then they are started anew.
            {DateTimeOffset.UtcNow:yyyy-MM-dd}, height {height} in the end, seed {seed}, commit {SourceCommit.Name}.

            Made by this command, from the root of the repository:

                NEUROCHAIN_LONG_TESTS=1 NEUROCHAIN_RESULTS="$PWD/docs/results" dotnet test tests/EndToEnd --filter KillAllTests

            After every kill the run checks, over the API of every node: the chain goes on; every height has one block, the one that any node
            showed before any kill; every block's header hashes to its hash and names its parent; every commit certificate has more than two
            thirds of the power with right signatures; no log has an error. And over the write-ahead logs, read while all are dead and again
            while they recover: no validator signed two different proposals, prevotes or precommits in one round.

            | kill | after s | again while recovering | shown before | came up at | two new blocks after s | signatures read so far | signer refusals so far |
            |---:|---:|---|---:|---|---:|---:|---:|

            """);
        foreach (var row in rows) text.Append(row).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"""

            Slowest recovery {rows.Max(row => row.Recovered).TotalSeconds:F1} s, the median {rows.Select(row => row.Recovered.TotalSeconds).Order().ElementAt(rows.Count / 2):F1} s; the start of four processes
            is in it. A signer refusal is the signer's memory at work: after a crash the node came to a message that it must not sign any more.

            """);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "kill-all.md"), text.ToString());
    }
}
