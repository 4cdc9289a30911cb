using System.Text.Json;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A file of settings: one JSON object. What is wrong with it is said in one line that names the key and the form that is wanted.</summary>
internal static class OptionsFile
{
    /// <param name="path">The file.</param>
    /// <param name="name">What the operator calls it, at the head of every refusal.</param>
    /// <param name="missing">What to do where there is no such file.</param>
    /// <param name="json">How the settings are spelled.</param>
    /// <exception cref="OperatorException">The file is missing, or is no object of these settings.</exception>
    public static T Load<T>(string path, string name, string missing, JsonSerializerOptions json) where T : class
    {
        if (!File.Exists(path)) throw new OperatorException($"{path} is missing: {missing}");
        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), json) ?? throw new OperatorException($"{name}: null, an object is wanted");
        }
        catch (JsonException bad)
        {
            throw new OperatorException($"{name}: {JsonFault.Describe(bad, typeof(T), json)}", bad);
        }
    }

    public static void Save<T>(string path, T options, JsonSerializerOptions json) where T : class =>
        File.WriteAllBytes(path, [.. JsonSerializer.SerializeToUtf8Bytes(options, json), (byte)'\n']);
}
