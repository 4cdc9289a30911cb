using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>
/// An account on Ethereum that sends transactions, one at a time: gives the plan what an endpoint says, and does what it says, the note on the disk before
/// the hand-over. It never waits by itself: whoever steps it chooses the pace.
/// </summary>
/// <remarks>Not safe for several threads: one owner steps it.</remarks>
public sealed class SendingAccount(PrivateKey key, ulong chainId, SendingEndpoint endpoint, SendingStore store, SendingOptions options)
{
    private bool _isRightChain;

    public Address Address => key.Address;

    public SendingEndpoint Endpoint => endpoint;

    /// <summary>What is not done; null where nothing is.</summary>
    public OpenTransaction? Open => store.State.Open;

    /// <summary>One look and at most one transaction.</summary>
    /// <exception cref="StoreFailedException">Nothing can be noted any more, so nothing was sent.</exception>
    public async Task<SendingReport> StepAsync(SendingWish wish, CancellationToken cancellation)
    {
        if (await CheckChainAsync(cancellation) is { } wrong) return wrong;
        var (view, silent) = await LookAsync(cancellation);
        if (view is null) return silent!;
        var gas = 0UL;
        if (Open is null && wish is SendingWish.Send send)
        {
            // Whether it would revert is asked where it can be sent at all; the plan without gas says whether.
            if (SendingPlan.Next(store.State, view, wish, 0, Address, chainId, options) is SendingStep.Sign)
            {
                (gas, var refused) = await EstimateAsync(send, cancellation);
                if (refused is not null) return refused;
            }
        }

        var step = SendingPlan.Next(store.State, view, wish, gas, Address, chainId, options);
        return await DoAsync(step, wish, view, cancellation);
    }

    private async Task<SendingReport> DoAsync(SendingStep step, SendingWish wish, SendingView view, CancellationToken cancellation)
    {
        switch (step)
        {
            case SendingStep.Nothing:
                return new SendingReport.Nothing();
            case SendingStep.Wait wait:
                return new SendingReport.Waits(wait.Why, wait.Detail);
            case SendingStep.Sign sign:
                var isReplacement = Open is not null;
                var purpose = Open?.Purpose ?? ((SendingWish.Send)wish).Purpose;
                var attempt = new SendingAttempt(sign.Transaction.Sign(key), view.Block);
                store.Save(store.State.Noting(purpose, attempt));
                var (handed, lost) = await SubmitAsync(attempt.Signed, cancellation);
                return handed is null ? lost! : new SendingReport.Sent(purpose, attempt, isReplacement, handed);
            case SendingStep.Repeat repeat:
                var (again, failed) = await SubmitAsync(repeat.Signed, cancellation);
                return again is null ? failed! : new SendingReport.Repeated(repeat.Signed.Hash, again);
            case SendingStep.Settle settle:
                return await SettleAsync(settle.Receipt, cancellation);
            case SendingStep.NoteLoss note:
                store.Save(store.State with { Open = Open! with { LostSince = note.Since } });
                return new SendingReport.Waits(SendingWait.NonceUsed, $"nonce {Open!.Nonce} is used, and no receipt is there");
            case SendingStep.Lost:
                var gone = Open!;
                store.Save(store.State with { Open = null });
                return new SendingReport.Lost(gone.Purpose, gone.Nonce);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<SendingReport> SettleAsync(MinedReceipt receipt, CancellationToken cancellation)
    {
        var open = Open!;
        var mined = open.Attempts.Single(attempt => attempt.Hash == receipt.Hash).Transaction;
        var isCancelled = mined.To == Address && mined.Data.IsEmpty;
        Revert? reason = null;
        // The receipt has no reason. The same call now has the same one, most of the time.
        if (!receipt.Succeeded) reason = (await endpoint.CallAsync(new EthereumCall(Address, mined.To!.Value, mined.Data), cancellation)).Value?.Reverted;
        store.Save(store.State.Settling(receipt.Hash));
        return new SendingReport.Settled(open.Purpose, receipt, isCancelled, reason);
    }

    private async Task<SendingReport?> CheckChainAsync(CancellationToken cancellation)
    {
        if (_isRightChain) return null;
        var id = await endpoint.ChainIdAsync(cancellation);
        if (id.Fault != EndpointFault.None) return No("for its chain", id);
        if (id.Value != chainId) return new SendingReport.Waits(SendingWait.OtherChain, $"the endpoint is of chain {id.Value}, wanted is {chainId}");
        _isRightChain = true;
        return null;
    }

    // The pool is asked before the block: what leaves the one for the other in between is seen twice and never not at all.
    private async Task<(SendingView? View, SendingReport? Silent)> LookAsync(CancellationToken cancellation)
    {
        var pool = await endpoint.NonceAsync(Address, withPool: true, cancellation);
        if (pool.Fault != EndpointFault.None) return (null, No("for the pool's nonce", pool));
        var head = await endpoint.HeadAsync(cancellation);
        if (head.Fault != EndpointFault.None) return (null, No("for the newest block", head));
        var nonce = await endpoint.NonceAsync(Address, withPool: false, cancellation);
        if (nonce.Fault != EndpointFault.None) return (null, No("for the nonce", nonce));
        var balance = await endpoint.BalanceAsync(Address, cancellation);
        if (balance.Fault != EndpointFault.None) return (null, No("for the balance", balance));
        MinedReceipt? mined = null;
        // The newest attempt is the likeliest.
        foreach (var attempt in (Open?.Attempts ?? []).Reverse())
        {
            if (nonce.Value <= Open!.Nonce) break; // none of them can be in a block
            var receipt = await endpoint.ReceiptAsync(attempt.Hash, cancellation);
            if (receipt.Fault is not (EndpointFault.None or EndpointFault.Absent)) return (null, No("for a receipt", receipt));
            if ((mined = receipt.Value) is not null) break;
        }

        return (new SendingView(head.Value!.Number, head.Value.BaseFee, nonce.Value, Math.Max(pool.Value, nonce.Value), balance.Value, mined), null);
    }

    private async Task<(ulong Gas, SendingReport? Refused)> EstimateAsync(SendingWish.Send send, CancellationToken cancellation)
    {
        Invariant.Check(send.Call.Data.Length <= SendingState.DataBytesMax, "calls are bounded where they are made");
        var estimate = await endpoint.EstimateAsync(send.Call with { From = Address }, cancellation);
        if (estimate.Fault != EndpointFault.None) return (0, No("what a call costs", estimate));
        if (estimate.Value!.Reverted is { } revert) return (0, new SendingReport.WouldRevert(send.Purpose, revert));
        // A fifth more: by the time it is in a block, storage may be warm or cold otherwise.
        var gas = estimate.Value.Gas > options.GasMax ? estimate.Value.Gas : estimate.Value.Gas + (estimate.Value.Gas / 5);
        if (gas > options.GasMax) return (0, new SendingReport.Waits(SendingWait.GasAboveMax, $"{send.Purpose} takes {gas} gas, allowed are {options.GasMax}"));
        return (gas, null);
    }

    private async Task<(SubmitOutcome? Outcome, SendingReport? Failed)> SubmitAsync(SignedEthereumTransaction signed, CancellationToken cancellation)
    {
        var outcome = await endpoint.SubmitAsync(signed.Encode(), cancellation);
        return outcome.Fault == EndpointFault.None ? (outcome.Value, null) : (null, No("to a transaction, which is noted", outcome));
    }

    private static SendingReport.NoAnswer No<T>(string question, Answered<T> answered) => new(question, answered.Fault, answered.Detail);
}
