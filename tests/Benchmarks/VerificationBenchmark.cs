using System.Diagnostics;
using NeuroChain.Gallery;

namespace NeuroChain.Benchmarks;

/// <summary>
/// Work of one validator for a training round, in millionths of the work of the training that it judges: 300,000 trained samples, of three forward
/// passes each. Counted by the engine while the evaluation of a real round runs; the limit is one percent.
/// </summary>
internal static class VerificationBenchmark
{
    private const double Million = 1_000_000;

    private const double LimitShare = 0.01;

    public static BenchmarkResult Run(BenchmarkOptions options)
    {
        var clock = Stopwatch.StartNew();
        var cost = VerificationCost.Measure();
        return BenchmarkResult.Of(
            "verification",
            cost.ShareOf(cost.Certificate) * Million,
            "millionths of the training work",
            LimitShare * Million,
            clock.Elapsed.TotalSeconds,
            ("multiply_adds_of_a_forward_pass", cost.PerSample),
            ("multiply_adds_of_the_training", cost.Training),
            ("multiply_adds_of_a_validator", cost.Certificate),
            ("losses_and_triggers_millionths", cost.ShareOf(cost.Losses) * Million),
            ("similarity_millionths", cost.ShareOf(cost.Similarity) * Million),
            ("probe_millionths", cost.ShareOf(cost.Probe) * Million),
            ("beside_it_private_samples_millionths", cost.ShareOf(cost.PrivateSamples) * Million),
            ("beside_it_recheck_of_four_validators_millionths", cost.ShareOf(cost.Recheck) * Million),
            ("beside_it_recheck_at_most_millionths", cost.ShareOf(cost.RecheckAtMost) * Million),
            ("seven_validators_together_percent", 7 * cost.ShareOf(cost.Certificate) * 100));
    }
}
