namespace NeuroChain.P2P;

/// <summary>
/// Messages that wait for one peer on one lane, bounded in number and bytes. Many threads add, one removes. Closed while the
/// peer is away: messages of yesterday help nobody when it returns.
/// </summary>
internal sealed class LaneQueue(PeerLane lane, LaneOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> _messages = new();
    private readonly SemaphoreSlim _available = new(0, 1);
    private long _bytes;
    private bool _open;
    private long _sent;
    private long _received;
    private long _dropped;

    public LaneStatus Status
    {
        get { lock (_gate) return new LaneStatus(_messages.Count, _sent, _received, _dropped); }
    }

    public void CountReceived()
    {
        lock (_gate) _received++;
    }

    public void Open()
    {
        lock (_gate) _open = true;
    }

    /// <summary>Drops what waits and takes nothing more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _open = false;
            _dropped += _messages.Count;
            _messages.Clear();
            _bytes = 0;
        }
    }

    /// <summary>False where the message was not taken: the peer is away, or the gossip lane is full.</summary>
    public bool TryAdd(ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (!_open) return false;
            if (lane == PeerLane.Gossip && !Fits(message))
            {
                _dropped++;
                return false;
            }

            while (!Fits(message) && _messages.TryDequeue(out var oldest))
            {
                _bytes -= oldest.Length;
                _dropped++;
            }

            _messages.Enqueue(message);
            _bytes += message.Length;
            if (_available.CurrentCount == 0) _available.Release();
        }

        return true;
    }

    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        lock (_gate)
        {
            if (!_messages.TryDequeue(out message)) return false;
            _bytes -= message.Length;
            _sent++;
            return true;
        }
    }

    /// <summary>Returns when there may be something to take.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _available.WaitAsync(cancellationToken);

    private bool Fits(ReadOnlyMemory<byte> message) =>
        _messages.Count < options.QueueMessages && _bytes + message.Length <= options.QueueBytes;
}
