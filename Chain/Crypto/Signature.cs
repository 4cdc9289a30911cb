using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>
/// A recoverable ECDSA signature over secp256k1: r || s || v, 65 bytes, v in {0, 1}. Exists only with a low s (EIP-2), so that
/// nobody can turn one valid signature into another. v of 2 and 3 (r above the order) are refused as Ethereum refuses them.
/// </summary>
public sealed class Signature : IEquatable<Signature>
{
    public const int Size = 65;

    private readonly byte[] _bytes;

    private Signature(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>The signature without v, for what names its signer.</summary>
    public EcdsaSignature WithoutRecoveryId => EcdsaSignature.Of(_bytes);

    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Signature? signature)
    {
        signature = bytes.Length == Size && bytes[64] <= 1 && EcdsaSignature.IsWellFormed(bytes) ? new Signature(bytes.ToArray()) : null;
        return signature is not null;
    }

    /// <summary>Address of the key that signed the digest; false where no key did.</summary>
    public bool TryRecover(Hash256 digest, out Address signer)
    {
        if (SignatureMemo.Current is not { } memo) return TryRecoverAnew(digest, out signer);
        if (!memo.TryRecall(digest, _bytes, out var known))
        {
            known = TryRecoverAnew(digest, out signer) ? signer : null;
            memo.Learn(digest, _bytes, known);
        }

        signer = known ?? default;
        return known is not null;
    }

    public bool IsBy(Address signer, Hash256 digest) => TryRecover(digest, out var recovered) && recovered == signer;

    public bool Equals(Signature? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as Signature);

    public override int GetHashCode() => HashCode.Combine(_bytes[0], _bytes[1], _bytes[33], _bytes[34]);

    public override string ToString() => Hex.Encode(_bytes);

    private bool TryRecoverAnew(Hash256 digest, out Address signer)
    {
        signer = default;
        Span<byte> hash = stackalloc byte[Hash256.Size];
        digest.CopyTo(hash);
        Span<byte> key = stackalloc byte[Secp256k1.PublicKeySize];
        if (!Secp256k1.TryRecover(hash, _bytes.AsSpan(0, 64), _bytes[64], key)) return false;
        signer = PublicKey.AddressOf(key);
        return true;
    }
}
