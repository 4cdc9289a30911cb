using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// The few functions of libsecp256k1 (0.2 or later) that the chain uses. This is the seam that a package such as
/// NBitcoin.Secp256k1 would replace; nothing else in the project imports the library.
/// </summary>
internal static unsafe partial class Secp256k1
{
    public const int SecretSize = 32;
    public const int PublicKeySize = 64;

    /// <summary>Size of a key in the form that the library works with; it means something in this process only.</summary>
    public const int ParsedKeySize = 64;

    private const string Library = "libsecp256k1.so.1";
    private const uint ContextNone = 1;
    private const uint Uncompressed = 2;

    /// <summary>Half of the order of the group, big-endian: the greatest s that is "low" (EIP-2).</summary>
    public static ReadOnlySpan<byte> HalfOrder =>
    [
        0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
    ];

    // A context is read-only after randomisation, so that all threads may share it.
    private static readonly nint Context = CreateContext();

    /// <summary>x and y of the key, 32 bytes big-endian each; false where the secret is zero or not below the order.</summary>
    public static bool TryPublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey)
    {
        byte* opaque = stackalloc byte[64];
        fixed (byte* s = secret)
        {
            return secp256k1_ec_pubkey_create(Context, opaque, s) == 1 && Serialize(opaque, publicKey);
        }
    }

    /// <summary>Deterministic (RFC 6979) low-s signature r || s and its recovery id.</summary>
    public static bool TrySign(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> secret, Span<byte> signature, out byte recoveryId)
    {
        byte* opaque = stackalloc byte[65];
        int id;
        fixed (byte* d = digest, s = secret, o = signature)
        {
            recoveryId = 0;
            if (secp256k1_ecdsa_sign_recoverable(Context, opaque, d, s, 0, 0) != 1) return false;
            if (secp256k1_ecdsa_recoverable_signature_serialize_compact(Context, o, &id, opaque) != 1) return false;
            recoveryId = (byte)id;
            return true;
        }
    }

    /// <summary>Key that made the signature over the digest; false where there is none.</summary>
    public static bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, byte recoveryId, Span<byte> publicKey)
    {
        Span<byte> parsedKey = stackalloc byte[ParsedKeySize];
        return TryRecover(digest, signature, recoveryId, publicKey, parsedKey);
    }

    /// <summary>The same, with the key in the library's own form too.</summary>
    public static bool TryRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, byte recoveryId, Span<byte> publicKey, Span<byte> parsedKey)
    {
        byte* recoverable = stackalloc byte[65];
        fixed (byte* d = digest, s = signature, k = parsedKey)
        {
            return secp256k1_ecdsa_recoverable_signature_parse_compact(Context, recoverable, s, recoveryId) == 1
                && secp256k1_ecdsa_recover(Context, k, recoverable, d) == 1
                && Serialize(k, publicKey);
        }
    }

    /// <summary>Whether r || s with a low s is a signature of the digest under a key in the library's own form.</summary>
    public static bool IsSigned(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> parsedKey)
    {
        byte* parsed = stackalloc byte[64];
        fixed (byte* d = digest, s = signature, k = parsedKey)
        {
            return secp256k1_ecdsa_signature_parse_compact(Context, parsed, s) == 1 && secp256k1_ecdsa_verify(Context, parsed, d, k) == 1;
        }
    }

    private static bool Serialize(byte* opaque, Span<byte> publicKey)
    {
        byte* full = stackalloc byte[65];
        nuint length = 65;
        if (secp256k1_ec_pubkey_serialize(Context, full, &length, opaque, Uncompressed) != 1) return false;
        new ReadOnlySpan<byte>(full + 1, PublicKeySize).CopyTo(publicKey);
        return true;
    }

    private static nint CreateContext()
    {
        try
        {
            var context = secp256k1_context_create(ContextNone);
            Span<byte> seed = stackalloc byte[32];
            System.Security.Cryptography.RandomNumberGenerator.Fill(seed);
            fixed (byte* s = seed) _ = secp256k1_context_randomize(context, s); // blinds secrets against side channels
            return context;
        }
        catch (DllNotFoundException missing)
        {
            throw new OperatorException($"{Library} is missing: install Debian's package libsecp256k1-1 (./setup.sh does it)", missing);
        }
    }

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_context_randomize(nint context, byte* seed);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ec_pubkey_create(nint context, byte* key, byte* secret);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ec_pubkey_serialize(nint context, byte* output, nuint* length, byte* key, uint flags);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ecdsa_sign_recoverable(nint context, byte* signature, byte* digest, byte* secret, nint nonce, nint data);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ecdsa_recoverable_signature_serialize_compact(nint context, byte* output, int* id, byte* signature);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ecdsa_recoverable_signature_parse_compact(nint context, byte* signature, byte* input, int id);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ecdsa_recover(nint context, byte* key, byte* signature, byte* digest);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ecdsa_signature_parse_compact(nint context, byte* signature, byte* input);

    [LibraryImport(Library), SuppressGCTransition]
    private static partial int secp256k1_ecdsa_verify(nint context, byte* signature, byte* digest, byte* key);
}
