using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>
/// The message that a claim travels in. Its holder's signature is checked with the envelope's, on whatever thread: a <see cref="Transaction"/> with a
/// claim exists only where the holder signed what it says.
/// </summary>
public static class ClaimMessage
{
    /// <summary>What a well-formed message says.</summary>
    public static SnapshotClaim Read(ClaimSnapshot message)
    {
        _ = Amount.TryFromBytes(message.Amount.Span, out var amount);
        return new SnapshotClaim(
            new GenesisHash(Hash256.FromBytes(message.Chain.Span)),
            message.EthereumChainId,
            Address.FromBytes(message.Holder.Span),
            amount,
            Address.FromBytes(message.Recipient.Span),
            message.ValidUntil);
    }

    internal static bool IsWellFormed(ClaimSnapshot message) =>
        message.Chain.Length == Hash256.Size && message.Holder.Length == Address.Size && message.Amount.Length == Amount.Size && message.Recipient.Length == Address.Size
        && message.ValidUntil <= SnapshotClaim.ValidUntilMax
        && message.Path.Count <= Limits.ClaimPathMax && message.Path.All(node => node.Length == Hash256.Size)
        && message.Form is (uint)ClaimForm.Typed or (uint)ClaimForm.Text
        && message.Signature.Length == EcdsaSignature.Size;

    internal static TransactionFault CheckSignature(ClaimSnapshot message)
    {
        if (!EcdsaSignature.TryFromBytes(message.Signature.Span, out var signature)) return TransactionFault.MalformedClaimSignature;
        var claim = Read(message);
        return signature.IsBy(claim.Holder, claim.Digest((ClaimForm)message.Form)) ? TransactionFault.None : TransactionFault.WrongClaimSigner;
    }
}
