using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace NeuroChain.Learning;

/// <summary>The JSON form of a model spec; reading is strict because the hash of what is read becomes a name on chain.</summary>
internal static class ModelSpecJson
{
    private const int Version = 1;
    private const string Loss = "softmax-cross-entropy";

    public static byte[] Write(Shape input, IReadOnlyList<LayerSpec> layers)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("version", Version);
            writer.WriteStartArray("input");
            writer.WriteNumberValue(input.Channels);
            writer.WriteNumberValue(input.Height);
            writer.WriteNumberValue(input.Width);
            writer.WriteEndArray();
            writer.WriteStartArray("layers");
            foreach (var layer in layers) WriteLayer(writer, layer);
            writer.WriteEndArray();
            writer.WriteString("loss", Loss);
            writer.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    public static bool TryRead(
        ReadOnlySpan<byte> json, out Shape input, [NotNullWhen(true)] out LayerSpec[]? layers, out ModelSpecError error)
    {
        input = default;
        layers = null;
        error = ModelSpecError.TooLong;
        if (json.Length > ModelLimits.SpecBytesMax) return false;
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), new JsonDocumentOptions { MaxDepth = 8 });
            return TryReadModel(document.RootElement, out input, out layers, out error);
        }
        // A string with half a surrogate pair parses but cannot be read; System.Text.Json reports that as an invalid operation.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            layers = null;
            error = ModelSpecError.NotJson;
            return false;
        }
    }

    private static void WriteLayer(Utf8JsonWriter writer, LayerSpec layer)
    {
        writer.WriteStartObject();
        switch (layer)
        {
            case DenseSpec dense:
                writer.WriteString("kind", "dense");
                writer.WriteNumber("units", dense.Units);
                break;
            case ConvolutionSpec convolution:
                writer.WriteString("kind", "conv2d");
                writer.WriteNumber("channels", convolution.Channels);
                writer.WriteNumber("kernel", convolution.Kernel);
                writer.WriteNumber("padding", convolution.Padding);
                break;
            case MaxPoolSpec pool:
                writer.WriteString("kind", "max-pool");
                writer.WriteNumber("window", pool.Window);
                break;
            case ReluSpec:
                writer.WriteString("kind", "relu");
                break;
            default:
                writer.WriteString("kind", "flatten");
                break;
        }
        writer.WriteEndObject();
    }

    private static bool TryReadModel(
        JsonElement root, out Shape input, [NotNullWhen(true)] out LayerSpec[]? layers, out ModelSpecError error)
    {
        input = default;
        layers = null;
        if (!TryFields(root, ["version", "input", "layers", "loss"], out var fields, out error)) return false;

        error = ModelSpecError.WrongType;
        if (!TryInteger(fields[0], out var version)) return false;
        if (fields[1].ValueKind != JsonValueKind.Array || fields[1].GetArrayLength() != 3) return false;
        if (!TryInteger(fields[1][0], out var channels) || !TryInteger(fields[1][1], out var height)
            || !TryInteger(fields[1][2], out var width)) return false;
        if (fields[2].ValueKind != JsonValueKind.Array || fields[3].ValueKind != JsonValueKind.String) return false;

        error = ModelSpecError.UnknownVersion;
        if (version != Version) return false;
        error = ModelSpecError.UnknownLoss;
        if (!fields[3].ValueEquals(Loss)) return false;
        error = ModelSpecError.TooManyLayers;
        if (fields[2].GetArrayLength() > ModelLimits.LayersMax) return false;

        var read = new List<LayerSpec>();
        foreach (var element in fields[2].EnumerateArray())
        {
            if (!TryReadLayer(element, out var layer, out error)) return false;
            read.Add(layer);
        }
        input = new Shape(channels, height, width);
        layers = [.. read];
        error = ModelSpecError.None;
        return true;
    }

    private static bool TryReadLayer(JsonElement element, [NotNullWhen(true)] out LayerSpec? layer, out ModelSpecError error)
    {
        layer = null;
        error = ModelSpecError.WrongType;
        if (element.ValueKind != JsonValueKind.Object) return false;
        error = ModelSpecError.MissingField;
        if (!element.TryGetProperty("kind", out var kindElement)) return false;
        error = ModelSpecError.WrongType;
        if (kindElement.ValueKind != JsonValueKind.String) return false;
        var kind = kindElement.GetString();
        string[]? sizes = kind switch
        {
            "dense" => ["units"],
            "conv2d" => ["channels", "kernel", "padding"],
            "max-pool" => ["window"],
            "relu" or "flatten" => [],
            _ => null,
        };
        error = ModelSpecError.UnknownLayer;
        if (sizes is null) return false;
        if (!TryFields(element, ["kind", .. sizes], out var fields, out error)) return false;

        Span<int> values = stackalloc int[3];
        error = ModelSpecError.WrongType;
        for (var i = 0; i < sizes.Length; i++)
            if (!TryInteger(fields[i + 1], out values[i]))
                return false;
        layer = kind switch
        {
            "dense" => new DenseSpec(values[0]),
            "conv2d" => new ConvolutionSpec(values[0], values[1], values[2]),
            "max-pool" => new MaxPoolSpec(values[0]),
            "relu" => new ReluSpec(),
            _ => new FlattenSpec(),
        };
        error = ModelSpecError.None;
        return true;
    }

    /// <summary>The values of exactly the named fields, in the order of the names.</summary>
    private static bool TryFields(JsonElement element, string[] names, out JsonElement[] values, out ModelSpecError error)
    {
        values = new JsonElement[names.Length];
        error = ModelSpecError.WrongType;
        if (element.ValueKind != JsonValueKind.Object) return false;
        var seen = new bool[names.Length];
        foreach (var property in element.EnumerateObject())
        {
            var at = Array.IndexOf(names, property.Name);
            error = at < 0 ? ModelSpecError.UnknownField : ModelSpecError.DuplicateField;
            if (at < 0 || seen[at]) return false;
            seen[at] = true;
            values[at] = property.Value;
        }
        error = ModelSpecError.MissingField;
        if (Array.IndexOf(seen, false) >= 0) return false;
        error = ModelSpecError.None;
        return true;
    }

    private static bool TryInteger(JsonElement element, out int value)
    {
        value = 0;
        return element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out value);
    }
}
