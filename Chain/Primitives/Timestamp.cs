using System.Globalization;

namespace NeuroChain.Chain;

/// <summary>Milliseconds since 1970-01-01 UTC, as the proposer of a block wrote them down.</summary>
public readonly record struct Timestamp(ulong Milliseconds) : IComparable<Timestamp>
{
    public Timestamp Plus(ulong milliseconds) => new(Milliseconds + milliseconds);

    public int CompareTo(Timestamp other) => Milliseconds.CompareTo(other.Milliseconds);

    public static bool operator <(Timestamp a, Timestamp b) => a.Milliseconds < b.Milliseconds;

    public static bool operator >(Timestamp a, Timestamp b) => a.Milliseconds > b.Milliseconds;

    public static bool operator <=(Timestamp a, Timestamp b) => a.Milliseconds <= b.Milliseconds;

    public static bool operator >=(Timestamp a, Timestamp b) => a.Milliseconds >= b.Milliseconds;

    public override string ToString() => Milliseconds.ToString(CultureInfo.InvariantCulture);
}
