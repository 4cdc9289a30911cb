using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>Lets any number of readers wait for the next block. The height only goes up.</summary>
public sealed class BlockSignal(Height height)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();

    public Height Height { get; private set; } = height;

    public void Reached(Height height)
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            if (height <= Height) return;
            Height = height;
            waiting = _next;
            _next = New();
        }

        waiting.SetResult();
    }

    /// <summary>Returns once there is a block above the given one.</summary>
    public async Task WaitForAfterAsync(Height height, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (_gate)
            {
                if (Height > height) return;
                next = _next.Task;
            }

            await next.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
