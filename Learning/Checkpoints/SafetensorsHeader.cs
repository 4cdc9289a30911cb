using System.Buffers;
using System.Text.Json;

namespace NeuroChain.Learning;

/// <summary>The JSON header of a safetensors file, written and checked for one plan.</summary>
internal static class SafetensorsHeader
{
    private const string DataType = "F32";

    public static byte[] Write(ModelPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var tensor in plan.Tensors)
            {
                writer.WriteStartObject(tensor.Name);
                writer.WriteString("dtype", DataType);
                writer.WriteStartArray("shape");
                foreach (var side in tensor.Shape) writer.WriteNumberValue(side);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue((long)sizeof(float) * tensor.Offset);
                writer.WriteNumberValue((long)sizeof(float) * (tensor.Offset + tensor.Count));
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        // The reference writer aligns the payload to eight bytes with blanks.
        var header = new byte[(buffer.WrittenCount + 7) / 8 * 8];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    /// <summary>Only the canonical bytes are right; for all others the first reason that explains them is named.</summary>
    public static CheckpointError Check(ReadOnlySpan<byte> header, ModelPlan plan)
    {
        if (header.SequenceEqual(Write(plan))) return CheckpointError.None;
        try
        {
            using var document = JsonDocument.Parse(header.ToArray(), new JsonDocumentOptions { MaxDepth = 4 });
            return Explain(document.RootElement, plan);
        }
        // A string with half a surrogate pair parses but cannot be read; System.Text.Json reports that as an invalid operation.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return CheckpointError.HeaderNotJson;
        }
    }

    private static CheckpointError Explain(JsonElement root, ModelPlan plan)
    {
        if (root.ValueKind != JsonValueKind.Object) return CheckpointError.HeaderNotJson;
        var names = new List<string>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.NameEquals("__metadata__")) return CheckpointError.Metadata;
            if (names.Contains(property.Name)) return CheckpointError.DuplicateTensor;
            if (!plan.Tensors.Any(tensor => property.NameEquals(tensor.Name))) return CheckpointError.UnknownTensor;
            names.Add(property.Name);
        }
        if (names.Count < plan.Tensors.Count) return CheckpointError.MissingTensor;
        if (!names.SequenceEqual(plan.Tensors.Select(tensor => tensor.Name))) return CheckpointError.TensorOrder;
        foreach (var tensor in plan.Tensors)
        {
            var error = Explain(root.GetProperty(tensor.Name), tensor);
            if (error != CheckpointError.None) return error;
        }
        return CheckpointError.NotCanonical;
    }

    private static CheckpointError Explain(JsonElement element, ParameterTensor tensor)
    {
        if (element.ValueKind != JsonValueKind.Object) return CheckpointError.HeaderNotJson;
        if (!element.TryGetProperty("dtype", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals(DataType))
            return CheckpointError.WrongDataType;
        if (!element.TryGetProperty("shape", out var shape) || !AreNumbers(shape, [.. tensor.Shape.Select(side => (long)side)]))
            return CheckpointError.WrongShape;
        var begin = (long)sizeof(float) * tensor.Offset;
        return element.TryGetProperty("data_offsets", out var offsets)
            && AreNumbers(offsets, [begin, begin + ((long)sizeof(float) * tensor.Count)])
            ? CheckpointError.None
            : CheckpointError.WrongOffsets;
    }

    private static bool AreNumbers(JsonElement element, long[] expected) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() == expected.Length
        && element.EnumerateArray().Zip(expected).All(pair =>
            pair.First.ValueKind == JsonValueKind.Number && pair.First.TryGetInt64(out var number) && number == pair.Second);
}
