using NeuroChain.Chain;

namespace NeuroChain.Node;

/// <summary>The folder of one node: config.json, genesis.json, keys, data and the log.</summary>
public sealed class NodeHome(string path)
{
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string ConfigFile => In("config.json");

    public string GenesisFile => In("genesis.json");

    public string DataFolder => In("data");

    public string StoreFolder => In("data/store");

    /// <summary>States as they were, each in a folder named after its height.</summary>
    public string SnapshotFolder => In("data/snapshots");

    public string WalFolder => In("data/wal");

    public string SignerFolder => In("data/signer");

    /// <summary>Secrets of the validator's part in training; not to be lost with the chain's data, which can be had again.</summary>
    public string ValidatorFolder => In("data/validator");

    /// <summary>Where the other nodes say that they are reached.</summary>
    public string PeersFile => In("data/peers");

    /// <summary>What this node has read of Ethereum; it can be read again.</summary>
    public string EthereumFolder => In("data/ethereum");

    /// <summary>What a relayer of this node has sent on Ethereum and must not forget.</summary>
    public string RelayFolder => In("data/relay");

    public string LogFile => In("node.log");

    /// <summary>A path in the home, or the path itself where it is absolute.</summary>
    public string In(string name) => System.IO.Path.Combine(Path, name);

    /// <exception cref="OperatorException">There is none, or it is bad.</exception>
    public GenesisDocument LoadGenesis() =>
        File.Exists(GenesisFile)
            ? GenesisDocument.Parse(File.ReadAllBytes(GenesisFile))
            : throw new OperatorException($"{GenesisFile} is missing: copy the genesis file of the chain there");

    /// <summary>The password of the key files.</summary>
    public string Password(NodeOptions options) => Password(options.PasswordFile);

    /// <param name="passwordFile">The file that holds it; where it is null the variable NEUROCHAIN_PASSWORD does.</param>
    public string Password(string? passwordFile)
    {
        if (passwordFile is null)
            return Environment.GetEnvironmentVariable("NEUROCHAIN_PASSWORD") ?? throw new OperatorException("no password: set NEUROCHAIN_PASSWORD or password_file in config.json");
        var file = In(passwordFile);
        return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n', '\r') : throw new OperatorException($"{file} is missing: it holds the password of the key files");
    }

    /// <exception cref="OperatorException">The file is missing, harmed, or the password is another.</exception>
    public PrivateKey LoadKey(string name, string password) =>
        KeystoreFile.TryLoad(In(name), password, out var key, out var fault) ? key : throw new OperatorException($"the key file {In(name)} cannot be opened: {fault}");
}
