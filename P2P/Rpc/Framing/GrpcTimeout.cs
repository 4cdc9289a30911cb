using System.Globalization;

namespace NeuroChain.P2P;

/// <summary>
/// The grpc-timeout header: one to eight digits and a unit (PROTOCOL-HTTP2.md). Zero is taken: some clients send it for "now".
/// </summary>
internal static class GrpcTimeout
{
    private const int MaxDigits = 8;
    private const long LargestNumber = 99_999_999;

    public static bool TryParse(string? text, out TimeSpan timeout)
    {
        timeout = default;
        if (text is null || text.Length is < 2 or > MaxDigits + 1) return false;
        if (text.AsSpan(0, text.Length - 1).ContainsAnyExceptInRange('0', '9')) return false;
        var number = long.Parse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture);
        TimeSpan? parsed = text[^1] switch
        {
            'H' => TimeSpan.FromHours(number),
            'M' => TimeSpan.FromMinutes(number),
            'S' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMilliseconds(number),
            'u' => TimeSpan.FromTicks(number * TimeSpan.TicksPerMicrosecond),
            'n' => TimeSpan.FromTicks(number / TimeSpan.NanosecondsPerTick),
            _ => null,
        };
        if (parsed is null) return false;
        timeout = parsed.Value < RpcLimits.LongestDeadline ? parsed.Value : RpcLimits.LongestDeadline;
        return true;
    }

    public static string Format(TimeSpan timeout)
    {
        var microseconds = Math.Max(0, timeout.Ticks / TimeSpan.TicksPerMicrosecond);
        if (microseconds <= LargestNumber) return $"{microseconds}u";
        if (microseconds / 1000 <= LargestNumber) return $"{microseconds / 1000}m";
        return $"{Math.Min(LargestNumber, microseconds / 1_000_000)}S";
    }
}
