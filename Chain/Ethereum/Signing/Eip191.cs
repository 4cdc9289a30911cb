using System.Globalization;
using System.Text;

namespace NeuroChain.Chain;

/// <summary>
/// What a wallet signs for personal_sign (EIP-191, version 0x45): keccak256("\x19Ethereum Signed Message:\n" || number of bytes in decimal ||
/// message). The length is of bytes, not of characters.
/// </summary>
public static class Eip191
{
    public static Hash256 Digest(ReadOnlySpan<byte> message)
    {
        var prefix = "\u0019Ethereum Signed Message:\n" + message.Length.ToString(CultureInfo.InvariantCulture);
        return Keccak256.Hash(new ByteWriter(prefix.Length + message.Length).Bytes(Encoding.ASCII.GetBytes(prefix)).Bytes(message).ToArray());
    }

    /// <summary>Of the UTF-8 of a text.</summary>
    public static Hash256 Digest(string message) => Digest(Encoding.UTF8.GetBytes(message));
}
