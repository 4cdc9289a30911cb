using System.Collections.Concurrent;
using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Candidates that ended this validator's evaluator twice: it votes for none of them as long as the round lasts in which it found that. No longer, for
/// a machine may have been slow for reasons of its own, and a later round finds out again. Safe to call from any thread.
/// </summary>
internal sealed class StallingCheckpoints
{
    private readonly ConcurrentDictionary<BlobHash, (Hash256 Task, ulong Round)> _found = [];

    public void Add(BlobHash model, Hash256 task, ulong round) => _found[model] = (task, round);

    public bool Contains(BlobHash model) => _found.ContainsKey(model);

    /// <summary>Forgets those of rounds that are over.</summary>
    public void Forget(IStateReader state)
    {
        foreach (var (model, (task, round)) in _found.ToArray())
            if (TrainingQueries.Round(state, task)?.Number != round)
                _found.TryRemove(model, out _);
    }
}
