using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// The books of NTK. What exists is somewhere: in accounts, in the reserve that learning is paid from, in escrow, in the treasury, in quarantine. What came
/// to be and what went is on the other side. Layout: genesis total 16 | reserve 16 | escrow 16 | burned 16 | treasury 16 | balances 16 |
/// credited 16 | refunded 16 | withdrawn 16 | quarantine 16.
/// </summary>
/// <param name="GenesisTotal">Allocations and reserve of genesis.</param>
/// <param name="Reserve">What learning is still paid from.</param>
/// <param name="Escrow">Bonds, and the pot that claims of a bridged chain are paid from.</param>
/// <param name="Burned">Destroyed for good.</param>
public readonly record struct SupplyRecord(Amount GenesisTotal, Amount Reserve, Amount Escrow, Amount Burned)
{
    public static readonly StateKey Key = StateKey.Of(StateModule.Supply, 0);

    /// <summary>The share of the fees that governance spends.</summary>
    public Amount Treasury { get; init; }

    /// <summary>Sum of all accounts.</summary>
    public Amount Balances { get; init; }

    /// <summary>Came over the bridge, ever; on a chain without a vault whose holders claim, what they have claimed.</summary>
    public Amount Credited { get; init; }

    /// <summary>Withdrawals that came back, ever.</summary>
    public Amount Refunded { get; init; }

    /// <summary>Left over the bridge, ever.</summary>
    public Amount Withdrawn { get; init; }

    /// <summary>Came over the bridge for nobody whom the chain knows; a vote gives it to an account.</summary>
    public Amount Quarantine { get; init; }

    /// <summary>Where all NTK is.</summary>
    public Amount Held => Balances + Reserve + Escrow + Treasury + Quarantine;

    /// <summary>What exists now, by what came and went.</summary>
    public Amount Issued => GenesisTotal + Credited + Refunded - Withdrawn - Burned;

    public byte[] Encode() => new ByteWriter()
        .Amount(GenesisTotal).Amount(Reserve).Amount(Escrow).Amount(Burned).Amount(Treasury).Amount(Balances)
        .Amount(Credited).Amount(Refunded).Amount(Withdrawn).Amount(Quarantine).ToArray();

    public static SupplyRecord Get(IStateReader state)
    {
        var bytes = state.Get(Key);
        Invariant.Check(bytes is not null, "genesis writes the supply");
        var reader = new ByteReader(bytes);
        var record = new SupplyRecord(reader.Amount(), reader.Amount(), reader.Amount(), reader.Amount())
        {
            Treasury = reader.Amount(),
            Balances = reader.Amount(),
            Credited = reader.Amount(),
            Refunded = reader.Amount(),
            Withdrawn = reader.Amount(),
            Quarantine = reader.Amount(),
        };
        Invariant.Check(reader.IsWhole, "a supply record has 160 bytes");
        return record;
    }

    /// <summary>Both sides of the books, for people.</summary>
    public override string ToString()
    {
        var came = GenesisTotal + Credited + Refunded;
        var went = Withdrawn + Burned;
        var right = came >= went ? (came - went).ToString() : $"-{went - came}";
        return $"balances {Balances} + reserve {Reserve} + escrow {Escrow} + treasury {Treasury} + quarantine {Quarantine} = {Held} NTK; "
            + $"genesis {GenesisTotal} + credited {Credited} + refunded {Refunded} - withdrawn {Withdrawn} - burned {Burned} = {right} NTK";
    }
}
