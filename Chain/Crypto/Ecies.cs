using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace NeuroChain.Chain;

/// <summary>
/// Encrypts a short secret to a key of secp256k1, by the framework's primitives: ephemeral ECDH, HKDF-SHA256 (RFC 5869) over the shared x with the
/// ephemeral point as salt and the domain tag as info, AES-256-GCM. Layout: ephemeral point x || y 64 | ciphertext as long as the text | tag 16. The nonce
/// is zero: a key is used once.
/// </summary>
public static class Ecies
{
    public const int PointSize = 64;

    private const int TagSize = 16;

    private const int KeySize = 32;

    public const int Overhead = PointSize + TagSize;

    private static readonly byte[] ZeroNonce = new byte[12];

    /// <param name="point">Of the key that is to open it.</param>
    /// <param name="text">What is sealed.</param>
    /// <param name="purpose">Only for it is the box opened.</param>
    /// <param name="ephemeral">A key for this box alone, as secret as the text: with it anybody opens the box.</param>
    /// <param name="box">Ephemeral point, ciphertext, tag.</param>
    /// <returns>False where the point is none of the curve.</returns>
    public static bool TrySeal(ReadOnlySpan<byte> point, ReadOnlySpan<byte> text, Domain purpose, PrivateKey ephemeral, [NotNullWhen(true)] out byte[]? box)
    {
        box = null;
        if (!TryKey(point, null, out var other)) return false;
        using var to = other;
        var from = ephemeral.PublicKey.Bytes.ToArray();
        var isKey = TryKey(from, ephemeral.ExportSecret(), out var key);
        Invariant.Check(isKey, "a private key is one of the curve");
        using var own = key!;
        using var cipher = new AesGcm(KeyOf(own, to, from, purpose), TagSize);
        box = new byte[text.Length + Overhead];
        from.CopyTo(box, 0);
        cipher.Encrypt(ZeroNonce, text, box.AsSpan(PointSize, text.Length), box.AsSpan(PointSize + text.Length));
        return true;
    }

    /// <summary>False where the box is not for this key and purpose, or was changed.</summary>
    public static bool TryOpen(PrivateKey key, ReadOnlySpan<byte> box, Domain purpose, [NotNullWhen(true)] out byte[]? text)
    {
        text = null;
        if (box.Length < Overhead || !TryKey(box[..PointSize], null, out var other)) return false;
        using var from = other;
        if (!TryKey(key.PublicKey.Bytes, key.ExportSecret(), out var mine)) return false;
        using var own = mine;
        using var cipher = new AesGcm(KeyOf(own, from, box[..PointSize].ToArray(), purpose), TagSize);
        var opened = new byte[box.Length - Overhead];
        try
        {
            cipher.Decrypt(ZeroNonce, box[PointSize..^TagSize], box[^TagSize..], opened);
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }

        text = opened;
        return true;
    }

    private static byte[] KeyOf(ECDiffieHellman own, ECDiffieHellman other, byte[] ephemeral, Domain purpose)
    {
        using var publicKey = other.PublicKey;
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, own.DeriveRawSecretAgreement(publicKey), KeySize, ephemeral, System.Text.Encoding.ASCII.GetBytes(purpose.Tag));
    }

    // The framework checks that the point is on the curve.
    private static bool TryKey(ReadOnlySpan<byte> point, byte[]? secret, [NotNullWhen(true)] out ECDiffieHellman? key)
    {
        key = null;
        if (point.Length != PointSize) return false;
        try
        {
            key = ECDiffieHellman.Create(new ECParameters { Curve = Curve(), D = secret, Q = new ECPoint { X = point[..32].ToArray(), Y = point[32..].ToArray() } });
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static ECCurve Curve() => ECCurve.CreateFromFriendlyName("secp256k1");
}
