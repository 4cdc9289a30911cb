using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What is known of one peer on the way to a snapshot.</summary>
internal sealed class SnapshotPeer(Address address)
{
    private const ulong PauseMs = 1_000;

    /// <summary>Requests without an answer, one after the other, after which it is asked nothing until it connects again.</summary>
    private const int FailuresMax = 3;

    /// <summary>Snapshots that it offered and that could not be had, after which it offers nothing any more.</summary>
    private const int MisledMax = 3;

    private readonly HashSet<Height> _misled = []; // heights that it offered, and nothing came of it
    private readonly HashSet<Height> _missing = []; // headers that it was asked for and has not
    private int _failures;
    private Timestamp _failedAt;

    public Address Address => address;

    public bool IsConnected { get; private set; }

    public bool IsBanned { get; private set; }

    /// <summary>The height that it says it has decided.</summary>
    public Height Decided { get; private set; }

    /// <summary>Heights of its snapshots; null until it has told.</summary>
    public SortedSet<Height>? Offers { get; private set; }

    /// <summary>Whether it has ever told, or lied.</summary>
    public bool HasSpoken { get; private set; }

    /// <summary>What it was asked and has not answered.</summary>
    public SnapshotRequest? Asked { get; private set; }

    public Timestamp AskedAt { get; private set; }

    public int Failures => _failures;

    /// <summary>Whether anything may still be had of it.</summary>
    public bool IsThere => IsConnected && !IsBanned && _failures < FailuresMax;

    /// <summary>Whether it may be asked now. A clock that is set back ends every pause.</summary>
    public bool IsFree(Timestamp now) => IsThere && Asked is null && (_failures == 0 || now < _failedAt || now.Milliseconds - _failedAt.Milliseconds >= PauseMs);

    /// <summary>Whether it says that it has a snapshot of that height.</summary>
    public bool HasSnapshot(Height height) => Offers?.Contains(height) == true;

    /// <summary>Whether it may have the header of that height.</summary>
    public bool HasHeader(Height height) => Offers is not null && Decided >= height && !_missing.Contains(height);

    public void Connected()
    {
        IsConnected = true;
        _failures = 0;
        Offers = null;
        Asked = null;
    }

    public void Gone()
    {
        IsConnected = false;
        Asked = null;
    }

    public void Ban()
    {
        IsBanned = HasSpoken = true;
        Asked = null;
    }

    public void Ask(SnapshotRequest request, Timestamp now) => (Asked, AskedAt) = (request, now);

    public void Answered()
    {
        Asked = null;
        _failures = 0;
    }

    public void Failed(Timestamp now)
    {
        Asked = null;
        _failures++;
        _failedAt = now;
    }

    public void Told(SnapshotList list)
    {
        HasSpoken = true;
        Decided = list.Decided;
        Offers = _misled.Count < MisledMax ? [.. list.Heights.Where(height => !_misled.Contains(height))] : [];
    }

    /// <summary>It offered a height of which nothing came, by its own fault or another's.</summary>
    public void Misled(Height height) => _misled.Add(height);

    /// <summary>Snapshots come and go: it is to tell anew.</summary>
    public void Outdate() => Offers = null;

    public void LacksHeader(Height height) => _missing.Add(height);

    public void LacksSnapshot(Height height) => Offers?.Remove(height);
}
