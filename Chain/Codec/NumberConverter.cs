using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NeuroChain.Chain;

/// <summary>JSON numbers without sign, fraction or exponent; says so where something else stands, instead of naming a type of ours.</summary>
public sealed class NumberConverter<T> : JsonConverter<T>
    where T : struct, IUnsignedNumber<T>, IMinMaxValue<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && T.TryParse(reader.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return value;
        throw new JsonException($"a whole number from 0 to {T.MaxValue} wanted");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteNumberValue(ulong.CreateChecked(value));
}
