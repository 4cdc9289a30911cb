using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>What a transfer says. Almost every transaction is one: as values they cost nothing to keep, where the message is a dozen objects.</summary>
/// <param name="To">Who is paid.</param>
/// <param name="Amount">How much.</param>
/// <param name="Memo">The sender's words; empty where there are none.</param>
public readonly record struct TransferContent(Address To, Amount Amount, string Memo)
{
    /// <summary>Of a message whose shape was checked.</summary>
    internal static TransferContent Of(Transfer message)
    {
        _ = Amount.TryFromBytes(message.Amount.Span, out var amount);
        return new TransferContent(Address.FromBytes(message.To.Span), amount, message.Memo);
    }
}
