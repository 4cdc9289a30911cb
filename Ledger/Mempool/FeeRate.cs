using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What a transaction pays for a cost unit: block space goes to those who pay most for what they take. Compared without rounding.</summary>
/// <remarks>Only of fees that an account can pay: they have less than 90 bits, so that the products here fit.</remarks>
internal readonly record struct FeeRate(UInt128 Fee, long Cost) : IComparable<FeeRate>
{
    /// <summary>Above any that can be paid.</summary>
    public static readonly FeeRate Highest = new(UInt128.One << 96, 1);

    public static FeeRate Min(FeeRate a, FeeRate b) => b.CompareTo(a) < 0 ? b : a;

    /// <summary>At least a tenth more: smaller raises would have gossip carry whatever anybody likes for next to nothing.</summary>
    public bool Outbids(FeeRate other) => IsRaise(other.Fee * (UInt128)Cost, Fee * (UInt128)other.Cost);

    /// <summary>The same for what both pay for a byte, where each pays these rates for its cost.</summary>
    public bool OutbidsPerByte(BlockSpace own, FeeRate other, BlockSpace others) => IsRaise(
        IntegerMath.MultiplyDivide(other.Fee * (UInt128)others.Cost, (UInt128)(own.Bytes * Cost), (UInt128)other.Cost),
        Fee * (UInt128)(own.Cost * others.Bytes));

    public static bool IsRaise(UInt128 old, UInt128 raised) => raised > old && raised - old >= IntegerMath.DivCeiling(old, 10);

    public int CompareTo(FeeRate other) => (Fee * (UInt128)other.Cost).CompareTo(other.Fee * (UInt128)Cost);
}
