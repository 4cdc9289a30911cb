using System.Diagnostics;
using System.Globalization;
using NeuroChain.Chain;
using NeuroChain.Simulation;

// simulate --seeds A..B: runs every seed, says how far each came, and stops at the first that breaks a rule.
var seeds = args is ["--seeds", var range] ? range.Split("..") : ["1", "20"];
if (args is not ([] or ["--seeds", _])
    || seeds.Length is not (1 or 2)
    || !ulong.TryParse(seeds[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
    || !ulong.TryParse(seeds[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
    || last < first)
{
    Console.Error.WriteLine("usage: neurochain simulate --seeds A..B   (numbers, A not above B; or one number)");
    return 2;
}

var clock = Stopwatch.StartNew();
ulong runs = 0, heights = 0;
var crashes = 0;
for (var seed = first; seed <= last; seed++)
{
    try
    {
        var result = new Cluster(SimulationOptions.FromSeed(seed)).Run();
        runs++;
        heights += result.Height.Value;
        crashes += result.Crashes;
        Console.WriteLine($"seed {seed,6}: height {result.Height,4}, {result.Crashes,3} crashes, {result.Messages,6} messages, events {result.EventHash.ToShortString()}");
    }
    catch (Exception failure) when (failure is SimulationFailedException or InvariantException)
    {
        Console.WriteLine($"seed {seed,6}: FAILED: {failure.Message}");
        Console.WriteLine($"repeat it with: ./neurochain simulate --seeds {seed}");
        return 1;
    }
}

Console.WriteLine($"{runs} seeds, {heights} heights, {crashes} crashes in {clock.Elapsed.TotalSeconds:F0} s: no rule was broken");
return 0;
