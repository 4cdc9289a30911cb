using System.Text.Json;
using System.Text.Json.Serialization;

namespace NeuroChain.Chain;

/// <summary>Reads a value type's text, the inverse of its ToString.</summary>
public delegate bool TryParseText<T>(string? text, out T value);

/// <summary>JSON strings for a value type that has text; says the wanted form where the text has another.</summary>
public sealed class TextConverter<T>(TryParseText<T> tryParse, string form) : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String && tryParse(reader.GetString(), out var value)) return value;
        throw new JsonException($"{form} wanted");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
