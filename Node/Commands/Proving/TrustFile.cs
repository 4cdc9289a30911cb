using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The newest trusted header, kept between calls: a light block as text. Whoever can write it decides what is believed.</summary>
internal sealed class TrustFile(string path)
{
    private const string Key = "light_block";

    public bool Exists => File.Exists(path);

    /// <exception cref="OperatorException">It is not such a file.</exception>
    public LightBlock Load()
    {
        try
        {
            var text = JsonNode.Parse(File.ReadAllText(path))?[Key]?.GetValue<string>();
            if (Hex.TryDecode(text, out var bytes) && LightBlock.TryDecode(bytes, out var block)) return block;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException)
        {
            // The same as any other content that is no light block.
        }

        throw new OperatorException($"--trust-file: {path} is harmed or of something else: delete it and begin from --trust-height and --trust-hash, or --genesis");
    }

    /// <summary>Written beside and moved into place, so that a call that is interrupted leaves the old one.</summary>
    public void Save(LightBlock block)
    {
        var content = new JsonObject
        {
            ["genesis"] = block.Header.Genesis.ToString(),
            ["height"] = block.Height.Value,
            ["hash"] = block.Header.Hash.ToString(),
            [Key] = Hex.Encode(block.Encode()),
        };
        var written = path + ".new";
        File.WriteAllText(written, content.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
        File.Move(written, path, overwrite: true);
    }
}
