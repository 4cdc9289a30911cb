using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using NeuroChain.Chain;

namespace NeuroChain.EndToEnd;

/// <summary>
/// The link from one node to another: a TCP proxy which the one dials for the other. Each node dials each, and what it has to say goes over
/// the connections that it dialled, so a proxy is one direction of the conversation of two nodes, with the acknowledgements.
/// </summary>
internal sealed class LinkProxy : IAsyncDisposable
{
    private const int PieceBytes = 16 * 1024;

    // A slow link holds little; then the sender's own queue fills, as it does on a slow wire.
    private const int PiecesMax = 32;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly SeededStream _draw;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _accepted = [];
    private readonly List<Task> _serving = [];
    private readonly Task _accepting;
    private LinkConditions _conditions = LinkConditions.Good;
    private TaskCompletionSource _changed = NewSignal();
    private TimeSpan _stallsAt;
    private TimeSpan _stalledUntil;

    /// <param name="target">Where the other node listens; it need not yet.</param>
    /// <param name="draw">For jitter and stalls.</param>
    public LinkProxy(IPEndPoint target, SeededStream draw)
    {
        _target = target;
        _draw = draw;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>What the one node dials.</summary>
    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    public LinkConditions Conditions
    {
        get
        {
            lock (_gate) return _conditions;
        }

        set
        {
            TaskCompletionSource changed;
            List<Socket> closing;
            lock (_gate)
            {
                _conditions = value;
                (changed, _changed) = (_changed, NewSignal());
                _stallsAt = Now() + Around(value.StallsEvery);
                _stalledUntil = TimeSpan.Zero;
                closing = value.IsCut ? [.. _accepted] : [];
            }

            foreach (var socket in closing) Reset(socket);
            changed.SetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        List<Task> serving;
        lock (_gate) serving = [.. _serving];
        await Task.WhenAll(serving);
        _stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TimeSpan Now() => TimeSpan.FromTicks(Stopwatch.GetElapsedTime(0).Ticks);

    // A connection that ends in a reset, not in the good order of a peer that says goodbye.
    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // It ended by itself.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var near = await _listener.AcceptSocketAsync(_stop.Token);
            lock (_gate)
            {
                _serving.RemoveAll(task => task.IsCompleted);
                if (_conditions.IsCut)
                {
                    Reset(near);
                    continue;
                }

                _accepted.Add(near);
                _serving.Add(ServeAsync(near));
            }
        }
    }

    private async Task ServeAsync(Socket near)
    {
        await Task.Yield();
        using var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        Task[] pipes = [];
        try
        {
            near.NoDelay = far.NoDelay = true;
            await PassableAsync(ended.Token); // the kernel takes a connection into a black hole, and nobody answers
            await far.ConnectAsync(_target, ended.Token);
            pipes = [PipeAsync(near, far, ended.Token), PipeAsync(far, near, ended.Token)];
            await Task.WhenAny(pipes);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The other node does not listen, or the link is cut.
        }
        finally
        {
            lock (_gate) _accepted.Remove(near);
            await ended.CancelAsync();
            Reset(near);
            await Task.WhenAll(pipes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PipeAsync(Socket from, Socket to, CancellationToken ended)
    {
        var pieces = Channel.CreateBounded<(ReadOnlyMemory<byte> Bytes, TimeSpan Due)>(PiecesMax);
        var writing = WriteAsync(pieces, to, ended);
        try
        {
            var due = TimeSpan.Zero;
            while (true)
            {
                var buffer = new byte[PieceBytes];
                var read = await from.ReceiveAsync(buffer, ended);
                if (read == 0) break;
                due = Later(due, DueNow());
                await pieces.Writer.WriteAsync((buffer.AsMemory(0, read), due), ended);
            }
        }
        finally
        {
            pieces.Writer.TryComplete();
        }

        await writing; // what was on its way at the end still comes
    }

    private async Task WriteAsync(Channel<(ReadOnlyMemory<byte> Bytes, TimeSpan Due)> pieces, Socket to, CancellationToken ended)
    {
        try
        {
            await foreach (var (bytes, due) in pieces.Reader.ReadAllAsync(ended))
            {
                await UntilAsync(due, ended);
                await PassableAsync(ended);
                for (var sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes[sent..], ended);
                if (Conditions.BytesPerSecond is { } rate) await Task.Delay(TimeSpan.FromSeconds((double)bytes.Length / rate), ended);
            }
        }
        finally
        {
            pieces.Writer.TryComplete(); // the reader is not to wait for room that nobody makes
        }
    }

    /// <summary>Returns when the link lets something through.</summary>
    private async Task PassableAsync(CancellationToken ended)
    {
        while (true)
        {
            Task changed;
            TimeSpan stalledUntil;
            lock (_gate)
            {
                if (_conditions is { IsBlackHole: false, StallsEvery.Ticks: 0 }) return;
                changed = _changed.Task;
                stalledUntil = _conditions.IsBlackHole ? TimeSpan.MaxValue : StalledUntil();
            }

            var left = stalledUntil == TimeSpan.MaxValue ? System.Threading.Timeout.InfiniteTimeSpan : stalledUntil - Now();
            if (left <= TimeSpan.Zero && left != System.Threading.Timeout.InfiniteTimeSpan) return;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(ended);
            await Task.WhenAny(changed, Task.Delay(left, over.Token));
            await over.CancelAsync();
            ended.ThrowIfCancellationRequested();
        }
    }

    // All connections of a link stall together. Under the lock.
    private TimeSpan StalledUntil()
    {
        if (Now() < _stallsAt) return _stalledUntil;
        _stalledUntil = Now() + Around(_conditions.StallsFor);
        _stallsAt = _stalledUntil + Around(_conditions.StallsEvery);
        return _stalledUntil;
    }

    private TimeSpan DueNow()
    {
        lock (_gate) return _conditions.Delay + Below(_conditions.Jitter) is { Ticks: > 0 } takes ? Now() + takes : TimeSpan.Zero;
    }

    private static async Task UntilAsync(TimeSpan due, CancellationToken ended)
    {
        if (due == TimeSpan.Zero) return;
        if (due - Now() is { Ticks: > 0 } left) await Task.Delay(left, ended);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private TimeSpan Around(TimeSpan mean) => Below(2 * mean);

    private TimeSpan Below(TimeSpan most) => TimeSpan.FromTicks((long)_draw.NextBelow((ulong)most.Ticks + 1));
}
