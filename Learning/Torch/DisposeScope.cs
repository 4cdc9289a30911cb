namespace NeuroChain.Learning.Torch;

/// <summary>
/// Gives back, at its end, the tensors that its thread made meanwhile: a step makes a dozen, and the garbage collector does not see how large
/// they are. Scopes nest; a tensor belongs to the innermost.
/// </summary>
public sealed class DisposeScope : IDisposable
{
    [ThreadStatic]
    private static DisposeScope? _current;

    private readonly DisposeScope? _outer = _current;
    private readonly List<Tensor> _tensors = [];

    public DisposeScope() => _current = this;

    public void Dispose()
    {
        _current = _outer;
        foreach (var tensor in _tensors) tensor.Dispose();
    }

    /// <summary>Until it is disposed, tensors that this thread makes belong to no scope: to whoever keeps them.</summary>
    internal static IDisposable Outside() => new Detached();

    private sealed class Detached : IDisposable
    {
        private readonly DisposeScope? _suspended = _current;

        public Detached() => _current = null;

        public void Dispose() => _current = _suspended;
    }

    internal static void Add(Tensor tensor) => _current?._tensors.Add(tensor);
}
