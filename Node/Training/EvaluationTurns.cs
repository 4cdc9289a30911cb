using NeuroChain.Chain;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>
/// One evaluator for the tasks of a validator: requests take turns by <see cref="EvaluationQueue"/>, one checkpoint at a time, so that a task with large models or
/// many candidates does not make the validator late for the windows of the others.
/// </summary>
internal sealed class EvaluationTurns(ICheckpointEvaluator evaluator)
{
    private readonly ICheckpointEvaluator _evaluator = evaluator;
    private readonly Lock _lock = new();
    private readonly EvaluationQueue _queue = new();
    private readonly Dictionary<ulong, TaskCompletionSource> _waiting = [];
    private bool _isBusy;

    /// <summary>The evaluator as a task sees it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="multiplyAdds">Of one sample through its model.</param>
    public ICheckpointEvaluator Of(Hash256 task, long multiplyAdds) => new Turn(this, task, multiplyAdds);

    private Task EnterAsync(Hash256 task, UInt128 work, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var ticket = _queue.Ask(task, work);
            if (!_isBusy)
            {
                _isBusy = true;
                _ = _queue.Next();
                return Task.CompletedTask;
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[ticket] = turn;
            return WaitAsync(ticket, turn, cancellationToken);
        }
    }

    private async Task WaitAsync(ulong ticket, TaskCompletionSource turn, CancellationToken cancellationToken)
    {
        using var given = cancellationToken.Register(() =>
        {
            lock (_lock)
            {
                if (!_waiting.Remove(ticket)) return; // its turn has come
                _queue.Forget(ticket);
            }

            turn.TrySetCanceled(cancellationToken);
        });
        await turn.Task.ConfigureAwait(false);
    }

    private void Leave()
    {
        TaskCompletionSource? turn = null;
        lock (_lock)
        {
            if (_queue.Next() is { } ticket) _waiting.Remove(ticket, out turn);
            else _isBusy = false;
        }

        turn?.SetResult();
    }

    private sealed class Turn(EvaluationTurns owner, Hash256 task, long multiplyAdds) : ICheckpointEvaluator
    {
        public async Task<EvaluatorAnswer> EvaluateAsync(EvaluationRequest request, TimeSpan limit, CancellationToken cancellationToken)
        {
            await owner.EnterAsync(task, (UInt128)request.Work * (UInt128)multiplyAdds, cancellationToken).ConfigureAwait(false);
            try
            {
                return await owner._evaluator.EvaluateAsync(request, limit, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                owner.Leave();
            }
        }
    }
}
