using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Candidates that this validator could not evaluate. None is tried again in the round in which it found that. One that ended the evaluator twice by itself
/// has no vote of this validator in later rounds either, as long as the node runs. One that took too long has, once: the machine may have been slow for
/// reasons of its own, and time is no verdict. After a second round in which it took too long it has none. Safe to call from any thread.
/// </summary>
internal sealed class AbandonedCheckpoints
{
    /// <summary>Of those refused, and of those that took too long, so many are remembered; the one found first goes first. Each cost its trainer a round's fee.</summary>
    public const int RememberedMax = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<BlobHash, (Hash256 Task, ulong Round)> _inRound = [];
    private readonly Dictionary<BlobHash, (Hash256 Task, ulong Round)> _stalled = [];
    private readonly Queue<BlobHash> _stalledOrder = [];
    private readonly HashSet<BlobHash> _refused = [];
    private readonly Queue<BlobHash> _refusedOrder = [];

    /// <summary>Why a round has no attestation of this validator. What a checkpoint may have brought about is not tried again in that round; anything else is.</summary>
    public void Note(RoundResult.Abstained because, Hash256 task, ulong round)
    {
        if (because.Reason is not (RoundEvaluation.Crashes or RoundEvaluation.Stalls)) return;
        lock (_gate)
        {
            _inRound[because.Model] = (task, round);
            if (because.Reason == RoundEvaluation.Crashes || HasStalledBefore(because.Model, task, round)) Refuse(because.Model);
        }
    }

    /// <summary>Whether it is not tried in the round in progress.</summary>
    public bool Contains(BlobHash model)
    {
        lock (_gate) return _inRound.ContainsKey(model);
    }

    /// <summary>Whether it has no vote of this validator: no evaluator here survives it, or it took too long in two rounds.</summary>
    public bool IsRefused(BlobHash model)
    {
        lock (_gate) return _refused.Contains(model);
    }

    /// <summary>Forgets what was found in rounds that are over, but neither who is refused nor what took too long.</summary>
    public void Forget(IStateReader state)
    {
        lock (_gate)
            foreach (var (model, (task, round)) in _inRound.ToArray())
                if (TrainingQueries.Round(state, task)?.Number != round)
                    _inRound.Remove(model);
    }

    private bool HasStalledBefore(BlobHash model, Hash256 task, ulong round)
    {
        if (_stalled.TryGetValue(model, out var first)) return first != (task, round);
        _stalled.Add(model, (task, round));
        _stalledOrder.Enqueue(model);
        if (_stalledOrder.Count > RememberedMax) _stalled.Remove(_stalledOrder.Dequeue());
        return false;
    }

    private void Refuse(BlobHash model)
    {
        if (!_refused.Add(model)) return;
        _refusedOrder.Enqueue(model);
        if (_refusedOrder.Count > RememberedMax) _refused.Remove(_refusedOrder.Dequeue());
    }
}
