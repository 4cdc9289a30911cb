using System.Collections.Frozen;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>A file of the page: its bytes, its type and the tag by which a browser knows that it has these bytes.</summary>
internal sealed record PageFile(byte[] Content, string Type, string Tag);

/// <summary>
/// The page's files, which are built into the program. A request names one of them exactly or nothing: no path is ever put together.
/// </summary>
internal static class PageFiles
{
    public const string Root = "/bridge";

    private const string Prefix = "page/";

    /// <summary>By the path of the request.</summary>
    public static FrozenDictionary<string, PageFile> ByPath { get; } = Load();

    private static FrozenDictionary<string, PageFile> Load()
    {
        var assembly = typeof(PageFiles).Assembly;
        var files = new Dictionary<string, PageFile>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            files.Add(PathOf(name[Prefix.Length..]), new PageFile(content, TypeOf(name), $"\"{Hash256.Sha256(content).ToString()[2..34]}\""));
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static string PathOf(string file) => file switch
    {
        "index.html" => Root,
        _ when file.EndsWith(".html", StringComparison.Ordinal) => $"{Root}/{file[..^".html".Length]}",
        _ => $"{Root}/{file}",
    };

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvariantException($"a file of the page has a type that browsers are told, {other} is none"),
    };
}
