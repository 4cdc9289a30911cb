using NeuroChain.Chain;

namespace NeuroChain.Simulation;

/// <summary>Reports as files: written after a run, and put together from those of its pieces.</summary>
public static class ReportFiles
{
    /// <summary>Writes what was asked for.</summary>
    public static void Write(RunTotals totals, RunArguments arguments)
    {
        if (arguments.JsonFile is { } json) File.WriteAllText(json, totals.ToJson() + "\n");
        if (arguments.PageFile is { } page) File.WriteAllText(page, RunPage.Of(totals));
    }

    /// <summary>Adds up the pieces.</summary>
    /// <returns>The exit code: 0 where all is well, 1 where some seed broke a rule, 2 where the files do not fit together.</returns>
    public static int Merge(RunArguments arguments, TextWriter output)
    {
        try
        {
            var pieces = arguments.Merge.Select(file => RunTotals.Parse(file, File.ReadAllText(file))).ToList();
            foreach (var piece in pieces.Skip(1)) pieces[0].Merge(piece);
            Write(pieces[0], arguments);
            output.WriteLine($"{pieces.Count} pieces: {pieces[0].Sums["seeds"]} seeds, {pieces[0].Sums["heights"]} heights, {pieces[0].Sums["violations"]} violations");
            return pieces[0].Sums["violations"] == 0 ? 0 : 1;
        }
        catch (Exception bad) when (bad is OperatorException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(bad.Message);
            return 2;
        }
    }
}
