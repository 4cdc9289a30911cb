using NeuroChain.Chain;

namespace NeuroChain.P2P;

/// <summary>
/// Counts what peers did wrong and says who is banned: like a bucket that drains by half each minute and tips over at 100. A ban ends by
/// itself and each is twice as long as the one before, up to a longest: a validator that was banned for good because of a bug would be a partition that only
/// operators could heal.
/// </summary>
/// <remarks>Pure: time is told, and only goes forward. Not safe from several threads.</remarks>
internal sealed class PeerScores(TimeSpan firstBan, TimeSpan longestBan)
{
    private const double BanAt = 100;

    private static readonly TimeSpan HalfLife = TimeSpan.FromMinutes(1);

    // Who behaved for as long after a ban begins with a first ban again.
    private static readonly TimeSpan Forgiven = TimeSpan.FromHours(1);

    // Only peers that were on the allow-list when they did it: as many as there ever were nodes.
    private readonly Dictionary<Address, Record> _records = [];

    public static double WeightOf(PeerFault fault) => fault switch
    {
        PeerFault.Malformed => BanAt,
        PeerFault.WrongSignature or PeerFault.BrokenRule => 60, // two within half a minute ban
        PeerFault.Stranger => 20,
        _ => 10,
    };

    /// <summary>True where the peer is banned by it; what a banned peer still had under way does not lengthen its ban.</summary>
    public bool Report(Address peer, PeerFault fault, TimeSpan now)
    {
        var record = _records.GetValueOrDefault(peer);
        if (now < record.BannedUntil) return false;
        var score = (record.Score * Math.Pow(0.5, (now - record.At) / HalfLife)) + WeightOf(fault);
        if (score < BanAt)
        {
            _records[peer] = record with { Score = score, At = now };
            return false;
        }

        var ban = record.LastBan == default || now - record.BannedUntil > Forgiven ? firstBan : record.LastBan * 2;
        if (ban > longestBan) ban = longestBan;
        _records[peer] = new Record(0, now, ban, now + ban);
        return true;
    }

    public IReadOnlySet<Address> Banned(TimeSpan now) => _records.Where(r => now < r.Value.BannedUntil).Select(r => r.Key).ToHashSet();

    /// <summary>How long until the next ban ends; null where none is.</summary>
    public TimeSpan? UntilNextEnd(TimeSpan now)
    {
        var ends = _records.Values.Where(r => now < r.BannedUntil).Select(r => r.BannedUntil).ToList();
        return ends.Count == 0 ? null : ends.Min() - now;
    }

    private readonly record struct Record(double Score, TimeSpan At, TimeSpan LastBan, TimeSpan BannedUntil);
}
