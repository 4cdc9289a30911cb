using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NeuroChain.Chain;
using NeuroChain.Types.V1;

namespace NeuroChain.Node;

/// <summary>
/// A withdrawal in the words that a wallet shows and signs (<see cref="WalletWithdrawal"/>), which come back with the signature: whatever was
/// changed on the way, the signature is not for it.
/// </summary>
/// <param name="Chain">Genesis hash.</param>
/// <param name="From">The account, which is the wallet's.</param>
/// <param name="To">Who is paid on Ethereum.</param>
/// <param name="Amount">"12.5 NTK".</param>
/// <param name="Fee">The same, of this chain.</param>
/// <param name="Nonce">Decimal.</param>
/// <param name="ExpiryHeight">Decimal.</param>
internal sealed record WithdrawalTerms(string Chain, string From, string To, string Amount, string Fee, string Nonce, string ExpiryHeight)
{
    private const string Unit = " NTK";

    /// <summary>Of the wallet, 65 bytes; null before it signed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Signature { get; init; }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        MaxDepth = 2,
    };

    /// <param name="body">A withdrawal, with its sender.</param>
    public static WithdrawalTerms Of(TransactionBody body) => new(
        Hex.Encode(body.Genesis.Span),
        Address.FromBytes(body.Sender.Span).ToString(),
        Address.FromBytes(body.BridgeWithdraw.To.Span).ToString(),
        TextOf(body.BridgeWithdraw.Amount.Span),
        TextOf(body.Fee.Span),
        body.Nonce.ToString(CultureInfo.InvariantCulture),
        body.ExpiryHeight.ToString(CultureInfo.InvariantCulture));

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <exception cref="P2P.RpcException">INVALID_ARGUMENT: it is not what <see cref="ToJson"/> makes, with a signature.</exception>
    public static WithdrawalTerms Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<WithdrawalTerms>(json, Json) ?? throw RequestChecks.Bad("an object is wanted");
        }
        catch (JsonException)
        {
            throw RequestChecks.Bad("the terms of a withdrawal and its signature are wanted");
        }
    }

    /// <summary>The transaction, for the chain to judge.</summary>
    /// <exception cref="P2P.RpcException">INVALID_ARGUMENT with the field's name.</exception>
    public byte[] ToEnvelope()
    {
        var body = new TransactionBody
        {
            Genesis = Hash256.TryParse(Chain, out var genesis) ? genesis.ToByteString() : throw RequestChecks.Bad("chain: 0x and 64 hexadecimal digits"),
            Sender = Account(From, "from").ToByteString(),
            Nonce = Number(Nonce, "nonce"),
            Fee = Money(Fee, "fee").ToByteString(),
            ExpiryHeight = Number(ExpiryHeight, "expiryHeight"),
            BridgeWithdraw = new BridgeWithdraw { To = Account(To, "to").ToByteString(), Amount = Money(Amount, "amount").ToByteString() },
        };
        // r, s, and which of two keys it was: the sender says that.
        if (!Hex.TryDecode(Signature, out var bytes) || bytes.Length != EcdsaSignature.Size + 1 || !EcdsaSignature.TryFromBytes(bytes.AsSpan(0, EcdsaSignature.Size), out var signature))
            throw RequestChecks.Bad("signature: 65 bytes of a wallet, with a low s");
        return Transaction.WalletEnvelope(body, signature);
    }

    private static Address Account(string text, string field) => Address.TryParse(text, out var address) ? address : throw RequestChecks.Bad($"{field}: an address with its checksum");

    private static ulong Number(string text, string field) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw RequestChecks.Bad($"{field}: a number");

    private static Amount Money(string text, string field) =>
        text.EndsWith(Unit, StringComparison.Ordinal) && NeuroChain.Chain.Amount.TryParseNtk(text[..^Unit.Length], out var amount) ? amount : throw RequestChecks.Bad($"{field}: as \"12.5 NTK\"");

    private static string TextOf(ReadOnlySpan<byte> bytes)
    {
        var isAmount = NeuroChain.Chain.Amount.TryFromBytes(bytes, out var amount);
        Invariant.Check(isAmount, "a body of our own making has amounts");
        return $"{amount}{Unit}";
    }
}
