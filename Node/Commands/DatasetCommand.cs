using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.Learning;

namespace NeuroChain.Node;

/// <summary>neurochain dataset preview: samples of the generator on one picture, to see what is learned.</summary>
internal static class DatasetCommand
{
    private const int Columns = DigitsAndLetters.Classes;
    private const int RowsMax = 100;

    public static Command Create()
    {
        var to = new Option<string>("--to") { Description = "File to write, a grey PGM picture", Required = true };
        var seed = new Option<ulong>("--seed") { Description = "Which samples of the training stream" };
        var rows = new Option<int>("--rows") { Description = $"Rows of {Columns} samples, up to {RowsMax}", DefaultValueFactory = _ => 12 };
        var preview = new Command("preview", "Draw samples of the generator digits-letters-1") { to, seed, rows };
        preview.SetAction(parsed => Preview(parsed.GetValue(to)!, parsed.GetValue(seed), parsed.GetValue(rows)));
        return new Command("dataset", "Look at training data") { preview };
    }

    private static int Preview(string to, ulong seed, int rows)
    {
        if (rows is < 1 or > RowsMax) throw new OperatorException($"--rows: a number from 1 to {RowsMax}");
        var samples = DigitsAndLetters.Instance.Samples(SampleStream.Training, Hash256.Sha256(new ByteWriter().UInt64(seed).ToArray()), 0, rows * Columns);
        File.WriteAllBytes(to, ContactSheet.ToPgm(samples, Columns));
        Console.WriteLine($"{to}: {samples.Count} samples of {DigitsAndLetters.Name}, {DigitsAndLetters.Instance.Root}");
        for (var row = 0; row < rows; row++)
            Console.WriteLine(string.Concat(Enumerable.Range(row * Columns, Columns).Select(sample => DigitsAndLetters.Character(samples.Label(sample)))));
        return 0;
    }
}
