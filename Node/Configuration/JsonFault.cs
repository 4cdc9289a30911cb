using System.Collections.Immutable;
using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>What is wrong with a settings file, in the words of the file: the key and the form that is wanted, no types of the program.</summary>
internal static class JsonFault
{
    /// <param name="fault">What the reader says.</param>
    /// <param name="record">The record that was read; its keys are one level deep.</param>
    /// <param name="json">How its keys are named.</param>
    public static string Describe(JsonException fault, Type record, JsonSerializerOptions json)
    {
        var key = KeyOf(fault.Path);
        if (key.Length == 0) return $"a JSON object wanted ({fault.Message.ReplaceLineEndings(" ")})";
        var property = record.GetProperties().FirstOrDefault(p => json.PropertyNamingPolicy!.ConvertName(p.Name) == key);
        return property is null ? $"{key}: there is no such key" : $"{key}: {Form(property.PropertyType)} wanted";
    }

    // "$.peers[2]" is about peers.
    private static string KeyOf(string? path) => path is null ? "" : path.TrimStart('$').TrimStart('.').Split('[', '.')[0];

    private static string Form(Type type)
    {
        if (type.IsPrimitive && type != typeof(bool)) return "a number";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(TrustPoint)) return "{\"height\": a number, \"hash\": a text in quotes}";
        if (type == typeof(BridgePageOptions)) return "{\"listen\": a text in quotes, \"deposit_factory\": an address in quotes}";
        if (type == typeof(EthereumSettings)) return EthereumSettings.Form;
        if (type == typeof(RelaySettings)) return RelaySettings.Form;
        if (type == typeof(ImmutableArray<Address>)) return "a list of addresses, each 0x and 40 hexadecimal digits in quotes,";
        return type == typeof(ImmutableArray<string>) ? "a list of texts in quotes" : "a text in quotes";
    }
}
