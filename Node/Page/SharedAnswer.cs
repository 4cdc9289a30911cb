namespace NeuroChain.Node;

/// <summary>An answer that all who ask within a short time share, also while it is being made: the cost does not grow with their number.</summary>
internal sealed class SharedAnswer(Func<Task<byte[]>> ask, TimeSpan life, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<byte[]>? _answer;
    private long _at;

    public Task<byte[]> GetAsync()
    {
        lock (_gate)
        {
            if (_answer is { IsFaulted: false, IsCanceled: false } answer && time.GetElapsedTime(_at) < life) return answer;
            _at = time.GetTimestamp();
            return _answer = ask();
        }
    }
}
