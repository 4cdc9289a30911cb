namespace NeuroChain.Node;

/// <summary>What a store says of records that are none.</summary>
internal static partial class StorageLog
{
    [LoggerMessage(Level = LogLevel.Error, Message = "{What}; look at the disk")]
    public static partial void Damaged(this ILogger logger, string what);
}
