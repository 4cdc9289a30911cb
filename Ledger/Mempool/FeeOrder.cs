using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Which paying transaction goes first: by lane, then the higher fee, then the lower hash, so that all nodes agree on it.</summary>
internal sealed class FeeOrder : IComparer<Transaction>
{
    public static readonly FeeOrder Instance = new();

    private FeeOrder()
    {
    }

    public int Compare(Transaction? x, Transaction? y)
    {
        Invariant.Check(x is not null, "only transactions are compared");
        Invariant.Check(y is not null, "only transactions are compared");
        var order = Lanes.Of(x).CompareTo(Lanes.Of(y));
        if (order == 0) order = y.Fee.CompareTo(x.Fee);
        return order == 0 ? x.Hash.CompareTo(y.Hash) : order;
    }
}
