using System.Globalization;
using NeuroChain.Chain;

namespace NeuroChain.Fuzz;

/// <summary>
/// Inputs as hexadecimal text in tests/vectors/fuzz, a folder for each target: "0.hex" and so on are good cases, "found-*.hex" are inputs for
/// which a promise was once broken.
/// </summary>
public static class Corpus
{
    private const int Cases = 5, LineBytes = 64;

    private static readonly string Root = FindRoot();

    public static string FolderOf(FuzzTarget target) => Path.Combine(Root, "tests", "vectors", "fuzz", target.Name);

    /// <summary>Good cases of the formats as they are written down; none where the target is new.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> GoodOf(FuzzTarget target) => FilesOf(target).Where(file => !IsFound(file)).Select(Read);

    public static IEnumerable<(string Name, byte[] Bytes)> FoundOf(FuzzTarget target) => FilesOf(target).Where(IsFound).Select(Read);

    /// <summary>Writes the good cases again, after a format was changed on purpose; what was found stays.</summary>
    public static void Write(FuzzTarget target)
    {
        Directory.CreateDirectory(FolderOf(target));
        for (var number = 0; number < Cases; number++)
            Write(Path.Combine(FolderOf(target), number.ToString(CultureInfo.InvariantCulture) + ".hex"), target.Case(number));
    }

    /// <summary>Where a failing input is put for whoever looks into it.</summary>
    public static string Keep(FuzzFailure failure)
    {
        var folder = Path.Combine(Root, "artifacts", "fuzz");
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, $"{failure.Target.Name}-{Hash256.Sha256(failure.Input).ToShortString()}.hex");
        Write(path, failure.Input);
        return Path.GetRelativePath(Root, path);
    }

    /// <exception cref="OperatorException">It is no file of hexadecimal digits.</exception>
    public static byte[] ReadFile(string path)
    {
        if (!File.Exists(path)) throw new OperatorException($"{path} is missing");
        var digits = string.Concat(File.ReadAllLines(path));
        return Hex.TryDecode(digits, out var bytes) ? bytes : throw new OperatorException($"{path}: hexadecimal digits wanted");
    }

    private static IEnumerable<string> FilesOf(FuzzTarget target) =>
        Directory.Exists(FolderOf(target)) ? Directory.EnumerateFiles(FolderOf(target), "*.hex").Order(StringComparer.Ordinal) : [];

    private static bool IsFound(string file) => Path.GetFileName(file).StartsWith("found-", StringComparison.Ordinal);

    private static (string Name, byte[] Bytes) Read(string file) => (Path.GetFileName(file), ReadFile(file));

    private static void Write(string path, byte[] bytes) => File.WriteAllLines(path, bytes.Chunk(LineBytes).Select(Convert.ToHexStringLower));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NeuroChain.sln")))
                return folder.FullName;
        throw new OperatorException("the fuzzer runs inside the repository: its corpus is in tests/vectors");
    }
}
