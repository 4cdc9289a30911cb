using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What still fits into a block: bytes, places and cost units, a quarter of each kept for the protocol and training lanes.</summary>
internal sealed class BlockRoom(int bytes, uint cost)
{
    private int _bytes = bytes;
    private int _places = Limits.TransactionsPerBlockMax;
    private uint _cost = cost;
    private int _paymentBytes = bytes - (bytes / 4);
    private int _paymentPlaces = Limits.TransactionsPerBlockMax - (Limits.TransactionsPerBlockMax / 4);
    private uint _paymentCost = cost - (cost / 4);

    public bool Has(Lane lane, int bytes, uint cost)
    {
        if (_places == 0 || bytes > _bytes || cost > _cost) return false;
        return lane != Lane.Payments || (_paymentPlaces > 0 && bytes <= _paymentBytes && cost <= _paymentCost);
    }

    public void Take(Lane lane, int bytes, uint cost)
    {
        _bytes -= bytes;
        _places--;
        _cost -= cost;
        if (lane != Lane.Payments) return;
        _paymentBytes -= bytes;
        _paymentPlaces--;
        _paymentCost -= cost;
    }
}
