using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// Who is offered to a block first: by lane; in that of training what has a window of seconds before what has a period of days, so that a crowd of votes burns
/// nobody's bond; in lanes with windows who has waited longest; then who pays more for a cost unit; then the lower hash. An order that is the same whatever the order of arrival within a height.
/// </summary>
internal sealed class OfferOrder : IComparer<Waiting>
{
    public static readonly OfferOrder Instance = new();

    private OfferOrder()
    {
    }

    public int Compare(Waiting? x, Waiting? y)
    {
        if (ReferenceEquals(x, y)) return 0;
        Invariant.Check(x is not null, "only transactions are compared");
        Invariant.Check(y is not null, "only transactions are compared");
        var order = x.OwnLane.CompareTo(y.OwnLane);
        if (order == 0) order = y.HasShortWindow.CompareTo(x.HasShortWindow);
        if (order == 0 && x.OwnLane != Lane.Normal) order = x.Since.CompareTo(y.Since);
        if (order == 0) order = y.OwnRate.CompareTo(x.OwnRate);
        return order == 0 ? x.Transaction.Hash.CompareTo(y.Transaction.Hash) : order;
    }
}

/// <summary>Who leaves a full lane first: what cannot be executed yet; then who pays least for a cost unit; then the greater hash.</summary>
internal sealed class LeavingOrder : IComparer<Waiting>
{
    public static readonly LeavingOrder Instance = new();

    private LeavingOrder()
    {
    }

    public int Compare(Waiting? x, Waiting? y)
    {
        if (ReferenceEquals(x, y)) return 0;
        Invariant.Check(x is not null, "only transactions are compared");
        Invariant.Check(y is not null, "only transactions are compared");
        var order = x.IsReady.CompareTo(y.IsReady);
        if (order == 0) order = x.Rate.CompareTo(y.Rate);
        return order == 0 ? y.Transaction.Hash.CompareTo(x.Transaction.Hash) : order;
    }
}
