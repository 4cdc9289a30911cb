using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using NeuroChain.Types.V1;

namespace NeuroChain.Chain;

/// <summary>
/// A well-formed transaction whose signature nobody has checked yet. Parsing costs a few microseconds and touches no curve; the check is the
/// expensive part, needs nothing but this object, and so may run on any thread.
/// </summary>
public sealed class UnverifiedTransaction
{
    private const byte BodyTag = 0x0a;
    private const byte SignatureTag = 0x12;

    private static readonly MessageParser<TransactionBody> BodyParser = TransactionBody.Parser.WithDiscardUnknownFields(true);

    private readonly TransactionSignature _signature;

    private readonly TransactionFields _fields;

    private UnverifiedTransaction(ReadOnlyMemory<byte> bytes, Hash256? leafHash, TransactionHash hash, in TransactionFields fields, TransactionSignature signature)
    {
        Bytes = bytes;
        LeafHash = leafHash;
        Hash = hash;
        _fields = fields;
        _signature = signature;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    public TransactionHash Hash { get; }

    /// <summary><see cref="MerkleTree.LeafHash"/> of the bytes, where whoever parsed them had it.</summary>
    internal Hash256? LeafHash { get; }

    /// <summary>Who is said to have signed.</summary>
    public Address Sender => _fields.Sender;

    /// <summary>Signatures to check.</summary>
    public int SignatureCount => _signature.Count;

    /// <summary>Reads one canonical transaction of this chain. Bounded: at most <see cref="Limits.TransactionBytesMax"/>.</summary>
    /// <param name="bytes">Kept, not copied: they must not change afterwards.</param>
    /// <param name="genesis">The chain that it must be for.</param>
    /// <param name="transaction">Null where there is a fault.</param>
    /// <param name="fault">Never one of signatures that are well-formed and wrong: those are found by <see cref="TryVerify"/>.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes, GenesisHash genesis, [NotNullWhen(true)] out UnverifiedTransaction? transaction, out TransactionFault fault) =>
        TryParse(bytes, null, genesis, out transaction, out fault);

    /// <summary>The same for who has <see cref="MerkleTree.LeafHash"/> of these very bytes: it is not made again.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> bytes, Hash256? leafHash, GenesisHash genesis, [NotNullWhen(true)] out UnverifiedTransaction? transaction, out TransactionFault fault)
    {
        transaction = null;
        if (bytes.Length > Limits.TransactionBytesMax) return Refuse(TransactionFault.TooLarge, out fault);
        if (!TryOpen(bytes.Span, out var bodyBytes, out var signatureBytes)) return Refuse(TransactionFault.NotCanonical, out fault);
        fault = TransactionFault.None;
        if (!TransferReader.TryRead(bodyBytes, genesis, out var fields) && !TryReadAny(bodyBytes, genesis, out fields, out fault)) return false;
        if (!TransactionSignature.TryDecode(signatureBytes, fields.Kind, out var signature)) return Refuse(TransactionFault.MalformedSignature, out fault);
        transaction = new UnverifiedTransaction(bytes, leafHash, Transaction.HashOf(bodyBytes), fields, signature);
        return true;
    }

    /// <summary>Any kind of body, by way of the protobuf library.</summary>
    internal static bool TryReadAny(ReadOnlySpan<byte> bytes, GenesisHash genesis, out TransactionFields fields, out TransactionFault fault)
    {
        fields = default;
        if (!CanonicalProto.TryParse(BodyParser, bytes, out var body)) return Refuse(TransactionFault.NotCanonical, out fault);
        fault = TransactionShape.Check(body, genesis);
        if (fault == TransactionFault.None) fields = TransactionFields.Of(body);
        return fault == TransactionFault.None;
    }

    /// <summary>Hash of what may be a transaction, without looking into it; false where the bytes are not even an envelope.</summary>
    public static bool TryHash(ReadOnlySpan<byte> bytes, out TransactionHash hash)
    {
        hash = default;
        if (bytes.Length > Limits.TransactionBytesMax || !TryOpen(bytes, out var body, out _)) return false;
        hash = Transaction.HashOf(body);
        return true;
    }

    /// <summary>The body of an envelope that was parsed before.</summary>
    internal static TransactionBody BodyOf(ReadOnlySpan<byte> envelope)
    {
        var isOpen = TryOpen(envelope, out var body, out _);
        Invariant.Check(isOpen, "the bytes of a transaction are its envelope");
        return BodyParser.ParseFrom(body);
    }

    /// <summary>Recovers the signer, and of a claim the holder too: false where it is not the sender, or not the holder.</summary>
    public bool TryVerify([NotNullWhen(true)] out Transaction? transaction, out TransactionFault fault)
    {
        transaction = null;
        var digest = _signature.IsTyped ? WalletWithdrawal.DigestOf(_fields.Message!) : Hash.Value;
        if (!_signature.IsBy(Sender, digest)) return Refuse(TransactionFault.WrongSignature, out fault);
        fault = _fields.Message?.ClaimSnapshot is { } claim ? ClaimMessage.CheckSignature(claim) : TransactionFault.None;
        if (fault == TransactionFault.None) transaction = new Transaction(this, _fields);
        return transaction is not null;
    }

    // The one canonical envelope: field 1, then field 2, neither written where it is empty, lengths as short as they can be.
    private static bool TryOpen(ReadOnlySpan<byte> envelope, out ReadOnlySpan<byte> body, out ReadOnlySpan<byte> signature)
    {
        signature = default;
        return TryField(ref envelope, BodyTag, out body) && TryField(ref envelope, SignatureTag, out signature) && envelope.IsEmpty;
    }

    private static bool TryField(scoped ref ReadOnlySpan<byte> rest, byte tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (rest.IsEmpty || rest[0] != tag) return true;
        int length = 0, at = 1;
        for (var shift = 0; ; shift += 7)
        {
            if (shift > 14 || at >= rest.Length) return false; // three bytes of length are more than a transaction has
            var next = rest[at++];
            length |= (next & 0x7f) << shift;
            if ((next & 0x80) != 0) continue;
            if (next == 0) return false; // an explicit default, or a length with a useless last byte
            break;
        }

        if (length > rest.Length - at) return false;
        content = rest.Slice(at, length);
        rest = rest[(at + length)..];
        return true;
    }

    private static bool Refuse(TransactionFault reason, out TransactionFault fault)
    {
        fault = reason;
        return false;
    }
}
