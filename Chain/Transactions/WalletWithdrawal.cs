using System.Globalization;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>
/// A withdrawal to Ethereum as a wallet signs it: typed data of EIP-712 that says in words what the body says in bytes. A wallet shows its fields,
/// also on the screen of a hardware wallet, and signs no other digest of a body.
/// </summary>
/// <remarks>
/// All that such a body can say is a member here, amounts as the one decimal text that they have: so two bodies have two digests, and what was signed
/// for one is nothing for another. Name and type are other ones than those of precommits.
/// </remarks>
public static class WalletWithdrawal
{
    public static readonly Eip712Domain Domain = new("NeuroChain account", "1");

    public static readonly Eip712Type Type = new(
        "Withdrawal",
        [("bytes32", "chain"), ("address", "from"), ("address", "to"), ("string", "amount"), ("string", "fee"), ("uint64", "nonce"), ("uint64", "expiryHeight")]);

    /// <param name="body">Well-formed, with a withdrawal.</param>
    public static Hash256 DigestOf(TransactionBody body)
    {
        Invariant.Check(body.MessageCase == TransactionBody.MessageOneofCase.BridgeWithdraw, "a wallet signs withdrawals only");
        var message = new Eip712Struct(Type)
            .Bytes32(Hash256.FromBytes(body.Genesis.Span))
            .Address(Address.FromBytes(body.Sender.Span))
            .Address(Address.FromBytes(body.BridgeWithdraw.To.Span))
            .Text(TextOf(body.BridgeWithdraw.Amount.Span))
            .Text(TextOf(body.Fee.Span))
            .UInt64(body.Nonce)
            .UInt64(body.ExpiryHeight);
        return Eip712.Digest(Domain, message);
    }

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var isAmount = Amount.TryFromBytes(bytes, out var amount);
        Invariant.Check(isAmount, "amounts of a well-formed body are amounts");
        return string.Create(CultureInfo.InvariantCulture, $"{amount} NTK");
    }
}
