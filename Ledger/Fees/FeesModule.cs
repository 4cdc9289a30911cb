using System.Collections.Immutable;
using NeuroChain.Chain;

namespace NeuroChain.Ledger;

/// <summary>
/// What a transaction must bring to be in a block at all, what that costs its sender, and where it goes: of the fee that was asked a share is
/// burned, a share goes to the treasury and the rest to the author of the block; what was given beyond is a tip for the author.
/// </summary>
/// <remarks>Fees are gathered while a block is executed and paid at its end, so that the author's account is not touched by every transaction.</remarks>
public sealed class FeesModule : LedgerModule
{
    /// <inheritdoc/>
    public override ImmutableArray<string> Events => ["fees.paid"];

    // A year of 365 days; genesis and block times are milliseconds.
    private const ulong YearMs = 365UL * 86_400_000;

    // Record: the present price of a cost unit, 16.
    private static readonly StateKey BaseFeeKey = StateKey.Of(StateModule.Fees, 0);

    public override void InitializeGenesis(StateOverlay state, GenesisDocument genesis) => state.Set(BaseFeeKey, genesis.Parameters.Fees.BaseFeeMin.ToArray());

    /// <summary>Price of a cost unit in the next block.</summary>
    public static Amount BaseFee(IStateReader state)
    {
        var read = Amount.TryFromBytes(state.Get(BaseFeeKey), out var fee);
        Invariant.Check(read, "genesis writes the base fee");
        return fee;
    }

    /// <summary>The least fee that the block takes for a transaction that pays.</summary>
    public static Amount Asked(BlockContext context, Transaction transaction) => Asked(context.Parameters, context.BaseFee, transaction);

    /// <summary>The least fee that the next block takes for a transaction that pays.</summary>
    public static Amount Asked(IStateReader state, Transaction transaction) => Asked(ParametersModule.Get(state), BaseFee(state), transaction);

    /// <summary>
    /// Takes fee and nonce from the sender of a transaction that pays, where it may stand in the block as the state is: nonce, expiry, fee.
    /// </summary>
    internal static TransactionRejection Charge(BlockContext context, Transaction transaction)
    {
        var key = AccountsModule.Key(transaction.Sender);
        var sender = Account.Decode(context.State.Get(key));
        var rejection = Check(context, transaction, sender);
        if (rejection == TransactionRejection.None)
            context.State.Set(key, new Account(sender.Nonce + 1, sender.Balance - transaction.Fee).Encode());
        return rejection;
    }

    private static TransactionRejection Check(BlockContext context, Transaction transaction, Account sender)
    {
        if (transaction.Nonce < sender.Nonce) return TransactionRejection.NonceTooLow;
        if (transaction.Nonce > sender.Nonce) return TransactionRejection.NonceTooHigh;
        if (IsExpired(transaction, context.Height)) return TransactionRejection.Expired;
        if (transaction.Fee < Asked(context, transaction)) return TransactionRejection.FeeTooLow;
        return sender.Balance < transaction.Fee ? TransactionRejection.FeeNotPayable : TransactionRejection.None;
    }

    /// <summary>Whether that height is past the last one that the sender allows; 0 allows all.</summary>
    public static bool IsExpired(Transaction transaction, Height height) =>
        transaction.ExpiryHeight != 0 && transaction.ExpiryHeight < height.Value;

    /// <summary>Pays out what the block gathered, and sets the price of the next one.</summary>
    public override void EndBlock(BlockContext context)
    {
        var next = FeePrice.Next(context.BaseFee, context.Cost, context.Parameters.Fees);
        if (next != context.BaseFee) context.State.Set(BaseFeeKey, next.ToArray());
        var (asked, tips) = context.Fees;
        if (asked.IsZero && tips.IsZero) return;

        var parameters = context.Parameters.Fees;
        var year = (context.ParentTime.Milliseconds - context.Genesis.TimeMs) / YearMs;
        var burned = Percent(asked, parameters.BurnPercent(year));
        var treasury = Percent(asked, parameters.TreasuryPercent);
        var author = asked - burned - treasury + tips; // remainders of the divisions are the author's
        AccountsModule.Credit(context.State, context.Author, author);
        SupplyModule.TakeFees(context.State, burned, treasury);
        context.Emit(
            "fees.paid", ("author", context.Author), ("to_author", author), ("burned", burned), ("to_treasury", treasury));
    }

    private static Amount Asked(ChainParameters parameters, Amount baseFee, Transaction transaction)
    {
        var byCost = baseFee * CostUnits.Of(transaction);
        return byCost > parameters.FeeMin ? byCost : parameters.FeeMin;
    }

    private static Amount Percent(Amount amount, uint percent) => Amount.DivRem(amount * percent, 100).Quotient;
}
