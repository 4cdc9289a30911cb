using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What one endpoint says of an account, at about one time.</summary>
/// <param name="Block">The newest one.</param>
/// <param name="BaseFee">Of it, wei for each gas.</param>
/// <param name="Nonce">Of the next transaction after that block.</param>
/// <param name="PoolNonce">The same with what waits in the endpoint's pool.</param>
/// <param name="Balance">Wei.</param>
/// <param name="Receipt">Of whichever attempt of the open transaction is in a block.</param>
public sealed record SendingView(ulong Block, UInt128 BaseFee, ulong Nonce, ulong PoolNonce, UInt256 Balance, MinedReceipt? Receipt);

/// <summary>What the caller wants of the account.</summary>
public abstract record SendingWish
{
    private SendingWish() { }

    /// <summary>Go on with what is open.</summary>
    public sealed record GoOn : SendingWish;

    /// <summary>What is open is of no use any more: an empty transaction in its place costs less than one that reverts.</summary>
    public sealed record Cancel : SendingWish;

    /// <summary>Send this, once nothing is open.</summary>
    /// <param name="Purpose">Names it for state and log.</param>
    /// <param name="Call">From the account.</param>
    public sealed record Send(string Purpose, EthereumCall Call) : SendingWish;
}

/// <summary>Why nothing can be done now. Each ends by itself, or by what the operator does.</summary>
public enum SendingWait
{
    /// <summary>It is in the pool.</summary>
    Pending,

    /// <summary>It is in a block, with too few on top.</summary>
    Unconfirmed,

    /// <summary>Even the next block asks more than the cap.</summary>
    FeesAboveCap,

    /// <summary>Too little ether for gas and fees.</summary>
    EmptyBalance,

    /// <summary>Somebody else uses the same key: what waits under its nonces is none of ours.</summary>
    ForeignTransaction,

    /// <summary>A nonce below is free again, and what was under it is forgotten.</summary>
    NonceGap,

    /// <summary>The nonce is used, and no receipt of ours is there: either comes soon, or it was another's.</summary>
    NonceUsed,

    /// <summary>A settled transaction fell out of the chain and is in the pool again.</summary>
    Reorganised,

    /// <summary>More gas than allowed.</summary>
    GasAboveMax,

    /// <summary>The endpoint is of another network.</summary>
    OtherChain,
}

/// <summary>What an account does next.</summary>
public abstract record SendingStep
{
    private SendingStep() { }

    public sealed record Nothing : SendingStep;

    public sealed record Wait(SendingWait Why, string Detail) : SendingStep;

    /// <summary>Sign, note and hand over.</summary>
    public sealed record Sign(EthereumTransaction Transaction) : SendingStep;

    /// <summary>Hand over again what was noted before: the endpoint seems not to have it.</summary>
    public sealed record Repeat(SignedEthereumTransaction Signed) : SendingStep;

    /// <summary>It is done, well or not.</summary>
    public sealed record Settle(MinedReceipt Receipt) : SendingStep;

    /// <summary>Note since when the nonce is used without a receipt.</summary>
    public sealed record NoteLoss(ulong Since) : SendingStep;

    /// <summary>Another transaction has the nonce for good: none of ours will ever count.</summary>
    public sealed record Lost : SendingStep;
}

/// <summary>
/// From what is noted and what an endpoint says to the next step: a function without clock, key or network. Rules: one transaction at a time; a
/// nonce is used twice only to replace what was under it, for fees an eighth higher; what is in a block is done after some more.
/// </summary>
/// <remarks>
/// <code>
/// nothing open   settled nonce free again   repeat it, then wait
///                strangers in the pool      wait
///                fees or balance            wait
///                else                       sign under the next nonce
/// open           receipt                    settle, or wait for more blocks
///                nonce used, no receipt     wait some blocks, then lost
///                nonce below free           repeat what was settled under it, or wait
///                not in the pool            repeat, unless blocks cost more than it offers
///                N blocks, or cancelled     replace, or wait where fees or balance do not allow it
/// </code>
/// </remarks>
public static class SendingPlan
{
    private const ulong TransferGas = 21_000;

    // An endpoint may know of a nonce some blocks before it has the receipt: its parts are several machines.
    private const ulong LostAfterBlocks = 8;

    /// <param name="state">What is noted.</param>
    /// <param name="view">What the endpoint says.</param>
    /// <param name="wish">What is wanted.</param>
    /// <param name="gas">The limit for a new transaction, estimated before.</param>
    /// <param name="from">The account.</param>
    /// <param name="chainId">EIP-155.</param>
    /// <param name="options">Caps and patience.</param>
    public static SendingStep Next(SendingState state, SendingView view, SendingWish wish, ulong gas, Address from, ulong chainId, SendingOptions options)
    {
        if (state.Open is { } open) return NextOf(open, state, view, wish is SendingWish.Cancel, from, options);
        if (Reorganised(state, view) is { } reorganised) return reorganised;
        if (wish is not SendingWish.Send send) return new SendingStep.Nothing();
        if (view.PoolNonce > view.Nonce) return Wait(SendingWait.ForeignTransaction, $"{view.PoolNonce - view.Nonce} transactions from nonce {view.Nonce} on are not of this program");
        if (GasFees.For(view.BaseFee, options) is not { } fees) return TooDear(view, options);
        var transaction = new EthereumTransaction
        {
            Type = EthereumTransactionType.DynamicFee,
            ChainId = chainId,
            Nonce = view.Nonce,
            MaxFeePerGas = new UInt256(fees.Max),
            MaxPriorityFeePerGas = new UInt256(fees.Tip),
            GasLimit = gas,
            To = send.Call.To,
            Data = send.Call.Data,
        };
        return Affordable(transaction, view);
    }

    private static SendingStep NextOf(OpenTransaction open, SendingState state, SendingView view, bool isCancelled, Address from, SendingOptions options)
    {
        if (view.Receipt is { } receipt) return Confirm(receipt, view, options);
        if (view.Nonce > open.Nonce) return UsedNonce(open, view);
        if (view.Nonce < open.Nonce)
        {
            return state.SettledAt(view.Nonce) is { } settled
                ? new SendingStep.Repeat(settled)
                : Wait(SendingWait.NonceGap, $"the endpoint wants nonce {view.Nonce} before {open.Nonce}");
        }

        var isCancelling = isCancelled && !IsEmpty(open.Last.Transaction, from);
        if ((isCancelling || IsOverdue(open, view, options)) && open.Attempts.Length < OpenTransaction.AttemptsMax)
        {
            if (open.Last.Fees.Raised(view.BaseFee, options) is { } fees) return Replace(open, view, fees, isCancelling, from);
            if (view.PoolNonce > open.Nonce || IsOutbid(open, view)) return TooDear(view, options);
        }

        // What offers less than blocks cost now, some programs drop and none takes: it is raised when it is time.
        if (view.PoolNonce > open.Nonce || IsOutbid(open, view)) return Wait(SendingWait.Pending, $"nonce {open.Nonce} since block {open.Last.AtBlock}");
        return new SendingStep.Repeat(open.Last.Signed);
    }

    private static SendingStep Confirm(MinedReceipt receipt, SendingView view, SendingOptions options)
    {
        // The receipt may be newer than the newest block of a moment ago.
        var confirmed = view.Block < receipt.Block ? 1 : view.Block - receipt.Block + 1;
        return confirmed >= options.Confirmations
            ? new SendingStep.Settle(receipt)
            : Wait(SendingWait.Unconfirmed, $"in block {receipt.Block}, {confirmed} of {options.Confirmations}");
    }

    private static SendingStep UsedNonce(OpenTransaction open, SendingView view)
    {
        if (open.LostSince is not { } since || since > view.Block) return new SendingStep.NoteLoss(view.Block);
        return view.Block - since >= LostAfterBlocks ? new SendingStep.Lost() : Wait(SendingWait.NonceUsed, $"nonce {open.Nonce} is used since block {since}");
    }

    private static SendingStep? Reorganised(SendingState state, SendingView view)
    {
        if (state.Settled.IsEmpty || view.Nonce > state.Settled[^1].Transaction.Nonce) return null;
        if (view.PoolNonce > view.Nonce) return Wait(SendingWait.Reorganised, $"nonce {view.Nonce} waits again");
        return state.SettledAt(view.Nonce) is { } settled ? new SendingStep.Repeat(settled) : Wait(SendingWait.NonceGap, $"the endpoint wants nonce {view.Nonce} again");
    }

    private static SendingStep Replace(OpenTransaction open, SendingView view, GasFees fees, bool isCancelling, Address from)
    {
        var transaction = open.Last.Transaction with { MaxFeePerGas = new UInt256(fees.Max), MaxPriorityFeePerGas = new UInt256(fees.Tip) };
        if (isCancelling) transaction = transaction with { To = from, Data = default, GasLimit = TransferGas };
        return Affordable(transaction, view);
    }

    private static SendingStep Affordable(EthereumTransaction transaction, SendingView view)
    {
        var needed = transaction.GasLimit * transaction.MaxFeePerGas.Low;
        if (view.Balance >= new UInt256(needed)) return new SendingStep.Sign(transaction);
        return Wait(SendingWait.EmptyBalance, $"{Ether.Of(needed)} ether are needed, there are {Ether.Of(view.Balance.Low)}");
    }

    private static bool IsEmpty(EthereumTransaction transaction, Address from) => transaction.To == from && transaction.Data.IsEmpty;

    private static bool IsOutbid(OpenTransaction open, SendingView view) => view.BaseFee > open.Last.Fees.Max;

    private static bool IsOverdue(OpenTransaction open, SendingView view, SendingOptions options) =>
        view.Block >= open.Last.AtBlock && view.Block - open.Last.AtBlock >= options.ReplaceAfterBlocks;

    private static SendingStep.Wait TooDear(SendingView view, SendingOptions options) =>
        Wait(SendingWait.FeesAboveCap, $"a unit of gas costs {Ether.Gwei(view.BaseFee)} gwei and the tip, the cap is {Ether.Gwei(options.FeeCapWei)}");

    private static SendingStep.Wait Wait(SendingWait why, string detail) => new(why, detail);
}

/// <summary>Sums of ether for people. Numbers of an endpoint may be of any size.</summary>
public static class Ether
{
    // Ether has as many digits behind the point as NTK.
    public static string Of(UInt128 wei) => new Amount(wei).ToString();

    /// <summary>What so much gas cost.</summary>
    public static string Of(ulong gas, UInt128 price) => gas == 0 || price <= UInt128.MaxValue / gas ? Of(gas * price) : "more than all";

    public static string Gwei(UInt128 wei) => wei <= UInt128.MaxValue / 1_000_000_000 ? new Amount(wei * 1_000_000_000).ToString() : "more than all";
}
