using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>What still fits into a block: bytes and places, a quarter of each kept for the protocol and training lanes.</summary>
internal sealed class BlockRoom(int bytes)
{
    private int _bytes = bytes;
    private int _places = Limits.TransactionsPerBlockMax;
    private int _paymentBytes = bytes - (bytes / 4);
    private int _paymentPlaces = Limits.TransactionsPerBlockMax - (Limits.TransactionsPerBlockMax / 4);

    public bool Has(Lane lane, int bytes)
    {
        if (_places == 0 || bytes > _bytes) return false;
        return lane != Lane.Payments || (_paymentPlaces > 0 && bytes <= _paymentBytes);
    }

    public void Take(Lane lane, int bytes)
    {
        _bytes -= bytes;
        _places--;
        if (lane != Lane.Payments) return;
        _paymentBytes -= bytes;
        _paymentPlaces--;
    }
}
