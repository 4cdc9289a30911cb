using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A peer was asked for what a proposed block lacks.</summary>
/// <param name="Asked">When.</param>
/// <param name="Heard">When the last part of the answer came; at first, when it was asked.</param>
/// <param name="Times">How often it was asked for this block.</param>
internal readonly record struct MissingQuestion(Timestamp Asked, Timestamp Heard, int Times)
{
    /// <summary>An answer is given up after this silence, twice as long each time: over a slow link the last one may still be coming.</summary>
    private const ulong PatienceMs = 300;

    private const int DoublingsMax = 5;

    /// <summary>Others are asked after this time, however much comes: who answers drop by drop holds up nobody for long.</summary>
    private const ulong AloneMs = 2_000;

    /// <summary>Whether the answer may still be coming.</summary>
    public bool IsOpen(Timestamp now) => IsWithin(Heard, now, PatienceMs << Math.Min(Times - 1, DoublingsMax));

    public bool KeepsOthersWaiting(Timestamp now) => IsOpen(now) && IsWithin(Asked, now, AloneMs);

    // A clock that was set back ends the waiting.
    private static bool IsWithin(Timestamp since, Timestamp now, ulong milliseconds) => now >= since && now.Milliseconds - since.Milliseconds < milliseconds;
}
