using Google.Protobuf;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Ledger;

/// <summary>
/// A transaction that pays and waits, with what its place in its sender's queue makes of it: nobody is better off than what it waits behind.
/// </summary>
internal sealed class Waiting
{
    private bool _isPlaced;

    public Waiting(Transaction transaction)
    {
        Transaction = transaction;
        Space = BlockSpace.Of(transaction);
        OwnLane = Lanes.Of(transaction);
        HasShortWindow = transaction.Kind is TransactionBody.MessageOneofCase.CandidateCommit or TransactionBody.MessageOneofCase.CandidateReveal
            or TransactionBody.MessageOneofCase.SealedKeyRelease;
        OwnRate = new FeeRate(transaction.Fee.Units, Space.Cost);
        Spends = SpentBy(transaction);
        LastHeight = transaction.ExpiryHeight == 0 ? ulong.MaxValue : transaction.ExpiryHeight;
    }

    public Transaction Transaction { get; }

    public BlockSpace Space { get; }

    public Lane OwnLane { get; }

    /// <summary>Whether it comes too late, and costs its sender a bond, where it waits for a few blocks.</summary>
    public bool HasShortWindow { get; }

    public FeeRate OwnRate { get; }

    /// <summary>What leaves the sender's account besides the fee, if it succeeds.</summary>
    public Amount Spends { get; }

    /// <summary>The last height at which it may be included.</summary>
    public ulong LastHeight { get; }

    /// <summary>Whether all nonces before it are used or wait here too.</summary>
    public bool IsReady { get; private set; }

    /// <summary>The last of the lanes of what it waits behind and its own.</summary>
    public Lane Lane { get; private set; } = Lane.Normal;

    /// <summary>The least rate of what it waits behind and its own: nobody gets a place by it before that one has one.</summary>
    public FeeRate Rate { get; private set; }

    /// <summary>Height after which it came to where it is.</summary>
    public Height Since { get; private set; }

    public void Place(bool isReady, Lane lane, FeeRate rate, Height now)
    {
        if (!_isPlaced || isReady != IsReady || lane != Lane) Since = now;
        _isPlaced = true;
        (IsReady, Lane, Rate) = (isReady, lane, rate);
    }

    private static Amount SpentBy(Transaction transaction)
    {
        if (transaction.Kind == TransactionBody.MessageOneofCase.Transfer) return transaction.Transfer.Amount;
        var body = transaction.Body;
        return body.MessageCase switch
        {
            TransactionBody.MessageOneofCase.BatchTransfer => body.BatchTransfer.Payments.Aggregate(Amount.Zero, (sum, payment) => Add(sum, Read(payment.Amount))),
            TransactionBody.MessageOneofCase.Burn => Read(body.Burn.Amount),
            TransactionBody.MessageOneofCase.Bond => Read(body.Bond.Amount),
            TransactionBody.MessageOneofCase.CandidateCommit => Read(body.CandidateCommit.Bond),
            TransactionBody.MessageOneofCase.BridgeWithdraw => Read(body.BridgeWithdraw.Amount),
            TransactionBody.MessageOneofCase.DatasetDeltaProposal => Read(body.DatasetDeltaProposal.Bond),
            TransactionBody.MessageOneofCase.SealedSetOffer => Read(body.SealedSetOffer.Bond),
            TransactionBody.MessageOneofCase.SealedSetAcceptance => Read(body.SealedSetAcceptance.Bond),
            _ => Amount.Zero,
        };

        static Amount Read(ByteString bytes) => Amount.TryFromBytes(bytes.Span, out var amount) ? amount : Amount.Zero;

        static Amount Add(Amount a, Amount b) => Amount.TryAdd(a, b, out var sum) ? sum : new Amount(UInt128.MaxValue);
    }
}
