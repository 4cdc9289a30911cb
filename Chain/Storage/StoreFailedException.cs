namespace NeuroChain.Chain;

/// <summary>
/// The disk did not do what it was told. What was half written is unknown, so the object that threw refuses further use and the
/// process must stop: after a failed fsync the kernel may have dropped the bytes and report success the next time.
/// </summary>
public sealed class StoreFailedException : Exception
{
    public StoreFailedException(string message) : base(message) { }

    public StoreFailedException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>Remembers the first failure of a store or file and repeats it to every later caller.</summary>
/// <param name="what">What failed.</param>
/// <param name="folder">Where room must be made if the disk is full.</param>
internal sealed class FailureLatch(string what, string? folder = null)
{
    private volatile string? _failure;

    public void Check()
    {
        if (_failure is { } failure) throw new StoreFailedException($"{what} failed before and is not used again: {failure}");
    }

    public StoreFailedException Fail(string failure, Exception? inner = null)
    {
        _failure ??= failure;
        if (folder is not null && (StoreFailure.IsFull(inner) || StoreFailure.IsFull(failure))) return StoreFailure.Full(folder, inner);
        var message = $"{what} failed: {failure}";
        return inner is null ? new StoreFailedException(message) : new StoreFailedException(message, inner);
    }
}
