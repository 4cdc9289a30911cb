using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>Divides an amount among attesters by their power; what does not divide goes to the first.</summary>
public static class AttesterShares
{
    public static IReadOnlyList<(Address To, Amount Share)> Divide(Amount amount, IReadOnlyList<Validator> attesters)
    {
        Invariant.Check(attesters.Count > 0, "somebody must take the remainder");
        var total = attesters.Aggregate(0UL, (sum, attester) => sum + attester.Power);
        var shares = new List<(Address To, Amount Share)>(attesters.Count);
        var given = Amount.Zero;
        foreach (var attester in attesters)
        {
            var share = new Amount(IntegerMath.MultiplyDivide(amount.Units, attester.Power, total));
            shares.Add((attester.Address, share));
            given += share;
        }

        shares[0] = (shares[0].To, shares[0].Share + (amount - given));
        return shares;
    }
}
