using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What an account pays at most for its transactions, and how long it waits.</summary>
public sealed record SendingOptions
{
    private const ulong Gwei = 1_000_000_000;

    /// <summary>Wei for each gas to whoever proposes the block. One gwei is what wallets offer in quiet times.</summary>
    public UInt128 TipWei { get; init; } = Gwei;

    /// <summary>The most for each gas, burned part and tip together. Above it nothing is sent, and nothing is replaced.</summary>
    public UInt128 FeeCapWei { get; init; } = 100 * (UInt128)Gwei;

    /// <summary>Blocks without inclusion after which fees are raised: two minutes.</summary>
    public ulong ReplaceAfterBlocks { get; init; } = 10;

    /// <summary>Blocks, its own with them, until a transaction counts as done. A reorganisation takes single blocks at times, two hardly ever.</summary>
    public ulong Confirmations { get; init; } = 2;

    /// <summary>The most gas of a transaction: a release by a hundred validators takes a million.</summary>
    public ulong GasMax { get; init; } = 3_000_000;

    /// <exception cref="OperatorException">Values that cannot stand.</exception>
    public void Check()
    {
        if (TipWei == UInt128.Zero || TipWei > FeeCapWei) throw new OperatorException("the tip for Ethereum's transactions is above 0 and at most the cap of fees");
        if (FeeCapWei > 1_000_000 * (UInt128)Gwei) throw new OperatorException("the cap of fees for Ethereum's transactions is at most 1000000 gwei");
        if (ReplaceAfterBlocks is 0 or > 10_000) throw new OperatorException("a transaction of Ethereum is replaced after 1 to 10000 blocks");
        if (Confirmations is 0 or > 1_000) throw new OperatorException("a transaction of Ethereum is done after 1 to 1000 blocks");
        if (GasMax is < 21_000 or > 30_000_000) throw new OperatorException("a transaction of Ethereum takes between 21000 and 30000000 gas");
    }
}

/// <summary>What is offered for a unit of gas, in wei.</summary>
/// <param name="Max">Burned part and tip together.</param>
/// <param name="Tip">At most that.</param>
public readonly record struct GasFees(UInt128 Max, UInt128 Tip)
{
    /// <summary>
    /// Twice the base fee and the tip, so that it still counts after the base fee has doubled (six full blocks, EIP-1559), but never above the cap; null
    /// where the cap does not even reach for the next block.
    /// </summary>
    public static GasFees? For(UInt128 baseFee, SendingOptions options)
    {
        if (baseFee > options.FeeCapWei || baseFee + options.TipWei > options.FeeCapWei) return null;
        return new GasFees(UInt128.Min((2 * baseFee) + options.TipWei, options.FeeCapWei), options.TipWei);
    }

    /// <summary>
    /// What replaces an offer: both parts an eighth higher at least, which every program takes for a replacement (some ask a tenth), and what the present
    /// base fee asks; null where that is above the cap.
    /// </summary>
    public GasFees? Raised(UInt128 baseFee, SendingOptions options)
    {
        var tip = UInt128.Max(AnEighthMore(Tip), options.TipWei);
        var least = UInt128.Max(AnEighthMore(Max), tip);
        if (least > options.FeeCapWei) return null;
        var wanted = baseFee > options.FeeCapWei ? options.FeeCapWei : UInt128.Max(least, (2 * baseFee) + tip);
        return new GasFees(UInt128.Min(wanted, options.FeeCapWei), tip);
    }

    private static UInt128 AnEighthMore(UInt128 fee) => ((fee * 9) + 7) / 8;
}
