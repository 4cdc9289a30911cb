using NeuroChain.Chain;
using NeuroChain.Consensus;
using NeuroChain.Ledger;

namespace NeuroChain.Node;

/// <summary>What an agent does after each block, one look after the other, from the newest state and while the node is not behind.</summary>
/// <param name="view">The node as it stands.</param>
/// <param name="signal">Tells of new blocks.</param>
internal sealed class BlockLoop(Func<HostView> view, BlockSignal signal) : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Whether the agent is to end.</summary>
    public bool IsStopping => _stop.IsCancellationRequested;

    public CancellationToken Stopping => _stop.Token;

    /// <summary>Ends when the loop does; faulted where the node must stop.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start(Func<LedgerState, Task> look) => Completion = Task.Run(() => RunAsync(look));

    /// <summary>Cancels what runs, and waits for it.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Completion).ConfigureAwait(false); // whoever watches it has its failure
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(Func<LedgerState, Task> look)
    {
        var done = Height.Genesis;
        while (true)
        {
            try
            {
                await signal.WaitForAfterAsync(done, _stop.Token).ConfigureAwait(false);
                var now = view();
                done = now.State.Height;
                if (!now.IsCatchingUp) await look(now.State).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (SignerUnavailableException)
            {
                // what is to be said is said after a later block
            }
        }
    }
}
