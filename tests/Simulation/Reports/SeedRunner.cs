using System.Diagnostics;
using System.Globalization;

namespace NeuroChain.Simulation;

/// <summary>Runs seeds side by side, one thread for each, and says how they went as they end. The first failure ends it.</summary>
/// <param name="arguments">Which seeds, and how.</param>
/// <param name="output">For people.</param>
/// <param name="run">How one seed is run; as its options say where it is null.</param>
public sealed class SeedRunner(RunArguments arguments, TextWriter output, Func<ulong, SimulationOptions, SimulationResult>? run = null)
{
    private readonly Func<ulong, SimulationOptions, SimulationResult> _run = run ?? ((_, options) => new Cluster(options).Run());
    private readonly Lock _gate = new();
    private readonly RunReport _report = new(arguments);
    private ulong _next = arguments.First;
    private bool _hasFailed;

    public RunReport Run()
    {
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, arguments.Threads).Select(_ => new Thread(RunSome)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        _report.Seconds = clock.Elapsed.TotalSeconds;
        output.WriteLine(_report.Summary());
        return _report;
    }

    private void RunSome()
    {
        while (true)
        {
            ulong seed;
            lock (_gate)
            {
                if (_hasFailed || _next > arguments.Last) return;
                seed = _next++;
            }

            RunOne(seed);
        }
    }

    private void RunOne(ulong seed)
    {
        try
        {
            var options = Swarm.Draw(seed, arguments.Nodes, arguments.Loads, arguments.Liars) with { RealSignatures = arguments.RealSignatures, Evaluator = arguments.Evaluator };
            var result = _run(seed, options);
            if (arguments.Repeat && _run(seed, options) != result) throw new SimulationFailedException("a second run of the seed was another");
            lock (_gate)
            {
                _report.Add(result);
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"seed {seed,6}: n {result.Validators,2}, height {result.Height,4}, {result.Crashes,3} crashes, {result.Messages,7} messages, healed in {result.FirstDecisionMs,6} ms, events {result.EventHash.ToShortString()} {string.Join(' ', new[] { result.Loads, result.Byzantine }.Where(text => text.Length > 0))}"));
            }
        }
        catch (Exception failure) // whatever it is, the seed must not be lost
        {
            lock (_gate)
            {
                _hasFailed = true;
                _report.Failures.Add((seed, failure));
                output.WriteLine($"seed {seed,6}: FAILED: {(failure is SimulationFailedException ? failure.Message : failure)}");
                output.WriteLine($"repeat it with: {arguments.Command(seed)}");
            }
        }
    }
}
