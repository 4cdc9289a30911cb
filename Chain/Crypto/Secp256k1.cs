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
    public const int RecoverableSize = 65;

    private const string Library = "libsecp256k1.so.1";
    private const uint ContextNone = 1;
    private const uint Uncompressed = 2;

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
        byte* parsed = stackalloc byte[65];
        byte* opaque = stackalloc byte[64];
        fixed (byte* d = digest, s = signature)
        {
            return secp256k1_ecdsa_recoverable_signature_parse_compact(Context, parsed, s, recoveryId) == 1
                && secp256k1_ecdsa_recover(Context, opaque, parsed, d) == 1
                && Serialize(opaque, publicKey);
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
}
