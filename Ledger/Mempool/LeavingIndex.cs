using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The ends of queues in one lane, the first to leave first. Only a full lane asks for it, so it is made when somebody asks, kept up while
/// somebody does, and forgotten at a block that nobody asked before: an order of thousands costs more to keep than everything else here.
/// </summary>
/// <param name="ends">All that are in the lane, in any order.</param>
internal sealed class LeavingIndex(Func<IEnumerable<Waiting>> ends)
{
    private SortedSet<Waiting>? _order;
    private bool _isAsked;

    public IEnumerable<Waiting> InOrder => Order;

    public Waiting? First => Order.Min;

    private SortedSet<Waiting> Order
    {
        get
        {
            _isAsked = true;
            return _order ??= new SortedSet<Waiting>(ends(), LeavingOrder.Instance);
        }
    }

    public void Put(Waiting waiting, bool attach)
    {
        if (_order is null) return;
        var changed = attach ? _order.Add(waiting) : _order.Remove(waiting);
        Invariant.Check(changed, "an order has each waiting transaction once");
    }

    /// <summary>After every block.</summary>
    public void Age()
    {
        if (!_isAsked) _order = null;
        _isAsked = false;
    }
}
