using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>
/// SHA-256 (FIPS 180-4) of short inputs. The framework's one-shot call looks its algorithm up in OpenSSL each time, which takes three times as
/// long as hashing two blocks: most of what the chain hashes is that short, so the functions below that lookup are called directly.
/// </summary>
/// <remarks>This is the seam that the framework's own class would fill again where the functions are not to be had.</remarks>
internal static unsafe partial class Sha256
{
    // SHA256_CTX of OpenSSL: eight words of state, two of length, sixteen of data, two counters.
    private const int ContextSize = 112;

    private const string Library = "libcrypto.so.3";

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Invariant.Check(digest.Length == Hash256.Size, "a digest has 32 bytes");
        var context = stackalloc byte[ContextSize];
        fixed (byte* d = data, o = digest)
        {
            _ = SHA256_Init(context);
            _ = SHA256_Update(context, d, (nuint)data.Length);
            _ = SHA256_Final(o, context);
        }
    }

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int SHA256_Init(byte* context);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int SHA256_Update(byte* context, byte* data, nuint length);

    [LibraryImport(Library)]
    [SuppressGCTransition]
    private static partial int SHA256_Final(byte* digest, byte* context);
}
