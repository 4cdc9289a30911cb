using NeuroChain.Chain;

namespace NeuroChain.Bridge;

/// <summary>What one step of an account came to.</summary>
public abstract record SendingReport
{
    private SendingReport() { }

    /// <summary>Nothing is open, and nothing was wanted.</summary>
    public sealed record Nothing : SendingReport
    {
        public override string ToString() => "nothing to send";
    }

    /// <summary>The endpoint gave no answer that could be used.</summary>
    public sealed record NoAnswer(string Question, EndpointFault Fault, string Detail) : SendingReport
    {
        public override string ToString() => $"the endpoint does not answer {Question}: {Fault}{(Detail.Length > 0 ? $", {Detail}" : "")}";
    }

    public sealed record Waits(SendingWait Why, string Detail) : SendingReport
    {
        public override string ToString() => $"waits: {Why}, {Detail}";
    }

    /// <summary>The call would revert, so it was not sent and costs nothing.</summary>
    public sealed record WouldRevert(string Purpose, Revert Reason) : SendingReport
    {
        public override string ToString() => $"{Purpose} would revert: {Reason}";
    }

    /// <summary>Noted and handed over.</summary>
    /// <param name="Purpose">What for.</param>
    /// <param name="Attempt">What.</param>
    /// <param name="IsReplacement">Whether something was open under its nonce.</param>
    /// <param name="Outcome">What the endpoint said.</param>
    public sealed record Sent(string Purpose, SendingAttempt Attempt, bool IsReplacement, SubmitOutcome Outcome) : SendingReport
    {
        public override string ToString() =>
            $"{Purpose}: {(IsReplacement ? "replaced by" : "sent")} {Attempt.Hash}, nonce {Attempt.Transaction.Nonce}, at most {Ether.Gwei(Attempt.Fees.Max)} gwei for a unit of gas{Say(Outcome)}";
    }

    /// <summary>What was noted was handed over again.</summary>
    public sealed record Repeated(Hash256 Transaction, SubmitOutcome Outcome) : SendingReport
    {
        public override string ToString() => $"sent {Transaction} again{Say(Outcome)}";
    }

    /// <summary>It is in a block for good.</summary>
    /// <param name="Purpose">What for.</param>
    /// <param name="Receipt">What it did.</param>
    /// <param name="IsCancelled">An empty transaction took its place.</param>
    /// <param name="Reason">What the same call reverts with now, where it failed; null where that cannot be said.</param>
    public sealed record Settled(string Purpose, MinedReceipt Receipt, bool IsCancelled, Revert? Reason) : SendingReport
    {
        public bool IsDone => Receipt.Succeeded && !IsCancelled;

        public override string ToString() => $"{Purpose}: {Word} in block {Receipt.Block} for {Ether.Of(Receipt.GasUsed, Receipt.GasPrice)} ether";

        private string Word => IsCancelled ? "cancelled" : Receipt.Succeeded ? "done" : $"REVERTED{(Reason is null ? "" : $" ({Reason})")}";
    }

    /// <summary>Another transaction of the same key has its nonce: this one will never count.</summary>
    public sealed record Lost(string Purpose, ulong Nonce) : SendingReport
    {
        public override string ToString() => $"{Purpose}: another transaction of this key has nonce {Nonce}";
    }

    private static string Say(SubmitOutcome outcome) => outcome.Verdict == SubmitVerdict.Taken ? "" : $"; the endpoint says {outcome.Verdict}: {outcome.Detail}";
}
