using NeuroChain.Chain;

namespace NeuroChain.Consensus;

/// <summary>What the planner knows of one peer: what it claims, how it answered, and what it was asked.</summary>
internal sealed class SyncPeer(Address address)
{
    /// <summary>Of a peer that never answered: it gets its chance before those whose speed is known.</summary>
    private const ulong Untried = ulong.MaxValue;

    private const ulong PauseMs = 500;
    private const int PauseDoublings = 4; // 8 s at most

    private Timestamp _failedAt;

    public Address Address => address;

    /// <summary>The greatest height that it says it has decided.</summary>
    public Height Claim { get; set; }

    /// <summary>Answers without a block, one after the other.</summary>
    public int Failures { get; private set; }

    /// <summary>Blocks per 1,000 seconds, the newest answers counting most.</summary>
    public ulong Speed { get; private set; } = Untried;

    /// <summary>The request that it has not answered to the end.</summary>
    public SyncAttempt? Attempt { get; set; }

    /// <summary>Whether it failed a moment ago. A clock that is set back ends every pause: nobody may wait for hours.</summary>
    public bool IsPaused(Timestamp now) =>
        Failures > 0 && now >= _failedAt && now.Milliseconds - _failedAt.Milliseconds < PauseMs << Math.Min(Failures - 1, PauseDoublings);

    public void Failed(Timestamp now)
    {
        Failures++;
        _failedAt = now;
    }

    public void Delivered(ulong blocks, ulong milliseconds)
    {
        Failures = 0;
        var speed = blocks * 1_000_000 / Math.Max(1, milliseconds);
        Speed = Speed == Untried ? speed : ((3 * Speed) + speed) / 4;
    }
}

/// <summary>A request on its way and how far its answer is.</summary>
internal sealed class SyncAttempt(SyncRequest request, Timestamp asked)
{
    public SyncRequest Request => request;

    public Timestamp Asked => asked;

    /// <summary>Blocks that came.</summary>
    public ulong Received { get; set; }

    /// <summary>Of those, how many had come when its time was up the last time.</summary>
    public ulong Seen { get; set; }

    /// <summary>Bytes of the blocks that came.</summary>
    public long Bytes { get; set; }

    /// <summary>Of those, how many had come when its time was up the last time.</summary>
    public long SeenBytes { get; set; }

    /// <summary>The block that comes next; one past the last where all came.</summary>
    public Height Expected => request.From.Plus(Received);

    public bool Covers(Height height) => height >= Expected && height <= request.To;
}
