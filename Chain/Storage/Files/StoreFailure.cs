namespace NeuroChain.Chain;

/// <summary>What a disk that refuses is to the operator: mostly it is full, and then the line says what to do.</summary>
public static class StoreFailure
{
    // errno of Linux, which the runtime hands on as the result of an IOException.
    private const int NoSpace = 28;
    private const int OverQuota = 122;

    /// <summary>Whether the disk, or this user's part of it, is full.</summary>
    public static bool IsFull(Exception? failure) => failure is IOException { HResult: NoSpace or OverQuota };

    /// <summary>The same, of a failure that a library told in words: those of strerror.</summary>
    public static bool IsFull(string failure) =>
        failure.Contains("No space left on device", StringComparison.Ordinal) || failure.Contains("Disk quota exceeded", StringComparison.Ordinal);

    /// <summary>Of something that was being done in that folder.</summary>
    public static StoreFailedException From(Exception failure, string folder, string what) =>
        IsFull(failure) ? Full(folder, failure) : new StoreFailedException($"{what}: {failure.Message}", failure);

    public static StoreFailedException Full(string folder, Exception? inner = null)
    {
        var message = $"no space left in {folder}: free some and start again";
        return inner is null ? new StoreFailedException(message) : new StoreFailedException(message, inner);
    }
}
