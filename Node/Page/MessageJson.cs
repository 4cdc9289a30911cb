using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>
/// A message of the API as JSON for a browser: fields in camel case, bytes as 0x and hexadecimal digits, which a browser reads as one large
/// number too, and numbers of 64 bits as decimal text, as protobuf's own JSON has them. What is absent is null.
/// </summary>
internal static class MessageJson
{
    public static byte[] Of(IMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, message);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, IMessage message)
    {
        writer.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InDeclarationOrder())
        {
            writer.WritePropertyName(field.JsonName);
            var value = field.Accessor.GetValue(message);
            if (field.IsRepeated) WriteAll(writer, (IEnumerable)value);
            else WriteOne(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteAll(Utf8JsonWriter writer, IEnumerable values)
    {
        writer.WriteStartArray();
        foreach (var value in values) WriteOne(writer, value);
        writer.WriteEndArray();
    }

    private static void WriteOne(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case IMessage message: Write(writer, message); break;
            case ByteString bytes: writer.WriteStringValue(Hex.Encode(bytes.Span)); break;
            case ulong number: writer.WriteStringValue(number.ToString(CultureInfo.InvariantCulture)); break;
            case uint number: writer.WriteNumberValue(number); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case string text: writer.WriteStringValue(text); break;
            default: throw new InvariantException($"the bridge's messages have no field of type {value.GetType()}");
        }
    }
}
