using System.Runtime.InteropServices;

namespace NeuroChain.Chain;

/// <summary>scrypt (RFC 7914) by OpenSSL's libcrypto, which .NET's own cryptography uses too but does not show.</summary>
internal static unsafe partial class Scrypt
{
    private const string Library = "libcrypto.so.3";

    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptCost cost, Span<byte> key)
    {
        Invariant.Check(cost.IsAllowed, "a cost is checked before memory is given to it");
        // OpenSSL's own limit of 32 MiB is below the standard cost; the slack is for the 128 * r * p bytes and the like.
        var memory = (ulong)cost.MemoryBytes + (1 << 20);
        fixed (byte* p = password, s = salt, k = key)
        {
            byte none = 0; // a null password means "no derivation, only check the cost" to OpenSSL
            var derived = Call(p == null ? &none : p, password.Length, s == null ? &none : s, salt.Length, cost, memory, k, key.Length);
            if (derived != 1) throw new InsufficientMemoryException($"scrypt could not have {cost.MemoryBytes >> 20} MiB of memory");
        }
    }

    private static int Call(byte* password, int passwordLength, byte* salt, int saltLength, ScryptCost cost, ulong memory, byte* key, int keyLength)
    {
        try
        {
            return EVP_PBE_scrypt(
                password, (nuint)passwordLength, salt, (nuint)saltLength, (ulong)cost.N, (ulong)cost.R, (ulong)cost.P, memory, key, (nuint)keyLength);
        }
        catch (DllNotFoundException missing)
        {
            throw new OperatorException($"{Library} is missing: install Debian's package libssl3 (./setup.sh does it)", missing);
        }
    }

    [LibraryImport(Library)]
    private static partial int EVP_PBE_scrypt(
        byte* password, nuint passwordLength, byte* salt, nuint saltLength, ulong n, ulong r, ulong p, ulong memoryMax, byte* key, nuint keyLength);
}
