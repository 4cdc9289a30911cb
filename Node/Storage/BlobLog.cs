namespace NeuroChain.Node;

/// <summary>What a store of blobs says.</summary>
internal static partial class BlobLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{What}; look at the disk")]
    public static partial void DamagedBlob(this ILogger logger, string what);
}
