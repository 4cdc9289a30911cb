using System.CommandLine;
using NeuroChain.Chain;
using NeuroChain.P2P;

namespace NeuroChain.Node;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    public static Option<string> Home() => new("--home") { Description = "Folder of the node", DefaultValueFactory = _ => "home" };

    public static Option<string> Node() => new("--node") { Description = "API of a node, host:port", DefaultValueFactory = _ => "127.0.0.1:26657" };

    public static Option<string> Key() => new("--key") { Description = "Key file (Ethereum V3 JSON)", Required = true };

    public static Option<string?> PasswordFile() => new("--password-file") { Description = "File with the key file's password; else NEUROCHAIN_PASSWORD, else it is asked for" };

    /// <summary>For processes that another one starts.</summary>
    public static Option<bool> UntilInputEnds() => new("--until-stdin-closes") { Description = "Stop when standard input ends", Hidden = true };

    // The greatest answers: how a height was decided, with the frame around it; a full block with what its transactions did has half of that.
    private const int AnswerBytesMax = HeightCertificates.FileBytesMax + 1024;

    public static RpcChannel Connect(string node)
    {
        if (!Uri.TryCreate($"http://{node}", UriKind.Absolute, out var uri)) throw new OperatorException($"--node: host:port wanted, not \"{node}\"");
        return new RpcChannel(uri, new RpcChannelOptions { DefaultDeadline = TimeSpan.FromSeconds(10), MaxReceiveSizeBytes = AnswerBytesMax });
    }

    public static PrivateKey LoadKey(string file, string? passwordFile) =>
        KeystoreFile.TryLoad(file, ReadPassword(passwordFile), out var key, out var fault) ? key : throw new OperatorException($"the key file {file} cannot be opened: {fault}");

    public static string ReadPassword(string? passwordFile)
    {
        if (passwordFile is not null)
            return File.Exists(passwordFile) ? File.ReadAllText(passwordFile).TrimEnd('\n', '\r') : throw new OperatorException($"--password-file: there is no {passwordFile}");
        if (Environment.GetEnvironmentVariable("NEUROCHAIN_PASSWORD") is { } password) return password;
        if (Console.IsInputRedirected) throw new OperatorException("no password: use --password-file or NEUROCHAIN_PASSWORD");
        Console.Error.Write("password: ");
        return ReadHidden();
    }

    private static string ReadHidden()
    {
        var password = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace) password.Append(key.KeyChar);
            else if (password.Length > 0) password.Length--;
        }

        Console.Error.WriteLine();
        return password.ToString();
    }
}
