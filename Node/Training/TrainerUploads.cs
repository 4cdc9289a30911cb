using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// Brings what was revealed to the node: checkpoint and delta beside each other, for the bond hangs on the checkpoint, and that must not wait for a
/// delta that the node does not take. Whoever calls again while the round lasts begins anew what failed.
/// </summary>
/// <param name="upload">Brings one blob there, however long it takes.</param>
/// <param name="say">For people.</param>
internal sealed class TrainerUploads(Func<ulong, BlobManifest, ReadOnlyMemory<byte>, CancellationToken, Task> upload, Action<string> say)
{
    private readonly Dictionary<BlobHash, Task> _running = [];
    private CancellationTokenSource? _stop;
    private ulong _round;

    /// <summary>Begins what has not begun, or failed. What another round's candidate had under way ends.</summary>
    public void Begin(PendingReveal pending)
    {
        if (_stop is null || _stop.IsCancellationRequested || _round != pending.TrainingRound)
        {
            _stop?.Cancel();
            _running.Clear();
            (_stop, _round) = (new CancellationTokenSource(), pending.TrainingRound);
        }

        foreach (var (manifest, bytes) in pending.Blobs)
        {
            if (_running.TryGetValue(manifest.Hash, out var running))
            {
                if (running.Exception is not { } failure) continue;
                say($"round {_round}: the upload of {manifest.Hash.Value.ToShortString()} failed and begins anew, {failure.GetBaseException().Message}");
            }

            _running[manifest.Hash] = upload(_round, manifest, bytes, _stop.Token);
        }
    }

    /// <summary>Begins anew what failed of a round in which something was begun.</summary>
    public void GoOn(PendingReveal pending)
    {
        if (_round == pending.TrainingRound && _running.Values.Any(running => running.IsFaulted)) Begin(pending);
    }

    /// <summary>Ends all that is under way.</summary>
    public async Task EndAsync()
    {
        if (_stop is not { } stop) return;
        await stop.CancelAsync().ConfigureAwait(false);
        foreach (var running in _running.Values) await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The same without waiting.</summary>
    public void Stop() => _stop?.Cancel();
}
