using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// All NTK that is not in an account: what learning is still paid from, what is put down as bonds, and what was destroyed.
/// Layout: genesis total 16 | reserve 16 | escrow 16 | burned 16.
/// </summary>
public readonly record struct SupplyRecord(Amount GenesisTotal, Amount Reserve, Amount Escrow, Amount Burned)
{
    public static readonly StateKey Key = StateKey.Of(StateModule.Supply, 0);

    /// <summary>What exists now.</summary>
    public Amount Issued => GenesisTotal - Burned;

    public byte[] Encode() => new ByteWriter().Amount(GenesisTotal).Amount(Reserve).Amount(Escrow).Amount(Burned).ToArray();

    public static SupplyRecord Get(IStateReader state)
    {
        var bytes = state.Get(Key);
        Invariant.Check(bytes is not null, "genesis writes the supply");
        var reader = new ByteReader(bytes);
        var record = new SupplyRecord(reader.Amount(), reader.Amount(), reader.Amount(), reader.Amount());
        Invariant.Check(reader.IsWhole, "a supply record has 64 bytes");
        return record;
    }
}
