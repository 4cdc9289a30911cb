using System.Diagnostics.Metrics;

namespace NeuroChain.Node;

/// <summary>Counters of what a validator does in training rounds, for whoever listens to the meter "NeuroChain".</summary>
internal static class TrainingMetrics
{
    private static readonly Meter Meter = new("NeuroChain");

    private static readonly Counter<long> AbstainedCounter =
        Meter.CreateCounter<long>("training_abstained_total", description: "Rounds in which this validator gave no attestation, by reason");

    /// <param name="reason">A fixed word: "checkpoint_missing", "checkpoint_stalls", "dataset_missing", "evaluator_failed" or "incumbent_refused".</param>
    public static void Abstained(string reason) => AbstainedCounter.Add(1, KeyValuePair.Create<string, object?>("reason", reason));
}
