using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace NeuroChain.Chain;

/// <summary>A secret of secp256k1. Never shown by <see cref="ToString"/>; exported by name only.</summary>
public sealed class PrivateKey
{
    private readonly byte[] _secret;

    private PrivateKey(byte[] secret, byte[] point)
    {
        _secret = secret;
        PublicKey = new PublicKey(point);
        Address = PublicKey.Address;
    }

    public PublicKey PublicKey { get; }

    public Address Address { get; }

    /// <summary>False where the bytes are not 32, are zero or are not below the order of the group.</summary>
    public static bool TryFromBytes(ReadOnlySpan<byte> secret, [NotNullWhen(true)] out PrivateKey? key)
    {
        key = null;
        if (secret.Length != Secp256k1.SecretSize) return false;
        var point = new byte[Secp256k1.PublicKeySize];
        if (!Secp256k1.TryPublicKey(secret, point)) return false;
        key = new PrivateKey(secret.ToArray(), point);
        return true;
    }

    /// <summary>A key derived from a seed, which is as secret as the key: the same seed always gives the same key.</summary>
    public static PrivateKey FromSeed(Hash256 seed)
    {
        for (var candidate = seed; ; candidate = Hash256.Sha256(candidate.ToArray()))
            if (TryFromBytes(candidate.ToArray(), out var key))
                return key;
    }

    public static PrivateKey Generate()
    {
        while (true)
            if (TryFromBytes(RandomNumberGenerator.GetBytes(Secp256k1.SecretSize), out var key))
                return key;
    }

    public Signature Sign(Hash256 digest)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        digest.CopyTo(hash);
        Span<byte> bytes = stackalloc byte[Signature.Size];
        var signed = Secp256k1.TrySign(hash, _secret, bytes[..64], out bytes[64]);
        Invariant.Check(signed, "signing with a valid secret cannot fail");
        var valid = Signature.TryFromBytes(bytes, out var signature);
        Invariant.Check(valid, "the library signs with a low s and a recovery id of 0 or 1");
        SignatureMemo.Current?.Learn(digest, bytes, Address);
        return signature!;
    }

    /// <summary>The secret itself, for key stores.</summary>
    public byte[] ExportSecret() => (byte[])_secret.Clone();

    public override string ToString() => $"key of {Address}";
}
