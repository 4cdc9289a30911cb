using System.Diagnostics;
using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>fuzz [NAME] [--seconds N] [--seed S], fuzz NAME --input FILE, fuzz [NAME] --write-corpus.</summary>
internal static class FuzzCommand
{
    private const string Usage = "usage: neurochain fuzz [NAME] [--seconds N] [--seed S] | fuzz NAME --input FILE | fuzz [NAME] --write-corpus";

    public static int Run(string[] args)
    {
        try
        {
            var targets = AllTargets.All;
            if (args is [var name, ..] && !name.StartsWith("--", StringComparison.Ordinal))
            {
                targets = [.. targets.Where(target => target.Name == name)];
                if (targets.IsEmpty) throw new OperatorException($"no target {name}; there are: {string.Join(' ', AllTargets.All.Select(target => target.Name))}");
                args = args[1..];
            }

            switch (args)
            {
                case ["--write-corpus"]:
                    foreach (var target in targets) Corpus.Write(target);
                    return 0;
                case ["--input", var file] when targets.Length == 1:
                    return RunInput(targets[0], Corpus.ReadFile(file));
                default:
                    var (seconds, seed) = Options(args);
                    return RunAll(targets, seconds, seed);
            }
        }
        catch (OperatorException mistake)
        {
            Console.Error.WriteLine(mistake.Message);
            return 2;
        }
    }

    private static (uint Seconds, ulong Seed) Options(string[] args)
    {
        var (seconds, seed) = (60u, (ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        for (; args.Length > 0; args = args[2..])
        {
            var isRead = args switch
            {
                ["--seconds", var text, ..] => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && seconds > 0,
                ["--seed", var text, ..] => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                _ => false,
            };
            if (!isRead) throw new OperatorException(Usage);
        }

        return (seconds, seed);
    }

    private static int RunInput(FuzzTarget target, byte[] input)
    {
        _ = new Fuzzer(target, 0); // warms up: only what the input allocates is to be counted
        var broken = Promises.Break(target, input, out var wasTaken);
        Console.WriteLine($"{broken ?? (wasTaken ? "taken" : "refused")}; {input.Length} bytes, {Promises.Allocated(target, input)} allocated");
        return broken is null ? 0 : 1;
    }

    // The seconds are shared among the targets.
    private static int RunAll(IReadOnlyList<FuzzTarget> targets, uint seconds, ulong seed)
    {
        long inputs = 0;
        var failures = 0;
        foreach (var target in targets)
        {
            var fuzzer = new Fuzzer(target, seed);
            var clock = Stopwatch.StartNew();
            FuzzFailure? failure = null;
            while (failure is null && clock.Elapsed.TotalSeconds * targets.Count < seconds) failure = fuzzer.Next();
            inputs += fuzzer.Inputs;
            if (failure is null)
            {
                Console.WriteLine($"{target.Name,-24} {fuzzer.Inputs,9} inputs, {fuzzer.Taken,8} taken");
                continue;
            }

            failures++;
            Console.WriteLine($"{target.Name}: FAILED with seed {seed} after {fuzzer.Inputs} inputs: {failure.Broken}");
            Console.WriteLine($"repeat it with: ./neurochain fuzz {target.Name} --input {Corpus.Keep(failure)}");
        }

        Console.WriteLine($"seed {seed}: {targets.Count} targets, {inputs} inputs, {failures} broke a promise");
        return failures == 0 ? 0 : 1;
    }
}
