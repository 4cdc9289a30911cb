using System.Globalization;

namespace NeuroChain.Chain;

/// <summary>Milliseconds since 1970-01-01 UTC, as the proposer of a block wrote them down.</summary>
public readonly record struct Timestamp(ulong Milliseconds) : IComparable<Timestamp>
{
    /// <summary>The end of the year 9999. Neither genesis nor a block is later, so no leader can use up the 64 bits.</summary>
    public static readonly Timestamp Last = new(253_402_300_799_999);

    public Timestamp Plus(ulong milliseconds) => new(Milliseconds + milliseconds);

    public int CompareTo(Timestamp other) => Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(Timestamp a, Timestamp b) => a.Milliseconds < b.Milliseconds;

    public static bool operator >(Timestamp a, Timestamp b) => a.Milliseconds > b.Milliseconds;

    public static bool operator <=(Timestamp a, Timestamp b) => a.Milliseconds <= b.Milliseconds;

    public static bool operator >=(Timestamp a, Timestamp b) => a.Milliseconds >= b.Milliseconds;

    public override string ToString() => Milliseconds.ToString(CultureInfo.InvariantCulture);
}
