using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NeuroChain.Chain;

/// <summary>Changes single settings by their names in the genesis file: "training.term_blocks" to "8".</summary>
public static class ParameterChange
{
    /// <summary>The parameters with all the settings changed, or why that cannot be.</summary>
    /// <param name="parameters">As they are.</param>
    /// <param name="settings">Key and value as in the genesis file, without quotes.</param>
    /// <param name="changed">The parameters afterwards; as before where there is a fault.</param>
    public static ParameterFault Apply(ChainParameters parameters, IEnumerable<(string Key, string Value)> settings, out ChainParameters changed)
    {
        changed = parameters;
        var root = JsonNode.Parse(parameters.Encode())!.AsObject();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in settings)
        {
            if (!seen.Add(key)) return ParameterFault.Repeated;
            var names = key.Split('.');
            var parent = root;
            foreach (var name in names[..^1])
            {
                if (parent[name] is not JsonObject inner) return ParameterFault.Unknown;
                parent = inner;
            }

            if (parent[names[^1]] is not JsonValue old) return ParameterFault.Unknown;
            if (Replacement(old, value) is not { } replacement) return ParameterFault.Invalid;
            parent[names[^1]] = replacement;
        }

        if (!ChainParameters.TryDecode(JsonSerializer.SerializeToUtf8Bytes(root), out var valid)) return ParameterFault.Invalid;
        changed = valid;
        return ParameterFault.None;
    }

    // A number stays a number and a text a text: anything else would not be read back. The framework's parser lets zero characters pass at the end.
    private static JsonNode? Replacement(JsonValue old, string value)
    {
        if (old.GetValueKind() == JsonValueKind.String) return JsonValue.Create(value);
        return !value.Contains('\0', StringComparison.Ordinal) && ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? JsonValue.Create(number) : null;
    }
}

/// <summary>Why settings cannot be changed.</summary>
public enum ParameterFault
{
    None,

    /// <summary>No setting has that name.</summary>
    Unknown,

    /// <summary>One setting is named twice.</summary>
    Repeated,

    /// <summary>The value has another form, or is out of its bounds, alone or together with the others.</summary>
    Invalid,
}
