using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// An ECDSA signature over secp256k1 that says nothing about its key: r || s, 64 bytes, big-endian. For statements that name their signer,
/// where a recovery id would only be a byte that anybody could alter. Exists only with a low s (EIP-2) and with r and s other than zero.
/// </summary>
public sealed class EcdsaSignature
{
    public const int Size = 64;

    // 0 and 1 for the two points with x = r, 2 and 3 for those with x = r + order, which fits below the field's prime for few r only.
    private const byte RecoveryIds = 4;

    private readonly byte[] _bytes;

    private EcdsaSignature(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EcdsaSignature? signature)
    {
        signature = bytes.Length == Size && IsWellFormed(bytes) ? new EcdsaSignature(bytes.ToArray()) : null;
        return signature is not null;
    }

    /// <summary>
    /// Whether the key of the address signed the digest. Under a key that was seen before one verification; under another as many recoveries
    /// as there are keys that can have made these bytes, nearly always two. Both ask the same: whether the signature is valid under a key
    /// whose hash is the address (SEC 1, 4.1.4 and 4.1.6).
    /// </summary>
    public bool IsBy(Address signer, Hash256 digest)
    {
        if (SignatureMemo.Current is { } memo) return IsBy(signer, digest, memo);
        Span<byte> key = stackalloc byte[Secp256k1.ParsedKeySize];
        if (KnownKeys.TryFind(signer, key)) return IsUnder(key, digest);
        for (byte id = 0; id < RecoveryIds; id++)
        {
            if (!TryRecover(digest, id, key, out var recovered) || recovered != signer) continue;
            KnownKeys.Learn(signer, key);
            return true;
        }

        return false;
    }

    public override string ToString() => Hex.Encode(_bytes);

    /// <summary>r and s of 32 bytes each, neither zero, s not above half the order.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<byte> bytes) =>
        bytes[32..64].SequenceCompareTo(Secp256k1.HalfOrder) <= 0 && bytes[..32].ContainsAnyExcept((byte)0) && bytes[32..64].ContainsAnyExcept((byte)0);

    /// <summary>Of bytes that were found well-formed.</summary>
    internal static EcdsaSignature Of(ReadOnlySpan<byte> bytes) => new(bytes[..Size].ToArray());

    // With a memo: the facts that it holds are recoveries.
    private bool IsBy(Address signer, Hash256 digest, SignatureMemo memo)
    {
        Span<byte> recoverable = stackalloc byte[Signature.Size];
        Span<byte> key = stackalloc byte[Secp256k1.ParsedKeySize];
        _bytes.CopyTo(recoverable);
        for (byte id = 0; id < RecoveryIds; id++)
        {
            recoverable[Size] = id;
            if (!memo.TryRecall(digest, recoverable, out var recovered))
            {
                recovered = TryRecover(digest, id, key, out var anew) ? anew : null;
                memo.Learn(digest, recoverable, recovered);
            }

            if (recovered == signer) return true;
        }

        return false;
    }

    private bool IsUnder(ReadOnlySpan<byte> key, Hash256 digest)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        digest.CopyTo(hash);
        return Secp256k1.IsSigned(hash, _bytes, key);
    }

    private bool TryRecover(Hash256 digest, byte id, Span<byte> parsedKey, out Address signer)
    {
        signer = default;
        Span<byte> hash = stackalloc byte[Hash256.Size];
        digest.CopyTo(hash);
        Span<byte> key = stackalloc byte[Secp256k1.PublicKeySize];
        if (!Secp256k1.TryRecover(hash, _bytes, id, key, parsedKey)) return false;
        signer = PublicKey.AddressOf(key);
        return true;
    }
}
