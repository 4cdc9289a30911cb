using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Chain;

/// <summary>What a well-formed body says, as values.</summary>
/// <param name="Kind">Which message it carries.</param>
/// <param name="Sender">Who is said to have signed.</param>
/// <param name="Nonce">Number of the sender's transactions before it; 0 of a protocol message.</param>
/// <param name="Fee">Zero of a protocol message.</param>
/// <param name="ExpiryHeight">The last height at which it may stand in a block; 0: any.</param>
/// <param name="Transfer">What a transfer says, where it is one.</param>
/// <param name="Message">The parsed message; null of a transfer.</param>
internal readonly record struct TransactionFields(
    MessageOneofCase Kind, Address Sender, ulong Nonce, Amount Fee, ulong ExpiryHeight, TransferContent Transfer, TransactionBody? Message)
{
    /// <summary>Of a message whose shape was checked.</summary>
    public static TransactionFields Of(TransactionBody body)
    {
        _ = Amount.TryFromBytes(body.Fee.Span, out var fee);
        var isTransfer = body.MessageCase == MessageOneofCase.Transfer;
        return new TransactionFields(
            body.MessageCase,
            Address.FromBytes(body.Sender.Span),
            body.Nonce,
            fee,
            body.ExpiryHeight,
            isTransfer ? TransferContent.Of(body.Transfer) : default,
            isTransfer ? null : body);
    }
}
