using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using NeuroChain.Chain;

namespace NeuroChain.Bridge.Tests;

/// <summary>Bridge/tools/oracle.js: another implementation, asked many questions at once.</summary>
internal static class Oracle
{
    private const string Script = "Bridge/tools/oracle.js";

    /// <summary>The answers, in the order of the questions.</summary>
    public static async Task<List<JsonElement>> AskAsync(IEnumerable<JsonObject> questions)
    {
        JsonArray asked = [.. questions];
        var count = asked.Count;
        var start = new ProcessStartInfo("node", [Path.Combine(Root(), Script)]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(new JsonObject { ["questions"] = asked }.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, await errors);
        List<JsonElement> answers = [.. JsonDocument.Parse(await output).RootElement.GetProperty("answers").EnumerateArray()];
        Assert.Equal(count, answers.Count);
        return answers;
    }

    public static bool IsRefusal(JsonElement answer, out string why)
    {
        var isRefusal = answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("refused", out _);
        why = isRefusal ? answer.GetProperty("refused").GetString()! : "";
        return isRefusal;
    }

    /// <summary>The root of a trie of these.</summary>
    public static JsonObject Trie(string kind, IEnumerable<(byte[] Key, byte[] Value)> entries) => new()
    {
        ["kind"] = kind,
        ["entries"] = new JsonArray([.. entries.Select(entry => (JsonNode)new JsonArray(Hex.Encode(entry.Key), Hex.Encode(entry.Value)))]),
    };

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Script)))
                return folder.FullName;
        throw new InvalidOperationException($"{Script} is missing");
    }
}
