using System.Globalization;

namespace NeuroChain.Benchmarks;

/// <summary>bench NAME [--seconds N] [--accounts N] [--json].</summary>
internal sealed record BenchmarkOptions(string Name, double Seconds, int Accounts, bool Json)
{
    public static BenchmarkOptions? Parse(string[] args)
    {
        var options = new BenchmarkOptions("", 60, 1_000_000, false);
        for (var i = 0; i < args.Length; i++)
        {
            var next = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--json":
                    options = options with { Json = true };
                    break;
                case "--seconds" when double.TryParse(next, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86_400:
                    options = options with { Seconds = seconds };
                    i++;
                    break;
                case "--accounts" when int.TryParse(next, NumberStyles.None, CultureInfo.InvariantCulture, out var accounts) && accounts is >= 1_000 and <= 10_000_000:
                    options = options with { Accounts = accounts };
                    i++;
                    break;
                case var name when options.Name.Length == 0 && !name.StartsWith('-'):
                    options = options with { Name = name };
                    break;
                default:
                    return null;
            }
        }

        return options.Name.Length == 0 ? null : options;
    }
}
