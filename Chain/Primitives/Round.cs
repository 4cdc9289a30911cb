using System.Globalization;

namespace NeuroChain.Chain;

/// <summary>Number of a consensus round within a height, from 0. "No round" (the paper's -1) is <c>Round?</c> and null.</summary>
public readonly record struct Round(uint Value) : IComparable<Round>
{
    public static readonly Round Zero;

    public Round Next() => new(Value + 1);

    public int CompareTo(Round other) => Value.CompareTo(other.Value);

    public static bool operator <(Round a, Round b) => a.Value < b.Value;

    public static bool operator >(Round a, Round b) => a.Value > b.Value;

    public static bool operator <=(Round a, Round b) => a.Value <= b.Value;

    public static bool operator >=(Round a, Round b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
