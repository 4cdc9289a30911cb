using System.Security.Cryptography;
using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The folder of a trainer: trainer.json, its key, and what it must remember between commit and reveal.</summary>
internal sealed class TrainerHome(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string SettingsFile => In("trainer.json");

    public string PendingFile => In("pending");

    /// <summary>A path in the home, or the path itself where it is absolute.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Makes the home of a trainer for a producer's node, with a fresh key under a fresh password, which is cheap to open: for test networks.</summary>
    public static PrivateKey Make(string folder, TrainerSettings settings)
    {
        var home = new TrainerHome(folder);
        Directory.CreateDirectory(home.Path);
        var key = PrivateKey.Generate();
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        KeystoreFile.Save(home.In(settings.Key), key, password, ScryptCost.Light);
        SecretFile.Write(home.In(settings.PasswordFile!), password + "\n");
        settings.Save(home.SettingsFile);
        return key;
    }

    /// <exception cref="OperatorException">The key or its password is missing, or they do not fit.</exception>
    public PrivateKey LoadKey(TrainerSettings settings)
    {
        var password = settings.PasswordFile is { } file
            ? CommonOptions.ReadPassword(In(file))
            : Environment.GetEnvironmentVariable("NEUROCHAIN_PASSWORD") ?? throw new OperatorException("no password: set NEUROCHAIN_PASSWORD or password_file in trainer.json");
        var path = In(settings.Key);
        return KeystoreFile.TryLoad(path, password, out var key, out var fault) ? key : throw new OperatorException($"the key file {path} cannot be opened: {fault}");
    }
}
