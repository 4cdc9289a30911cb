using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// Candidates that this validator could not evaluate. None is tried again in the round in which it found that. One that ended the evaluator twice by itself
/// has no vote of this validator in later rounds either, as long as the node runs; one that took too long has: the machine may have been slow for reasons of
/// its own, and time is no verdict. Safe to call from any thread.
/// </summary>
internal sealed class AbandonedCheckpoints
{
    /// <summary>Of those that ended the evaluator so many are remembered; the one found first goes first. Each cost its trainer a round's fee.</summary>
    public const int FatalMax = 1_024;

    private readonly Lock _gate = new();
    private readonly Dictionary<BlobHash, (Hash256 Task, ulong Round)> _inRound = [];
    private readonly HashSet<BlobHash> _fatal = [];
    private readonly Queue<BlobHash> _order = [];

    /// <summary>Why a round has no attestation of this validator. What a checkpoint may have brought about is not tried again in that round; anything else is.</summary>
    public void Note(RoundResult.Abstained because, Hash256 task, ulong round)
    {
        var isFatal = because.Reason == RoundEvaluation.Crashes;
        if (isFatal || because.Reason == RoundEvaluation.Stalls) Add(because.Model, task, round, isFatal);
    }

    public void Add(BlobHash model, Hash256 task, ulong round, bool isFatal)
    {
        lock (_gate)
        {
            _inRound[model] = (task, round);
            if (!isFatal || !_fatal.Add(model)) return;
            _order.Enqueue(model);
            if (_order.Count > FatalMax) _fatal.Remove(_order.Dequeue());
        }
    }

    /// <summary>Whether it is not tried in the round in progress.</summary>
    public bool Contains(BlobHash model)
    {
        lock (_gate) return _inRound.ContainsKey(model);
    }

    /// <summary>Whether no evaluator here survives it.</summary>
    public bool IsFatal(BlobHash model)
    {
        lock (_gate) return _fatal.Contains(model);
    }

    /// <summary>Forgets what was found in rounds that are over, but not what ended the evaluator.</summary>
    public void Forget(IStateReader state)
    {
        lock (_gate)
            foreach (var (model, (task, round)) in _inRound.ToArray())
                if (TrainingQueries.Round(state, task)?.Number != round)
                    _inRound.Remove(model);
    }
}
