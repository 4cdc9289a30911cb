using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What <see cref="SnapshotSync"/> is told.</summary>
internal abstract record SnapshotInput
{
    private SnapshotInput() { }

    /// <summary>Time went by.</summary>
    public sealed record Ticked : SnapshotInput;

    public sealed record Connected(Address Peer) : SnapshotInput;

    /// <summary>The connection is lost, and what was asked over it.</summary>
    public sealed record Gone(Address Peer) : SnapshotInput;

    /// <summary>The answer to a request, as it came; empty where the peer has not what it was asked for.</summary>
    public sealed record Answered(ulong Attempt, ReadOnlyMemory<byte> Answer) : SnapshotInput;

    /// <summary>A request failed.</summary>
    public sealed record Failed(ulong Attempt) : SnapshotInput;

    /// <summary>A chunk that was kept, as the disk gives it.</summary>
    public sealed record Recalled(int Index, ReadOnlyMemory<byte> Chunk) : SnapshotInput;

    /// <summary>All that was kept has been given.</summary>
    public sealed record AllRecalled : SnapshotInput;
}

/// <summary>What <see cref="SnapshotSync"/> wants done, in this order.</summary>
internal abstract record SnapshotEffect
{
    private SnapshotEffect() { }

    public sealed record Ask(SnapshotRequest Request) : SnapshotEffect;

    /// <summary>The peer sent what no honest one sends; it is asked nothing more.</summary>
    public sealed record Ban(Address Peer, string Reason) : SnapshotEffect;

    /// <summary>A snapshot agrees with certified headers: its chunks are fetched now.</summary>
    public sealed record Begin(Height Height, int Chunks, long Bytes) : SnapshotEffect;

    /// <summary>Forget what is kept of any snapshot, and keep this manifest.</summary>
    public sealed record KeepManifest(Height Height, ReadOnlyMemory<byte> Manifest) : SnapshotEffect;

    public sealed record KeepChunk(Height Height, int Index, ReadOnlyMemory<byte> Chunk) : SnapshotEffect;

    /// <summary>Give the chunks of these numbers that are kept, then <see cref="SnapshotInput.AllRecalled"/>.</summary>
    public sealed record Recall(Height Height, IReadOnlyList<int> Indices) : SnapshotEffect;

    /// <summary>It is over.</summary>
    public sealed record Finish(SnapshotOutcome Outcome) : SnapshotEffect;
}

/// <summary>How the search for a snapshot ended.</summary>
internal abstract record SnapshotOutcome
{
    private SnapshotOutcome() { }

    /// <summary>A whole snapshot that certified headers prove.</summary>
    public sealed record Found(StoredSnapshot Snapshot) : SnapshotOutcome;

    /// <summary>There is none to be had: the blocks are to be fetched.</summary>
    public sealed record None(string Reason) : SnapshotOutcome;

    /// <summary>What the operator trusts cannot be right, or be used: nothing is to be done before it was looked into.</summary>
    public sealed record Refused(string Reason) : SnapshotOutcome;
}
