namespace NeuroChain.P2P;

/// <summary>
/// One inbound stream of a peer and lane is read at a time, and the newest wins: after a lost connection the peer's new stream
/// may arrive before the old one is known to be dead, and messages of both must not mix.
/// </summary>
internal sealed class LaneTurn
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private CancellationTokenSource? _newest;

    /// <summary>Runs the reader when its predecessor has stopped.</summary>
    /// <param name="reader">Reads until the stream ends or its token, which a successor or the call ends.</param>
    /// <param name="callEnded">The call's own token.</param>
    public async Task RunAsync(Func<CancellationToken, Task> reader, CancellationToken callEnded)
    {
        using var mine = CancellationTokenSource.CreateLinkedTokenSource(callEnded);
        lock (_gate)
        {
            // Under the lock, so that the predecessor cannot dispose its source meanwhile.
            _newest?.Cancel();
            _newest = mine;
        }

        try
        {
            await _reading.WaitAsync(mine.Token).ConfigureAwait(false);
            try
            {
                await reader(mine.Token).ConfigureAwait(false);
            }
            finally
            {
                _reading.Release();
            }
        }
        finally
        {
            lock (_gate)
                if (_newest == mine)
                    _newest = null;
        }
    }
}
