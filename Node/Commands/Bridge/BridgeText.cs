using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What commands of the bridge print.</summary>
internal static class BridgeText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Print(string name, string value) => Console.WriteLine($"{name,-13} {value}");

    public static void Print(JsonObject json) => Console.WriteLine(json.ToJsonString(Indented));

    public static string Ntk(ByteString amount) => $"{NtkText.Of(amount)} NTK";

    /// <summary>The number alone, as a text: it has more digits than JSON's numbers keep.</summary>
    public static string Json(ByteString amount) => NtkText.Of(amount);

    public static string Address(ByteString address) => Chain.Address.TryFromBytes(address.Span, out var read) ? read.ToString() : "-";

    public static string Hash(ByteString hash) => hash.IsEmpty ? "-" : Hex.Encode(hash.Span);

    /// <summary>The two largest units; rounded up, so that nobody comes too early.</summary>
    public static string Time(ulong milliseconds)
    {
        var seconds = (milliseconds / 1_000) + (milliseconds % 1_000 == 0 ? 0UL : 1);
        return seconds switch
        {
            < 60 => Of(seconds, "s", 0, ""),
            < 3_600 => Of(seconds / 60, "min", seconds % 60, "s"),
            < 86_400 => Of(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
            _ => Of(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
        };
    }

    /// <summary>A reason, and how long it takes as far as that is known.</summary>
    public static string Waiting(string reason, ulong milliseconds) => milliseconds == 0 ? reason : $"{reason}{(reason.Length > 0 ? ", " : "")}about {Time(milliseconds)} left";

    /// <summary>Without its numbers, which change from second to second: what differs in nothing else is worth no new line.</summary>
    public static string WithoutNumbers(string text) => string.Concat(text.Where(c => !char.IsAsciiDigit(c)));

    public static string Clock(ulong seconds) =>
        seconds <= 253_402_300_799 ? DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture) : "never";

    public static Hash256 HashIn(string? text, string name) =>
        Hash256.TryParse(text, out var hash) ? hash : throw new OperatorException($"{name}: 0x and 64 hexadecimal digits");

    public static Amount NtkIn(string? text, string name) =>
        Amount.TryParseNtk(text, out var amount) && !amount.IsZero ? amount : throw new OperatorException($"{name}: NTK as a decimal number, above 0");

    private static string Of(ulong large, string unit, ulong small, string smaller) => small == 0 ? $"{large} {unit}" : $"{large} {unit} {small} {smaller}";
}
