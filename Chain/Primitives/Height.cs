using System.Globalization;

namespace NeuroChain.Chain;

/// <summary>Number of a block. Genesis is 0, the first block is 1.</summary>
public readonly record struct Height(ulong Value) : IComparable<Height>
{
    public static readonly Height Genesis;

    public static readonly Height First = new(1);

    /// <exception cref="OverflowException">There is no height after the last one.</exception>
    public Height Next() => new(Value + 1);

    public Height Plus(ulong blocks) => new(Value + blocks);

    /// <summary>The height that many blocks before; genesis where there is none.</summary>
    public Height MinusOrGenesis(ulong blocks) => new(Value > blocks ? Value - blocks : 0);

    public int CompareTo(Height other) => Value.CompareTo(other.Value);

    public static bool operator <(Height a, Height b) => a.Value < b.Value;

    public static bool operator >(Height a, Height b) => a.Value > b.Value;

    public static bool operator <=(Height a, Height b) => a.Value <= b.Value;

    public static bool operator >=(Height a, Height b) => a.Value >= b.Value;

    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
