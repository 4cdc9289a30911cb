namespace NeuroChain.Node;

/// <summary>
/// Items of many sources, each source with a bounded queue of its own, taken in turns: who sends much waits behind itself and nobody
/// else. Not safe from several threads.
/// </summary>
/// <param name="places">Items of one source that wait at the same time.</param>
/// <param name="bytesMax">And bytes of them; one item fits always.</param>
internal sealed class FairQueue<TSource, TItem>(int places, long bytesMax)
    where TSource : struct
{
    // Sources stay when their queues are empty: there are as many as peers were ever allowed.
    private readonly Dictionary<TSource, Source> _sources = [];
    private readonly Queue<Source> _ready = [];

    public bool IsEmpty => _ready.Count == 0;

    /// <summary>Completed where the item has its place now; else it gets one when the source's earlier items are taken.</summary>
    /// <param name="source">Whose queue.</param>
    /// <param name="item">What waits.</param>
    /// <param name="bytes">Memory that it holds, roughly.</param>
    /// <param name="isBounded">False for what must never wait; its sender keeps the number small.</param>
    public Task Add(TSource source, TItem item, int bytes, bool isBounded)
    {
        if (!_sources.TryGetValue(source, out var queue)) _sources[source] = queue = new Source();
        if (isBounded && (queue.Waiting.Count > 0 || !queue.HasRoom(bytes, places, bytesMax)))
        {
            var waiting = new Waiting(item, bytes);
            queue.Waiting.Enqueue(waiting);
            return waiting.Task;
        }

        if (queue.Items.Count == 0) _ready.Enqueue(queue);
        queue.Enqueue(item, bytes);
        return Task.CompletedTask;
    }

    public bool TryTake(out TItem item)
    {
        if (!_ready.TryDequeue(out var queue))
        {
            item = default!;
            return false;
        }

        item = queue.Dequeue();
        while (queue.Waiting.TryPeek(out var first) && queue.HasRoom(first.Bytes, places, bytesMax))
        {
            queue.Waiting.Dequeue();
            queue.Enqueue(first.Item, first.Bytes);
            first.SetResult();
        }

        if (queue.Items.Count > 0) _ready.Enqueue(queue);
        return true;
    }

    /// <summary>Lets go everybody who waits for a place; what they brought is not kept.</summary>
    public void Release()
    {
        foreach (var queue in _sources.Values)
            while (queue.Waiting.TryDequeue(out var waiting))
                waiting.SetResult();
    }

    private sealed class Source
    {
        private long _bytes;

        public Queue<(TItem Item, int Bytes)> Items { get; } = [];

        public Queue<Waiting> Waiting { get; } = [];

        public bool HasRoom(int bytes, int places, long bytesMax) => Items.Count == 0 || (Items.Count < places && _bytes + bytes <= bytesMax);

        public void Enqueue(TItem item, int bytes)
        {
            Items.Enqueue((item, bytes));
            _bytes += bytes;
        }

        public TItem Dequeue()
        {
            var (item, bytes) = Items.Dequeue();
            _bytes -= bytes;
            return item;
        }
    }

    // Whoever waits goes on elsewhere than in the thread that made room.
    private sealed class Waiting(TItem item, int bytes) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public TItem Item { get; } = item;

        public int Bytes { get; } = bytes;
    }
}
