namespace NeuroChain.EndToEnd;

/// <summary>What a link does to what is sent over it. Without further words it carries everything at once.</summary>
internal sealed record LinkConditions
{
    public static readonly LinkConditions Good = new();

    /// <summary>Connections are closed, and new ones as soon as they come: both ends notice.</summary>
    public static readonly LinkConditions Cut = new() { IsCut = true };

    /// <summary>Connections stay and nothing passes: nobody notices until something is missed. What was sent comes when the link is good again.</summary>
    public static readonly LinkConditions BlackHole = new() { IsBlackHole = true };

    public bool IsCut { get; private init; }

    public bool IsBlackHole { get; private init; }

    /// <summary>What every piece takes, in each direction of a connection.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>What it may take besides. Order is kept: the links carry TCP.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>For each connection and direction; null where nothing limits it.</summary>
    public int? BytesPerSecond { get; init; }

    /// <summary>About how long it goes well until the link stalls, which is what lost packets are to TCP; zero for never.</summary>
    public TimeSpan StallsEvery { get; init; }

    /// <summary>About how long a stall lasts; then all that waited comes at once.</summary>
    public TimeSpan StallsFor { get; init; }
}
