using System.Diagnostics.CodeAnalysis;

namespace NeuroChain.Chain;

/// <summary>Hexadecimal text as the whole system writes it: 0x and lower-case digits.</summary>
public static class Hex
{
    public static string Encode(ReadOnlySpan<byte> bytes) => "0x" + Convert.ToHexStringLower(bytes);

    /// <summary>Reads an even number of digits of either case, with or without 0x.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null) return false;
        var digits = text.AsSpan();
        if (digits.StartsWith("0x")) digits = digits[2..];
        if (digits.Length % 2 != 0) return false;
        foreach (var digit in digits)
            if (!char.IsAsciiHexDigit(digit))
                return false;
        bytes = Convert.FromHexString(digits);
        return true;
    }
}
