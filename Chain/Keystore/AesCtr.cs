using System.Buffers.Binary;
using System.Security.Cryptography;

namespace NeuroChain.Chain;

/// <summary>AES-128 in counter mode (NIST SP 800-38A 6.5): the initial counter counts up as one 128-bit big-endian number.</summary>
internal static class AesCtr
{
    private const int BlockSize = 16;

    /// <summary>Encrypts and decrypts: both are the exclusive or with the same stream.</summary>
    public static byte[] Transform(ReadOnlySpan<byte> key, ReadOnlySpan<byte> initialCounter, ReadOnlySpan<byte> data)
    {
        using var aes = Aes.Create();
        aes.Key = key.ToArray();
        var blocks = (data.Length + BlockSize - 1) / BlockSize;
        var counters = new byte[blocks * BlockSize];
        var counter = BinaryPrimitives.ReadUInt128BigEndian(initialCounter);
        for (var i = 0; i < blocks; i++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(counters.AsSpan(i * BlockSize), counter);
            counter = unchecked(counter + 1); // the standard's counter wraps
        }

        var stream = aes.EncryptEcb(counters, PaddingMode.None);
        var result = data.ToArray();
        for (var i = 0; i < result.Length; i++) result[i] ^= stream[i];
        CryptographicOperations.ZeroMemory(stream);
        return result;
    }
}
