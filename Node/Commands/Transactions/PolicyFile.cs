using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The policy of an account that several keys hold, as a JSON file: threshold and members. Nothing in it is secret.</summary>
internal static class PolicyFile
{
    /// <summary>Longer files are none of ours: sixteen members take less than a kilobyte.</summary>
    public const int BytesMax = 64 * 1024;

    /// <exception cref="OperatorException">The file is not there, or is no policy.</exception>
    public static MultiSignaturePolicy Load(string path) =>
        Read(ReadObject(path, "--policy")) ?? throw new OperatorException($"--policy: {path} is no policy: make one by ./neurochain key policy");

    public static void Save(string path, MultiSignaturePolicy policy)
    {
        if (File.Exists(path)) throw new OperatorException($"{path} is there already");
        Write(path, ToJson(policy));
    }

    public static JsonObject ToJson(MultiSignaturePolicy policy) => new()
    {
        ["address"] = policy.Address.ToString(),
        ["threshold"] = policy.Threshold,
        ["members"] = new JsonArray([.. policy.Members.Select(member => JsonValue.Create(member.ToString()))]),
    };

    /// <summary>Null where it is none, or its address is not what follows from the rest.</summary>
    public static MultiSignaturePolicy? Read(JsonNode? json)
    {
        try
        {
            if (json?["threshold"]?.GetValue<int>() is not { } threshold || json["members"] is not JsonArray members) return null;
            if (members.Count > Limits.MultiSignatureMembersMax) return null;
            var addresses = members.Select(member => Address.TryParse(member?.GetValue<string>(), out var address) ? address : Address.Zero).ToArray();
            if (addresses.Contains(Address.Zero) || !MultiSignaturePolicy.TryCreate(threshold, addresses, out var policy)) return null;
            return json["address"]?.GetValue<string>() == policy.Address.ToString() ? policy : null;
        }
        catch (Exception malformed) when (malformed is InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>A JSON object out of a file of bounded size.</summary>
    public static JsonObject ReadObject(string path, string what)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new OperatorException($"{what}: there is no {path}");
        if (file.Length > BytesMax) throw new OperatorException($"{what}: {path} is larger than {BytesMax} bytes");
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is JsonObject read) return read;
        }
        catch (JsonException)
        {
            // The same as JSON of another shape.
        }

        throw new OperatorException($"{what}: {path} is no JSON object");
    }

    /// <summary>Written beside and moved into place, so that a call that is interrupted leaves the old one.</summary>
    public static void Write(string path, JsonObject content)
    {
        var written = path + ".new";
        using (var file = new FileStream(written, FileMode.Create, FileAccess.Write))
        {
            file.Write(Encoding.UTF8.GetBytes(content.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n"));
            file.Flush(flushToDisk: true); // a name that leads to an empty file would be worse than the old one
        }

        File.Move(written, path, overwrite: true);
    }
}
