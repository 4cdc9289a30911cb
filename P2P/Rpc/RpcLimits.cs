namespace NeuroChain.P2P;

/// <summary>Numbers of the RPC layer that are the same everywhere.</summary>
public static class RpcLimits
{
    /// <summary>Greatest message a side takes unless told otherwise: 4 MiB, as other gRPC implementations have it.</summary>
    public const int DefaultMaxReceiveSizeBytes = 4 * 1024 * 1024;

    /// <summary>A status text is cut after so many characters, so that no input quoted in it can overflow the header block.</summary>
    internal const int StatusMessageChars = 1000;

    /// <summary>Longest deadline that is kept; a longer one is shortened to it (a timer counts milliseconds in 32 bits).</summary>
    internal static readonly TimeSpan LongestDeadline = TimeSpan.FromDays(24);
}
