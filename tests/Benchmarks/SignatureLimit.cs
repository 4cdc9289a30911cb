using System.Diagnostics;
using System.Runtime.InteropServices;
using NeuroChain.Chain;

namespace NeuroChain.Benchmarks;

/// <summary>
/// What all cores together can verify with libsecp256k1 and nothing else: no chain that checks each signature can be faster. It is measured
/// before and after a benchmark, because these machines are not the same from minute to minute.
/// </summary>
internal static unsafe partial class SignatureLimit
{
    private const string Library = "libsecp256k1.so.1";
    private const int Samples = 256;

    private static readonly TimeSpan Settles = TimeSpan.FromMilliseconds(300);

    /// <summary>Verifications per second over all cores.</summary>
    public static double Measure(TimeSpan duration)
    {
        var context = secp256k1_context_create(1);
        var work = Prepare(context);
        // What a run leaves behind would take a part of the cores, and the limit look lower than it is.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(Settles);
        var counts = new long[Environment.ProcessorCount];
        var clock = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, counts.Length).Select(core => new Thread(() =>
        {
            var done = 0L;
            while (clock.Elapsed < duration)
            {
                foreach (var (digest, signature, key) in work)
                    fixed (byte* d = digest, s = signature, k = key)
                        Invariant.Check(secp256k1_ecdsa_verify(context, s, d, k) == 1, "the signatures of the limit are good");
                done += Samples;
            }

            counts[core] = done;
        })).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return counts.Sum() / clock.Elapsed.TotalSeconds;
    }

    private static (byte[] Digest, byte[] Signature, byte[] Key)[] Prepare(nint context)
    {
        var work = new (byte[] Digest, byte[] Signature, byte[] Key)[Samples];
        for (var i = 0; i < Samples; i++)
        {
            var secret = Hash256.Sha256(BitConverter.GetBytes(i)).ToArray();
            var digest = Hash256.Sha256(secret).ToArray();
            var (signature, key) = (new byte[64], new byte[64]);
            fixed (byte* x = secret, d = digest, s = signature, k = key)
            {
                Invariant.Check(secp256k1_ec_pubkey_create(context, k, x) == 1, "a hash is a secret key");
                Invariant.Check(secp256k1_ecdsa_sign(context, s, d, x, 0, 0) == 1, "a key signs");
            }

            work[i] = (digest, signature, key);
        }

        return work;
    }

    [LibraryImport(Library)]
    private static partial nint secp256k1_context_create(uint flags);

    [LibraryImport(Library)]
    private static partial int secp256k1_ec_pubkey_create(nint context, byte* publicKey, byte* secret);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_sign(nint context, byte* signature, byte* digest, byte* secret, nint nonceFunction, nint nonceData);

    [LibraryImport(Library)]
    private static partial int secp256k1_ecdsa_verify(nint context, byte* signature, byte* digest, byte* publicKey);
}
