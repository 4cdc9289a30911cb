using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using NeuroChain.Types.V1;
using static NeuroChain.Types.V1.TransactionBody;

namespace NeuroChain.Chain;

/// <summary>
/// A well-formed transaction whose signature is its sender's. The received bytes are its identity and are never re-serialised: what the
/// sender signed, what a block holds and what the hash covers are the same bytes.
/// </summary>
public sealed class Transaction
{
    private readonly TransferContent _transfer;
    private TransactionBody? _body;
    private StrongBox<Hash256>? _leafHash;

    // Only a check makes one: see UnverifiedTransaction.TryVerify.
    internal Transaction(UnverifiedTransaction verified, in TransactionFields fields)
    {
        Bytes = verified.Bytes;
        Hash = verified.Hash;
        _leafHash = verified.LeafHash is { } leafHash ? new StrongBox<Hash256>(leafHash) : null;
        SignatureCount = verified.SignatureCount;
        _body = fields.Message;
        (Kind, Sender, Nonce, Fee, ExpiryHeight, _transfer, _) = fields;
    }

    /// <summary>The whole transaction as received.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public TransactionHash Hash { get; }

    /// <summary>Its leaf in the transactions root of a block: a hash of all bytes with the signature, made when somebody asks first.</summary>
    public Hash256 LeafHash => (_leafHash ??= new StrongBox<Hash256>(MerkleTree.LeafHash(Bytes.Span))).Value;

    /// <summary>The parsed body; not to be changed. That of a transfer is parsed again when somebody asks: what it says is in <see cref="Transfer"/>.</summary>
    public TransactionBody Body => _body ??= UnverifiedTransaction.BodyOf(Bytes.Span);

    /// <summary>Which message it carries.</summary>
    public MessageOneofCase Kind { get; }

    /// <summary>What a transfer says, where it is one.</summary>
    public TransferContent Transfer
    {
        get
        {
            Invariant.Check(Kind == MessageOneofCase.Transfer, "only a transfer is read as one");
            return _transfer;
        }
    }

    public Address Sender { get; }

    /// <summary>Signatures that were checked: one, or the threshold of an account that several keys hold.</summary>
    public int SignatureCount { get; }

    public ulong Nonce { get; }

    /// <summary>The last height at which it may stand in a block; 0: any.</summary>
    public ulong ExpiryHeight { get; }

    public Amount Fee { get; }

    /// <summary>Protocol messages have neither fee nor nonce: those of validators are limited by their window and author, claims by the snapshot's leaves.</summary>
    public bool IsProtocolMessage => Kind >= MessageOneofCase.SeedChainRegistration;

    /// <summary>Reads one canonical transaction of this chain and recovers its signer. Bounded: at most <see cref="Limits.TransactionBytesMax"/>.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, GenesisHash genesis, [NotNullWhen(true)] out Transaction? transaction, out TransactionFault fault)
    {
        transaction = null;
        fault = TransactionFault.TooLarge;
        if (bytes.Length > Limits.TransactionBytesMax || !UnverifiedTransaction.TryParse(bytes.ToArray(), genesis, out var parsed, out fault)) return false;
        return parsed.TryVerify(out transaction, out fault);
    }

    /// <summary>Signs a body for the chain that it names. The body must be well-formed.</summary>
    public static Transaction Sign(TransactionBody body, PrivateKey key) => Sign(body, key.Address, content => key.Sign(content.Digest));

    /// <summary>Signs a body for an account that several keys hold, with as many of the keys as its threshold asks.</summary>
    public static Transaction Sign(TransactionBody body, MultiSignaturePolicy policy, IEnumerable<PrivateKey> keys)
    {
        body.Sender = ByteString.CopyFrom(policy.Address.ToArray());
        var digest = new TaggedContent(Domain.Transaction, body.ToByteArray()).Digest;
        return Assemble(body, policy, keys.Select(key => (key.Address, key.Sign(digest))));
    }

    /// <summary>The same where the keys signed elsewhere: each its own signature over <see cref="DigestOf"/>.</summary>
    public static Transaction Assemble(TransactionBody body, MultiSignaturePolicy policy, IEnumerable<(Address Member, Signature Signature)> signatures) =>
        Seal(body, TransactionSignature.Encode(policy, signatures));

    /// <summary>What each key of an account signs for a body that names the account as its sender.</summary>
    public static Hash256 DigestOf(TransactionBody body) => new TaggedContent(Domain.Transaction, body.ToByteArray()).Digest;

    /// <summary>The same where the key is elsewhere.</summary>
    public static Transaction Sign(TransactionBody body, Address sender, Func<TaggedContent, Signature> sign)
    {
        body.Sender = ByteString.CopyFrom(sender.ToArray());
        return Seal(body, sign(new TaggedContent(Domain.Transaction, body.ToByteArray())).WithoutRecoveryId.Bytes.ToArray());
    }

    /// <summary>The envelope of a withdrawal that a wallet signed as typed data: <see cref="WalletWithdrawal"/>. Not checked.</summary>
    public static byte[] WalletEnvelope(TransactionBody body, EcdsaSignature signature) =>
        new TransactionEnvelope { Body = body.ToByteString(), Signature = ByteString.CopyFrom(TransactionSignature.EncodeTyped(signature)) }.ToByteArray();

    private static Transaction Seal(TransactionBody body, byte[] signature)
    {
        var outer = new TransactionEnvelope { Body = body.ToByteString(), Signature = ByteString.CopyFrom(signature) };
        var genesis = Hash256.TryFromBytes(body.Genesis.Span, out var value) ? new GenesisHash(value) : default;
        var decoded = TryDecode(outer.ToByteArray(), genesis, out var transaction, out var fault);
        Invariant.Check(decoded, $"a transaction of our own making is well-formed, this one is {fault}");
        return transaction!;
    }

    public static TransactionHash HashOf(ReadOnlySpan<byte> body) => new(Domain.Transaction.Hash(body));
}
