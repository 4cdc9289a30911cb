using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What transactions take of a block: its bytes with their lengths, places, cost units.</summary>
internal readonly record struct BlockSpace(long Bytes, long Places, long Cost)
{
    /// <summary>Bytes that a block spends on the length of a transaction.</summary>
    public const int LengthBytes = 4;

    /// <summary>An empty block without header and votes.</summary>
    public static BlockSpace Whole(ChainParameters parameters) =>
        new(Limits.BlockBytesMax, Limits.TransactionsPerBlockMax, parameters.Fees.BlockCostMax);

    public static BlockSpace Of(Transaction transaction) => new(LengthBytes + transaction.Bytes.Length, 1, CostUnits.Of(transaction));

    public static BlockSpace operator +(BlockSpace a, BlockSpace b) => new(a.Bytes + b.Bytes, a.Places + b.Places, a.Cost + b.Cost);

    public static BlockSpace operator -(BlockSpace a, BlockSpace b) => new(a.Bytes - b.Bytes, a.Places - b.Places, a.Cost - b.Cost);

    /// <summary>So many sixteenths of it, rounded down.</summary>
    public BlockSpace Sixteenths(int parts) => new(Bytes * parts / 16, Places * parts / 16, Cost * parts / 16);

    public BlockSpace Times(int factor) => new(Bytes * factor, Places * factor, Cost * factor);

    public bool FitsInto(BlockSpace room) => Bytes <= room.Bytes && Places <= room.Places && Cost <= room.Cost;

    /// <summary>Each of the three, zero where it is below.</summary>
    public BlockSpace OrNothing() => new(Math.Max(Bytes, 0), Math.Max(Places, 0), Math.Max(Cost, 0));
}
